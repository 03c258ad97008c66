// Dense layers with weights in panels. Included once per kernel set.
//
// One loop does all three products: a tile of a few rows by a few panels of sixteen units stays in
// registers while the depth goes by. Each result is the same chain of sums whatever the tile, so
// that neither the rest of a batch nor the number of workers changes a bit.

// A row of a panel: one register, or as many as the machine needs.
typedef float panel_row __attribute__((vector_size(64), aligned(4)));
typedef int32_t panel_bits __attribute__((vector_size(64), aligned(4)));

// The tile: rows by panels that leave registers for the weights and an input.
#if CK_LEVEL >= 4
#define WIDE __attribute__((min_vector_width(512)))
enum { TILE_ROWS = 8, TILE_PANELS = 2 };
#elif CK_LEVEL >= 3 || defined(__aarch64__)
#define WIDE
enum { TILE_ROWS = 6, TILE_PANELS = 1 };
#else
#define WIDE
enum { TILE_ROWS = 2, TILE_PANELS = 1 };
#endif
enum { TILE_MOST = 16 };
#define PANEL_INLINE INLINE WIDE

// So many products are summed up before the sum is added to the result: that is more exact than one
// long chain, and the weights of a tile stay in the first cache. Panels of a group share the rows.
enum { DENSE_DEPTH = 256, DENSE_GROUP = 4 };

// A row of which only `count` numbers exist.
PANEL_INLINE void load_part(panel_row *row, const float *p, size_t count) {
  if (count >= CK_PANEL) {
    *row = *(const panel_row *)p;
    return;
  }
#if CK_LEVEL >= 4
  *row = (panel_row)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#else
  float all[CK_PANEL] = {0};
  for (size_t i = 0; i < count; i++) all[i] = p[i];
  *row = *(const panel_row *)all;
#endif
}

PANEL_INLINE void store_part(float *p, const panel_row *row, size_t count) {
  if (count >= CK_PANEL) {
    *(panel_row *)p = *row;
    return;
  }
#if CK_LEVEL >= 4
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)*row);
#else
  for (size_t i = 0; i < count; i++) p[i] = (*row)[i];
#endif
}

// sums[r][p] = the sum over the depth of x[r, k] w[p][k]; `row` and `next` step through x.
PANEL_INLINE void dense_tile(panel_row sums[], const float *x, size_t row, size_t next,
                             const float *w, size_t panel, size_t depth, const int rows,
                             const int panels) {
  UNROLL for (int i = 0; i < rows * panels; i++) sums[i] = (panel_row){0};
  for (size_t k = 0; k < depth; k++, x += next, w += CK_PANEL) {
    panel_row v[DENSE_GROUP];
    UNROLL for (int p = 0; p < panels; p++) v[p] = *(const panel_row *)(w + (size_t)p * panel);
    UNROLL for (int r = 0; r < rows; r++)
      UNROLL for (int p = 0; p < panels; p++) sums[r * panels + p] += x[(size_t)r * row] * v[p];
  }
}

// What all tiles of one product share: y = x w' + bias.
typedef struct {
  const float *x, *panels, *bias;
  float *y;
  size_t ldx, ldy, inputs, units;
  int relu;
} dense_job;

// The y of one tile gets its share of the depth from `start` on.
PANEL_INLINE void dense_share(const dense_job *job, size_t row, size_t panel, size_t start,
                              const int rows, const int panels) {
  size_t left = job->inputs - start, depth = least(left, DENSE_DEPTH);
  size_t step = job->inputs * CK_PANEL;
  panel_row sums[TILE_MOST];
  dense_tile(sums, job->x + row * job->ldx + start, job->ldx, 1,
             job->panels + panel * step + start * CK_PANEL, step, depth, rows, panels);
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int p = 0; p < panels; p++) {
      size_t unit = (panel + (size_t)p) * CK_PANEL, count = job->units - unit;
      float *y = job->y + (row + (size_t)r) * job->ldy + unit;
      panel_row sum = sums[r * panels + p], before = {0};
      if (start > 0)
        load_part(&before, y, count);
      else if (job->bias)
        load_part(&before, job->bias + unit, count);
      sum += before;
      // A NaN is not below zero, and stays.
      if (job->relu && left == depth)
        sum = (panel_row)((panel_bits)sum & ~((panel_row){0} > sum));
      store_part(y, &sum, count);
    }
  }
}

// While there are so many rows: tiles of them, by so many panels, then by as many as are left.
#define DENSE_ROWS(tile_rows, tile_panels) \
  for (; rows - row >= tile_rows; row += tile_rows) { \
    size_t p = panel; \
    for (; end - p >= tile_panels; p += tile_panels) \
      dense_share(job, row, p, start, tile_rows, tile_panels); \
    if (tile_panels > 3 && end - p == 3) dense_share(job, row, p, start, tile_rows, 3), p = end; \
    for (; tile_panels > 2 && end - p >= 2; p += 2) dense_share(job, row, p, start, tile_rows, 2); \
    for (; tile_panels > 1 && p < end; p++) dense_share(job, row, p, start, tile_rows, 1); \
  }

