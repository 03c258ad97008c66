// Copies of planes into strips with a border: of the input, and of the gradient of the output.

INLINE void zero_lanes(float *to, int count) {
  for (int i = 0; i < count; i += 8) *(lanes *)(to + i) = (lanes){0};
}

INLINE void copy_lanes(const float *from, int count, float *to) {
  for (int i = 0; i < count; i += 8) *(lanes *)(to + i) = *(const lanes *)(from + i);
}

// Rows `first`..., of the padded planes of one group, into the strip `to`.
static void copy_strip(const conv_plan *p, const float *x, int first, int rows, float *to) {
  const ck_window *w = &p->w;
  int before = w->padding_width * 8, row = w->width * 8, whole = p->x.pitch;
  for (int c = 0; c < p->channels; c++, x += (size_t)w->height * row)
    for (int r = 0; r < rows; r++) {
      float *line = to + (size_t)c * p->x.plane + (size_t)r * whole;
      int y = first + r - w->padding_height;
      if (y < 0 || y >= w->height) {
        zero_lanes(line, whole);
        continue;
      }
      zero_lanes(line, before);
      copy_lanes(x + (size_t)y * row, row, line + before);
      zero_lanes(line + before + row, whole - before - row);
    }
}

// One row of dz = dy f'(y).
static void slope_row(const conv_plan *p, const float *dy, const float *y, float *to) {
  int n = p->w.out_width * 8;
  int f = p->c->function;
  float slope = p->c->slope;
  switch (f) {
  case CK_IDENTITY: copy_lanes(dy, n, to); return;
  case CK_RELU:
    for (int i = 0; i < n; i += 8) {
      lanes_mask alive = *(const lanes *)(y + i) > 0.0f;
      *(lanes *)(to + i) = (lanes)(alive & *(const lanes_mask *)(dy + i));
    }
    return;
  default:
    for (int i = 0; i < n; i += 8) {
      lanes d = slope_lanes(f, slope, *(const lanes *)(y + i));
      *(lanes *)(to + i) = d * *(const lanes *)(dy + i);
    }
  }
}

// One of the two rows that were pooled: the gradient goes to where the maximum was.
static void unpool_row(const conv_plan *p, const float *dy, const float *y, const uint8_t *places,
                       int below, float *to) {
  int f = p->c->function, n = p->pooled_width * 8;
  // The places of a maximum that is dead under ReLU say so.
  int plain = f == CK_IDENTITY || f == CK_RELU;
  for (int i = 0; i < n; i += 8) {
    lanes_mask place = __builtin_convertvector(*(const lanes_bytes *)(places + i), lanes_mask);
    lanes d = *(const lanes *)(dy + i);
    if (!plain) d *= slope_lanes(f, p->c->slope, *(const lanes *)(y + i));
    *(lanes *)(to + 2 * i) = (lanes)((lanes_mask)d & (place == 2 * below));
    *(lanes *)(to + 2 * i + 8) = (lanes)((lanes_mask)d & (place == 2 * below + 1));
  }
  zero_lanes(to + 2 * n, (p->w.out_width - 2 * p->pooled_width) * 8);
}

// What a group's gradients are made from: one block's dy and y, and the places of its maxima.
typedef struct {
  const float *dy, *y;
  const uint8_t *places;
} outcome;

// Rows first..<last of dz, those outside of the plane as zeros, into the strip `to`.
static void copy_slopes(const conv_plan *p, outcome from, int first, int last, float *to) {
  const ck_window *w = &p->w;
  int before = -p->left * 8, whole = p->z.pitch, row = w->out_width * 8;
  int known = p->c->pools ? 2 * p->pooled_height : w->out_height;
  size_t pitch = (size_t)p->pooled_width * 8, plane = pitch * p->pooled_height;
  for (int o = 0; o < p->filters; o++)
    for (int r = first; r < last; r++) {
      float *line = to + (size_t)o * p->z.plane + (size_t)(r - first) * whole;
      if (r < 0 || r >= known) {
        zero_lanes(line, whole);
        continue;
      }
      size_t at = o * plane + (p->c->pools ? r / 2 : r) * pitch;
      zero_lanes(line, before);
      if (p->c->pools)
        unpool_row(p, from.dy + at, from.y + at, from.places + at, r & 1, line + before);
      else
        slope_row(p, from.dy + at, from.y + at, line + before);
      zero_lanes(line + before + row, whole - before - row);
    }
}

// Sums of dz over the positions and images of a block, added to `db` filter by filter.
static void add_bias_gradient(const conv_plan *p, outcome from, float *db) {
  size_t n = (size_t)p->pooled_height * p->pooled_width * 8;
  int f = p->c->function;
  for (int o = 0; o < p->filters; o++) {
    lanes sum = {0};
    for (size_t i = o * n; i < (o + 1) * n; i += 8) {
      lanes d = *(const lanes *)(from.dy + i) *
                slope_lanes(f, p->c->slope, *(const lanes *)(from.y + i));
      sum += d;
    }
    db[o] += TREE(sum);
  }
}
