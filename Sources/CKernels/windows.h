// Windows that slide over planes: columns for convolution, and pooling.

// The outputs whose input lies inside 0..<size, for one offset of the window: first and past last.
static inline void inside(int size, int out, int stride, int offset, int *first, int *last) {
  int a = offset < 0 ? (-offset + stride - 1) / stride : 0;
  int b = size - 1 - offset < 0 ? 0 : (size - 1 - offset) / stride + 1;
  *first = a < out ? a : out;
  *last = b < out ? b : out;
  if (*last < *first) *last = *first;
}

void CK(ck_im2col)(const float *x, const ck_window *w, float *columns, size_t ld) {
  int OW = w->out_width, s = w->stride_width;
  for (int c = 0; c < w->channels; c++)
    for (int ky = 0; ky < w->kernel_height; ky++)
      for (int kx = 0; kx < w->kernel_width; kx++, columns += ld) {
        int first, last;
        inside(w->width, OW, s, kx - w->padding_width, &first, &last);
        for (int oy = 0; oy < w->out_height; oy++) {
          int iy = oy * w->stride_height + ky - w->padding_height;
          float *to = columns + (size_t)oy * OW;
          if (iy < 0 || iy >= w->height) {
            for (int ox = 0; ox < OW; ox++) to[ox] = 0.0f;
            continue;
          }
          const float *from = x + ((size_t)c * w->height + iy) * w->width + kx - w->padding_width;
          for (int ox = 0; ox < first; ox++) to[ox] = 0.0f;
          if (s == 1)
            for (int ox = first; ox < last; ox++) to[ox] = from[ox];
          else
            for (int ox = first; ox < last; ox++) to[ox] = from[(ptrdiff_t)ox * s];
          for (int ox = last; ox < OW; ox++) to[ox] = 0.0f;
        }
      }
}

void CK(ck_col2im)(const float *columns, size_t ld, const ck_window *w, float *x) {
  int OW = w->out_width, s = w->stride_width;
  for (int c = 0; c < w->channels; c++)
    for (int ky = 0; ky < w->kernel_height; ky++)
      for (int kx = 0; kx < w->kernel_width; kx++, columns += ld) {
        int first, last;
        inside(w->width, OW, s, kx - w->padding_width, &first, &last);
        for (int oy = 0; oy < w->out_height; oy++) {
          int iy = oy * w->stride_height + ky - w->padding_height;
          if (iy < 0 || iy >= w->height) continue;
          const float *from = columns + (size_t)oy * OW;
          float *to = x + ((size_t)c * w->height + iy) * w->width + kx - w->padding_width;
          if (s == 1)
            for (int ox = first; ox < last; ox++) to[ox] += from[ox];
          else
            for (int ox = first; ox < last; ox++) to[(ptrdiff_t)ox * s] += from[ox];
        }
      }
}

static inline int is_2x2(const ck_window *w) {
  return w->kernel_height == 2 && w->kernel_width == 2 && w->stride_height == 2 &&
         w->stride_width == 2 && w->padding_height == 0 && w->padding_width == 0;
}

static void CK(maxpool_2x2)(const float *x, size_t planes, const ck_window *w, float *y,
                            uint8_t *where) {
  int H = w->height, W = w->width, OH = w->out_height, OW = w->out_width;
  for (size_t p = 0; p < planes; p++, x += (size_t)H * W)
    for (int oy = 0; oy < OH; oy++, y += OW, where += OW) {
      const float *a = x + (size_t)2 * oy * W, *b = a + W;
      for (int ox = 0; ox < OW; ox++) {
        float a0 = a[2 * ox], a1 = a[2 * ox + 1], b0 = b[2 * ox], b1 = b[2 * ox + 1];
        // A NaN wins: nothing is greater than it, and it is not equal to itself.
        int i = (a1 > a0) | (a1 != a1), j = (b1 > b0) | (b1 != b1);
        float m = i ? a1 : a0, n = j ? b1 : b0;
        int k = (n > m) | (n != n);
        y[ox] = k ? n : m;
        where[ox] = (uint8_t)(k ? 2 + j : i);
      }
    }
}