// All rows of the panels from `panel` to `end`: in tiles, then the few that are left.
static WIDE void dense_group(const dense_job *job, size_t rows, size_t panel, size_t end) {
  size_t start = 0;
  do {
    size_t row = 0;
    DENSE_ROWS(TILE_ROWS, TILE_PANELS)
#if CK_LEVEL >= 3 || defined(__aarch64__)
    DENSE_ROWS(4, TILE_PANELS)
    DENSE_ROWS(2, 2)
    DENSE_ROWS(1, 4)
#else
    DENSE_ROWS(1, 2)
#endif
    start += DENSE_DEPTH;
  } while (start < job->inputs);
}

WIDE void CK(ck_dense)(int f, float slope, const float *x, size_t ldx, size_t rows,
                       const float *panels, size_t inputs, const float *bias, size_t units,
                       float *y, size_t ldy) {
  dense_job job = {x, panels, bias, y, ldx, ldy, inputs, units, f == CK_RELU};
  size_t count = (units + CK_PANEL - 1) / CK_PANEL;
  for (size_t panel = 0; panel < count; panel += DENSE_GROUP)
    dense_group(&job, rows, panel, least(panel + DENSE_GROUP, count));
  if (f != CK_RELU && f != CK_IDENTITY) CK(ck_bias_columns)(f, slope, y, ldy, 0, rows, units);
}

