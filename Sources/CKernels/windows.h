// Windows that slide over planes: columns for convolution, and pooling.

// The outputs whose input lies inside 0..<size, for one offset of the window: first and past last.
static inline void inside(int size, int out, int stride, int offset, int *first, int *last) {
  int a = offset < 0 ? (-offset + stride - 1) / stride : 0;
  int b = size - 1 - offset < 0 ? 0 : (size - 1 - offset) / stride + 1;
  *first = a < out ? a : out;
  *last = b < out ? b : out;
  if (*last < *first) *last = *first;
}

// `rows` short rows of `n` floats: whole vectors, the last of which may overlap the one before it.
INLINE void copy_rows(const float *x, size_t ldx, int rows, int n, float *y, size_t ldy) {
  if (n == 8) {
    for (int r = 0; r < rows; r++, x += ldx, y += ldy) *(lanes *)y = *(const lanes *)x;
  } else if (n > 8) {
    for (int r = 0; r < rows; r++, x += ldx, y += ldy) {
      for (int i = 0; i < n - 8; i += 8) *(lanes *)(y + i) = *(const lanes *)(x + i);
      *(lanes *)(y + n - 8) = *(const lanes *)(x + n - 8);
    }
  } else {
    for (int r = 0; r < rows; r++, x += ldx, y += ldy)
      for (int i = 0; i < n; i++) y[i] = x[i];
  }
}

INLINE void add_rows(const float *x, size_t ldx, int rows, int n, float *y, size_t ldy) {
  if (n == 8) {
    for (int r = 0; r < rows; r++, x += ldx, y += ldy) *(lanes *)y += *(const lanes *)x;
    return;
  }
  for (int r = 0; r < rows; r++, x += ldx, y += ldy) {
    int i = 0;
    for (; i + 8 <= n; i += 8) *(lanes *)(y + i) += *(const lanes *)(x + i);
    for (; i + 4 <= n; i += 4) *(quad *)(y + i) += *(const quad *)(x + i);
#pragma clang loop vectorize(disable)
    for (; i < n; i++) y[i] += x[i];
  }
}

// For one offset (ky, kx) of the window: the outputs whose input lies inside the plane.
typedef struct {
  int top, bottom, left, right;
  ptrdiff_t start;  // of the input of the output (top, left), in its plane
} reach;

static inline reach reach_of(const ck_window *w, int ky, int kx) {
  reach r;
  inside(w->height, w->out_height, w->stride_height, ky - w->padding_height, &r.top, &r.bottom);
  inside(w->width, w->out_width, w->stride_width, kx - w->padding_width, &r.left, &r.right);
  ptrdiff_t y = (ptrdiff_t)r.top * w->stride_height + ky - w->padding_height;
  r.start = y * w->width + (ptrdiff_t)r.left * w->stride_width + kx - w->padding_width;
  return r;
}

void CK(ck_im2col)(const float *x, const ck_window *w, float *columns, size_t ld) {
  int OH = w->out_height, OW = w->out_width, s = w->stride_width;
  size_t plane = (size_t)w->height * w->width, step = (size_t)w->stride_height * w->width;
  for (int c = 0; c < w->channels; c++, x += plane)
    for (int ky = 0; ky < w->kernel_height; ky++)
      for (int kx = 0; kx < w->kernel_width; kx++, columns += ld) {
        reach r = reach_of(w, ky, kx);
        int n = r.right - r.left, rows = r.bottom - r.top;
        if (n < OW || rows < OH) memset(columns, 0, (size_t)OH * OW * sizeof(float));
        if (n <= 0 || rows <= 0) continue;
        const float *from = x + r.start;
        float *to = columns + (size_t)r.top * OW + r.left;
        if (s == 1)
          copy_rows(from, step, rows, n, to, OW);
        else
          for (int oy = 0; oy < rows; oy++, from += step, to += OW)
            for (int i = 0; i < n; i++) to[i] = from[(ptrdiff_t)i * s];
      }
}

void CK(ck_col2im)(const float *columns, size_t ld, const ck_window *w, float *x) {
  int OW = w->out_width, s = w->stride_width;
  size_t plane = (size_t)w->height * w->width, step = (size_t)w->stride_height * w->width;
  for (int c = 0; c < w->channels; c++, x += plane)
    for (int ky = 0; ky < w->kernel_height; ky++)
      for (int kx = 0; kx < w->kernel_width; kx++, columns += ld) {
        reach r = reach_of(w, ky, kx);
        int n = r.right - r.left, rows = r.bottom - r.top;
        if (n <= 0 || rows <= 0) continue;
        const float *from = columns + (size_t)r.top * OW + r.left;
        float *to = x + r.start;
        if (s == 1)
          add_rows(from, OW, rows, n, to, step);
        else
          for (int oy = 0; oy < rows; oy++, from += OW, to += step)
            for (int i = 0; i < n; i++) to[(ptrdiff_t)i * s] += from[i];
      }
}

