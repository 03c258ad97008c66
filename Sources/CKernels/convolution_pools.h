// Pooling of planes in lanes, for every window. A NaN is the greatest, as in windows.h.

// The part of the window of output (oy, ox) that lies inside the plane, as cells of the kernel.
typedef struct {
  int top, bottom, left, right;
  ptrdiff_t start;  // of the kernel's cell (0, 0) in the plane, in floats; it may lie outside
} pool_part;

static pool_part part_of(const ck_window *w, int oy, int ox) {
  pool_part p;
  int y = oy * w->stride_height - w->padding_height, x = ox * w->stride_width - w->padding_width;
  p.top = y < 0 ? -y : 0;
  p.left = x < 0 ? -x : 0;
  p.bottom = y + w->kernel_height > w->height ? w->height - y : w->kernel_height;
  p.right = x + w->kernel_width > w->width ? w->width - x : w->kernel_width;
  p.start = ((ptrdiff_t)y * w->width + x) * 8;
  return p;
}

static void greatest_of(const ck_window *w, const float *x, pool_part part, float *y,
                        uint8_t *where) {
  lanes best = {0};
  lanes_mask place = {0};
  for (int ky = part.top; ky < part.bottom; ky++)
    for (int kx = part.left; kx < part.right; kx++) {
      lanes v = *(const lanes *)(x + part.start + ((ptrdiff_t)ky * w->width + kx) * 8);
      int first = ky == part.top && kx == part.left;
      lanes_mask wins = first ? ~(lanes_mask){0} : (v > best) | (v != v);
      best = pick_lanes(wins, v, best);
      place = (wins & (ky * w->kernel_width + kx)) | (~wins & place);
    }
  *(lanes *)y = best;
  if (where) *(lanes_bytes *)where = __builtin_convertvector(place, lanes_bytes);
}

static void lane_maxpool_2x2(const float *x, size_t planes, const ck_window *w, float *y,
                             uint8_t *where) {
  size_t row = (size_t)w->width * 8;
  for (size_t p = 0; p < planes; p++, x += w->height * row)
    for (int oy = 0; oy < w->out_height; oy++) {
      const float *a = x + 2 * oy * row;
      for (int ox = 0; ox < w->out_width; ox++, a += 16, y += 8) {
        lanes four[4] = {*(const lanes *)a, *(const lanes *)(a + 8), *(const lanes *)(a + row),
                         *(const lanes *)(a + row + 8)};
        lanes_mask place;
        *(lanes *)y = greatest(four, &place);
        if (!where) continue;
        *(lanes_bytes *)where = __builtin_convertvector(place, lanes_bytes);
        where += 8;
      }
    }
}

// Windows do not overlap: each cell is written once, but for a last odd row or column.
static void lane_maxpool_2x2_back(const float *dy, const uint8_t *where, size_t planes,
                                  const ck_window *w, float *dx) {
  size_t row = (size_t)w->width * 8;
  for (size_t p = 0; p < planes; p++, dx += w->height * row) {
    if (w->height % 2 || w->width % 2) memset(dx, 0, w->height * row * sizeof(float));
    for (int oy = 0; oy < w->out_height; oy++) {
      float *a = dx + 2 * oy * row;
      for (int ox = 0; ox < w->out_width; ox++, a += 16, dy += 8, where += 8) {
        lanes_mask place = __builtin_convertvector(*(const lanes_bytes *)where, lanes_mask);
        lanes_mask d = *(const lanes_mask *)dy;
        *(lanes_mask *)a = d & (place == 0);
        *(lanes_mask *)(a + 8) = d & (place == 1);
        *(lanes_mask *)(a + row) = d & (place == 2);
        *(lanes_mask *)(a + row + 8) = d & (place == 3);
      }
    }
  }
}

void CK(ck_lane_maxpool)(const float *x, size_t planes, const ck_window *w, float *y,
                         uint8_t *where) {
  if (is_2x2(w)) {
    lane_maxpool_2x2(x, planes, w, y, where);
    return;
  }
  for (size_t p = 0; p < planes; p++, x += (size_t)w->height * w->width * 8)
    for (int oy = 0; oy < w->out_height; oy++)
      for (int ox = 0; ox < w->out_width; ox++, y += 8) {
        greatest_of(w, x, part_of(w, oy, ox), y, where);
        if (where) where += 8;
      }
}

void CK(ck_lane_maxpool_back)(const float *dy, const uint8_t *where, size_t planes,
                              const ck_window *w, float *dx) {
  size_t plane = (size_t)w->height * w->width * 8;
  if (is_2x2(w)) {
    lane_maxpool_2x2_back(dy, where, planes, w, dx);
    return;
  }
  memset(dx, 0, planes * plane * sizeof(float));
  for (size_t p = 0; p < planes; p++, dx += plane)
    for (int oy = 0; oy < w->out_height; oy++)
      for (int ox = 0; ox < w->out_width; ox++, dy += 8, where += 8) {
        pool_part part = part_of(w, oy, ox);
        lanes_mask place = __builtin_convertvector(*(const lanes_bytes *)where, lanes_mask);
        lanes_mask d = *(const lanes_mask *)dy;
        for (int ky = part.top; ky < part.bottom; ky++)
          for (int kx = part.left; kx < part.right; kx++) {
            float *to = dx + part.start + ((ptrdiff_t)ky * w->width + kx) * 8;
            *(lanes *)to += (lanes)(d & (place == ky * w->kernel_width + kx));
          }
      }
}

INLINE float share_of(pool_part part) {
  return 1.0f / (float)((part.bottom - part.top) * (part.right - part.left));
}

void CK(ck_lane_avgpool)(const float *x, size_t planes, const ck_window *w, float *y) {
  for (size_t p = 0; p < planes; p++, x += (size_t)w->height * w->width * 8)
    for (int oy = 0; oy < w->out_height; oy++)
      for (int ox = 0; ox < w->out_width; ox++, y += 8) {
        pool_part part = part_of(w, oy, ox);
        lanes sum = {0};
        for (int ky = part.top; ky < part.bottom; ky++)
          for (int kx = part.left; kx < part.right; kx++)
            sum += *(const lanes *)(x + part.start + ((ptrdiff_t)ky * w->width + kx) * 8);
        *(lanes *)y = sum * share_of(part);
      }
}

void CK(ck_lane_avgpool_back)(const float *dy, size_t planes, const ck_window *w, float *dx) {
  size_t plane = (size_t)w->height * w->width * 8;
  memset(dx, 0, planes * plane * sizeof(float));
  for (size_t p = 0; p < planes; p++, dx += plane)
    for (int oy = 0; oy < w->out_height; oy++)
      for (int ox = 0; ox < w->out_width; ox++, dy += 8) {
        pool_part part = part_of(w, oy, ox);
        lanes share = *(const lanes *)dy * share_of(part);
        for (int ky = part.top; ky < part.bottom; ky++)
          for (int kx = part.left; kx < part.right; kx++)
            *(lanes *)(dx + part.start + ((ptrdiff_t)ky * w->width + kx) * 8) += share;
      }
}