static void CK(maxpool_2x2_back)(const float *dy, const uint8_t *where, size_t planes,
                                 const ck_window *w, float *dx) {
  int H = w->height, W = w->width, OH = w->out_height, OW = w->out_width;
  for (size_t p = 0; p < planes; p++, dx += (size_t)H * W) {
    for (int oy = 0; oy < OH; oy++, dy += OW, where += OW) {
      float *a = dx + (size_t)2 * oy * W, *b = a + W;
      for (int ox = 0; ox < OW; ox++) {
        float g = dy[ox];
        uint8_t k = where[ox];
        a[2 * ox] = k == 0 ? g : 0.0f;
        a[2 * ox + 1] = k == 1 ? g : 0.0f;
        b[2 * ox] = k == 2 ? g : 0.0f;
        b[2 * ox + 1] = k == 3 ? g : 0.0f;
      }
      for (int ix = 2 * OW; ix < W; ix++) a[ix] = b[ix] = 0.0f;
    }
    for (size_t i = (size_t)2 * OH * W; i < (size_t)H * W; i++) dx[i] = 0.0f;
  }
}

void CK(ck_maxpool)(const float *x, size_t planes, const ck_window *w, float *y,
                    uint8_t *where) {
  if (is_2x2(w)) {
    CK(maxpool_2x2)(x, planes, w, y, where);
    return;
  }
  for (size_t p = 0; p < planes; p++, x += (size_t)w->height * w->width)
    for (int oy = 0; oy < w->out_height; oy++)
      for (int ox = 0; ox < w->out_width; ox++) {
        float best = 0.0f;
        int place = -1;
        for (int k = 0; k < w->kernel_height * w->kernel_width; k++) {
          int iy = oy * w->stride_height - w->padding_height + k / w->kernel_width;
          int ix = ox * w->stride_width - w->padding_width + k % w->kernel_width;
          if (iy < 0 || iy >= w->height || ix < 0 || ix >= w->width) continue;
          float v = x[(size_t)iy * w->width + ix];
          if (place < 0 || v > best || v != v) {
            best = v;
            place = k;
          }
        }
        *y++ = best;
        *where++ = (uint8_t)place;
      }
}

void CK(ck_maxpool_back)(const float *dy, const uint8_t *where, size_t planes,
                         const ck_window *w, float *dx) {
  if (is_2x2(w)) {
    CK(maxpool_2x2_back)(dy, where, planes, w, dx);
    return;
  }
  size_t plane = (size_t)w->height * w->width;
  memset(dx, 0, planes * plane * sizeof(float));
  for (size_t p = 0; p < planes; p++, dx += plane)
    for (int oy = 0; oy < w->out_height; oy++)
      for (int ox = 0; ox < w->out_width; ox++) {
        int k = *where++;
        int iy = oy * w->stride_height - w->padding_height + k / w->kernel_width;
        int ix = ox * w->stride_width - w->padding_width + k % w->kernel_width;
        dx[(size_t)iy * w->width + ix] += *dy++;
      }
}

// The part of the window at (oy, ox) that lies inside the plane.
static inline void part(const ck_window *w, int oy, int ox, int *y0, int *y1, int *x0, int *x1) {
  *y0 = oy * w->stride_height - w->padding_height;
  *x0 = ox * w->stride_width - w->padding_width;
  *y1 = *y0 + w->kernel_height < w->height ? *y0 + w->kernel_height : w->height;
  *x1 = *x0 + w->kernel_width < w->width ? *x0 + w->kernel_width : w->width;
  *y0 = *y0 < 0 ? 0 : *y0;
  *x0 = *x0 < 0 ? 0 : *x0;
}

void CK(ck_avgpool)(const float *x, size_t planes, const ck_window *w, float *y) {
  for (size_t p = 0; p < planes; p++, x += (size_t)w->height * w->width)
    for (int oy = 0; oy < w->out_height; oy++)
      for (int ox = 0; ox < w->out_width; ox++) {
        int y0, y1, x0, x1;
        part(w, oy, ox, &y0, &y1, &x0, &x1);
        float sum = 0.0f;
        for (int iy = y0; iy < y1; iy++)
          for (int ix = x0; ix < x1; ix++) sum += x[(size_t)iy * w->width + ix];
        *y++ = sum / (float)((y1 - y0) * (x1 - x0));
      }
}

void CK(ck_avgpool_back)(const float *dy, size_t planes, const ck_window *w, float *dx) {
  size_t plane = (size_t)w->height * w->width;
  memset(dx, 0, planes * plane * sizeof(float));
  for (size_t p = 0; p < planes; p++, dx += plane)
    for (int oy = 0; oy < w->out_height; oy++)
      for (int ox = 0; ox < w->out_width; ox++) {
        int y0, y1, x0, x1;
        part(w, oy, ox, &y0, &y1, &x0, &x1);
        float share = *dy++ / (float)((y1 - y0) * (x1 - x0));
        for (int iy = y0; iy < y1; iy++)
          for (int ix = x0; ix < x1; ix++) dx[(size_t)iy * w->width + ix] += share;
      }
}