// Windows of 2 x 2 beside each other, all of them inside the plane.
static inline int is_2x2(const ck_window *w) {
  return w->kernel_height == 2 && w->kernel_width == 2 && w->stride_height == 2 &&
         w->stride_width == 2 && w->padding_height == 0 && w->padding_width == 0 &&
         2 * w->out_height <= w->height && 2 * w->out_width <= w->width;
}

// The bits of `a` where the mask is set, else those of `b`.
INLINE quad pick(quad_mask mask, quad a, quad b) {
  return (quad)((mask & (quad_mask)a) | (~mask & (quad_mask)b));
}

// Four windows beside each other, of the rows `a` and `b`.
INLINE void pool_quad(const float *a, const float *b, float *y, uint8_t *where) {
  quad a0 = *(const quad *)a, a1 = *(const quad *)(a + 4);
  quad b0 = *(const quad *)b, b1 = *(const quad *)(b + 4);
  quad left = __builtin_shufflevector(a0, a1, 0, 2, 4, 6);
  quad right = __builtin_shufflevector(a0, a1, 1, 3, 5, 7);
  quad left_below = __builtin_shufflevector(b0, b1, 0, 2, 4, 6);
  quad right_below = __builtin_shufflevector(b0, b1, 1, 3, 5, 7);
  // A NaN wins: nothing is greater than it, and it is not equal to itself.
  quad_mask i = (right > left) | (right != right);
  quad_mask j = (right_below > left_below) | (right_below != right_below);
  quad m = pick(i, right, left), n = pick(j, right_below, left_below);
  quad_mask k = (n > m) | (n != n);
  *(quad *)y = pick(k, n, m);
  *(quad_bytes *)where = __builtin_convertvector((k & (2 - j)) | (~k & -i), quad_bytes);
}

static inline void pool_one(const float *a, const float *b, float *y, uint8_t *where) {
  int i = (a[1] > a[0]) | (a[1] != a[1]), j = (b[1] > b[0]) | (b[1] != b[1]);
  float m = i ? a[1] : a[0], n = j ? b[1] : b[0];
  int k = (n > m) | (n != n);
  *y = k ? n : m;
  *where = (uint8_t)(k ? 2 + j : i);
}

static void CK(maxpool_2x2)(const float *x, size_t planes, const ck_window *w, float *y,
                            uint8_t *where) {
  int H = w->height, W = w->width, OH = w->out_height, OW = w->out_width;
  for (size_t p = 0; p < planes; p++, x += (size_t)H * W)
    for (int oy = 0; oy < OH; oy++, y += OW, where += OW) {
      const float *a = x + (size_t)2 * oy * W, *b = a + W;
      int ox = 0;
      for (; ox + 4 <= OW; ox += 4) pool_quad(a + 2 * ox, b + 2 * ox, y + ox, where + ox);
      if (ox < OW && OW > 4) {
        ox = OW - 4;
        pool_quad(a + 2 * ox, b + 2 * ox, y + ox, where + ox);
        ox = OW;
      }
      for (; ox < OW; ox++) pool_one(a + 2 * ox, b + 2 * ox, y + ox, where + ox);
    }
}

INLINE void unpool_quad(const float *dy, const uint8_t *where, float *a, float *b) {
  quad_mask g = (quad_mask)(*(const quad *)dy);
  quad_mask k = __builtin_convertvector(*(const quad_bytes *)where, quad_mask);
  quad left = (quad)(g & (k == 0)), right = (quad)(g & (k == 1));
  quad left_below = (quad)(g & (k == 2)), right_below = (quad)(g & (k == 3));
  *(quad *)a = __builtin_shufflevector(left, right, 0, 4, 1, 5);
  *(quad *)(a + 4) = __builtin_shufflevector(left, right, 2, 6, 3, 7);
  *(quad *)b = __builtin_shufflevector(left_below, right_below, 0, 4, 1, 5);
  *(quad *)(b + 4) = __builtin_shufflevector(left_below, right_below, 2, 6, 3, 7);
}

static void CK(maxpool_2x2_back)(const float *dy, const uint8_t *where, size_t planes,
                                 const ck_window *w, float *dx) {
  int H = w->height, W = w->width, OH = w->out_height, OW = w->out_width;
  for (size_t p = 0; p < planes; p++, dx += (size_t)H * W) {
    for (int oy = 0; oy < OH; oy++, dy += OW, where += OW) {
      float *a = dx + (size_t)2 * oy * W, *b = a + W;
      int ox = 0;
      for (; ox + 4 <= OW; ox += 4) unpool_quad(dy + ox, where + ox, a + 2 * ox, b + 2 * ox);
      for (; ox < OW; ox++) {
        a[2 * ox] = where[ox] == 0 ? dy[ox] : 0.0f;
        a[2 * ox + 1] = where[ox] == 1 ? dy[ox] : 0.0f;
        b[2 * ox] = where[ox] == 2 ? dy[ox] : 0.0f;
        b[2 * ox + 1] = where[ox] == 3 ? dy[ox] : 0.0f;
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