// One round of the perfect shuffle of sixteen rows; four of them transpose a square.
PANEL_INLINE void shuffle_rows(const panel_row a[], panel_row b[]) {
  UNROLL for (int i = 0; i < 8; i++) {
    b[2 * i] = __builtin_shufflevector(a[i], a[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21,
                                       6, 22, 7, 23);
    b[2 * i + 1] = __builtin_shufflevector(a[i], a[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
                                           13, 29, 14, 30, 15, 31);
  }
}

// to[j, i] = from[i, j] for a square of sixteen, of which `height` by `width` exist; the rows that
// are written get `out` numbers.
PANEL_INLINE void transpose_square(const float *from, size_t stride, size_t height, size_t width,
                                   float *to, size_t to_stride, size_t out) {
  panel_row a[CK_PANEL], b[CK_PANEL];
  if (height == CK_PANEL && width == CK_PANEL)
    UNROLL for (size_t i = 0; i < CK_PANEL; i++) a[i] = *(const panel_row *)(from + i * stride);
  else
    for (size_t i = 0; i < CK_PANEL; i++)
      load_part(a + i, from + i * stride, i < height ? width : 0);
  shuffle_rows(a, b);
  shuffle_rows(b, a);
  shuffle_rows(a, b);
  shuffle_rows(b, a);
  if (width == CK_PANEL && out == CK_PANEL)
    UNROLL for (size_t j = 0; j < CK_PANEL; j++) *(panel_row *)(to + j * to_stride) = a[j];
  else
    for (size_t j = 0; j < width; j++) store_part(to + j * to_stride, a + j, out);
}

WIDE void CK(ck_panels)(const float *weights, size_t units, size_t inputs, float *panels) {
  for (size_t n = 0; n < units; n += CK_PANEL)
    for (size_t k = 0; k < inputs; k += CK_PANEL)
      transpose_square(weights + n * inputs + k, inputs, least(CK_PANEL, units - n),
                       least(CK_PANEL, inputs - k), panels + n * inputs + k * CK_PANEL, CK_PANEL,
                       CK_PANEL);
}

WIDE void CK(ck_panels_back)(const float *panels, size_t units, size_t inputs, float *weights) {
  for (size_t n = 0; n < units; n += CK_PANEL)
    for (size_t k = 0; k < inputs; k += CK_PANEL)
      transpose_square(panels + n * inputs + k * CK_PANEL, CK_PANEL, least(CK_PANEL, inputs - k),
                       least(CK_PANEL, units - n), weights + n * inputs + k, inputs,
                       least(CK_PANEL, inputs - k));
}

// With the panels transposed, this is the forward product again.
WIDE void CK(ck_dense_inputs)(const float *dy, size_t ldy, size_t rows, size_t units,
                              const float *panels, size_t inputs, size_t start, size_t end,
                              float *scratch, float *dx, size_t ldx) {
  for (size_t n = 0; n < units; n += CK_PANEL)
    for (size_t k = start; k < end; k += CK_PANEL) {
      const float *square = panels + n * inputs + k * CK_PANEL;
      // The next panel's square is far away, in another page.
      if (n + CK_PANEL < units)
        for (size_t i = 0; i < CK_PANEL * CK_PANEL; i += CK_PANEL)
          __builtin_prefetch(square + CK_PANEL * inputs + i);
      transpose_square(square, CK_PANEL, least(CK_PANEL, end - k), least(CK_PANEL, units - n),
                       scratch + ((k - start) / CK_PANEL * units + n) * CK_PANEL, CK_PANEL,
                       CK_PANEL);
    }
  dense_job job = {dy, scratch, 0, dx + start, ldy, ldx, units, end - start, 0};
  dense_group(&job, rows, 0, (end - start + CK_PANEL - 1) / CK_PANEL);
}

WIDE void CK(ck_dense_slopes)(int f, float slope, float *dy, const float *y, size_t ld,
                              size_t rows, size_t units, float *panels) {
  if (f != CK_IDENTITY && f != CK_RELU)
    CK(ck_slope_rows)(f, slope, dy, y, ld, rows, units, dy, ld);
  for (size_t n = 0; n < units; n += CK_PANEL)
    for (size_t r = 0; r < rows; r++, panels += CK_PANEL) {
      panel_row d, z;
      load_part(&d, dy + r * ld + n, units - n);
      if (f == CK_RELU) {
        load_part(&z, y + r * ld + n, units - n);
        d = (panel_row)((panel_bits)d & (z > (panel_row){0}));
        store_part(dy + r * ld + n, &d, units - n);
      }
      *(panel_row *)panels = d;
    }
}

// What becomes of the gradient of `count` weights from `at` on.
static void take_step(const ck_update *u, size_t at, const float *gradient, size_t count) {
  if (!u->rule) {
    memcpy(u->gradient + at, gradient, count * sizeof(float));
    return;
  }
  const float *keep = u->keep ? u->keep + at : 0;
  if (u->adam)
    CK(ck_adam)(u->rule, gradient, keep, count, u->weights + at, u->first + at, u->second + at);
  else
    CK(ck_sgd)(u->rule, gradient, keep, count, u->weights + at, u->first + at);
}

// The gradient of the weights between a panel and a few inputs, from some of the rows.
PANEL_INLINE void weights_tile(const float *dy, const float *x, size_t ldx, size_t rows,
                               float *gradient, int adding, const int tile) {
  panel_row sums[TILE_MOST];
  dense_tile(sums, x, 1, ldx, dy, 0, rows, tile, 1);
  UNROLL for (int i = 0; i < tile; i++) {
    panel_row *at = (panel_row *)(gradient + i * CK_PANEL);
    *at = adding ? *at + sums[i] : sums[i];
  }
}

// What the step of so many weights reads is fetched while their gradient is found.
PANEL_INLINE void fetch_step(const ck_update *u, size_t at, size_t count) {
  for (size_t i = at; u->rule && i < at + count; i += CK_PANEL) {
    __builtin_prefetch(u->weights + i, 1);
    __builtin_prefetch(u->first + i, 1);
    if (u->adam) __builtin_prefetch(u->second + i, 1);
  }
}

// Rows go by in runs, and inputs in blocks: what a row of x brings to the cache is used up before
// other rows need its place, even where they lie a power of two apart. Short sums are more exact.
enum { DENSE_RUN = 64, DENSE_BLOCK = 48 };

WIDE void CK(ck_dense_weights)(const float *dy, const float *x, size_t ldx, size_t rows,
                               size_t start, size_t end, const ck_update *update) {
  float gradient[DENSE_BLOCK * CK_PANEL];
  for (size_t from = start; from < end; from += DENSE_BLOCK) {
    size_t count = least(end - from, DENSE_BLOCK), row = 0;
    do {
      size_t run = least(rows - row, DENSE_RUN), k = 0;
      const float *d = dy + row * CK_PANEL, *a = x + row * ldx + from;
      for (; count - k >= TILE_ROWS; k += TILE_ROWS) {
        if (row == 0) fetch_step(update, (from + k) * CK_PANEL, TILE_ROWS * CK_PANEL);
        weights_tile(d, a + k, ldx, run, gradient + k * CK_PANEL, row > 0, TILE_ROWS);
      }
      for (; count - k >= 2; k += 2)
        weights_tile(d, a + k, ldx, run, gradient + k * CK_PANEL, row > 0, 2);
      for (; k < count; k++)
        weights_tile(d, a + k, ldx, run, gradient + k * CK_PANEL, row > 0, 1);
      row += DENSE_RUN;
    } while (row < rows);
    take_step(update, from * CK_PANEL, gradient, count * CK_PANEL);
  }
}

WIDE void CK(ck_dense_bias)(const float *dy, size_t rows, size_t units, const ck_update *update) {
  panel_row sum = {0};
  for (size_t r = 0; r < rows; r++) sum += *(const panel_row *)(dy + r * CK_PANEL);
  float gradient[CK_PANEL];
  *(panel_row *)gradient = sum;
  take_step(update, 0, gradient, units);
}
