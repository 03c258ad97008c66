// Matrix products of codes of eight bits. Included once per kernel set.

// How many rows and panels of sixteen columns have their sums in registers at a time.
#if CK_LEVEL >= 4
#define I8_ROWS 8
#define I8_PANELS 3
#elif CK_LEVEL >= 3
#define I8_ROWS 4
#define I8_PANELS 1
#else
#define I8_ROWS 2
#define I8_PANELS 1
#endif

typedef struct {
  const int8_t *x, *w;
  size_t ldx, m, n, k;
  const int32_t *sums;
  // One of both: sums as they are, or finished.
  int32_t *c;
  float *y;
  size_t ld;
  const float *scales;
  const ck_int8_finish *finish;
} i8_job;

// The sums of `rows` rows from `r` on and `panels` panels from `p` on.
INLINE void i8_tile(
  int range, const i8_job *job, size_t r, size_t p, const int rows, const int panels,
  int32_t *out
) {
  const size_t steps = job->k / 4, tail = job->k % 4, panel = (job->k + 3) / 4 * 64;
  const int8_t *w = job->w + p * panel, *x = job->x + r * job->ldx;
  i8_wide a[I8_ROWS][I8_PANELS];
  UNROLL for (int j = 0; j < panels; j++) {
    UNROLL for (int i = 0; i < rows; i++)
      a[i][j] = *(const i8_wide *)(job->sums + 16 * (p + j)) * i8_start(range, 1);
  }
  for (size_t s = 0; s < steps; s++, w += 64, x += 4) {
    i8_wide v[I8_PANELS];
    UNROLL for (int j = 0; j < panels; j++) v[j] = *(const i8_wide *)(w + j * panel);
    UNROLL for (int i = 0; i < rows; i++) {
      i8_wide four = i8_wide_splat(i8_word(x + i * job->ldx));
      UNROLL for (int j = 0; j < panels; j++) a[i][j] = i8_wide_dot(range, a[i][j], four, v[j]);
    }
  }
  // The last codes of a row: no byte behind it is read.
  if (tail > 0) {
    UNROLL for (int i = 0; i < rows; i++) {
      int32_t word = 0;
      memcpy(&word, x + i * job->ldx, tail);
      UNROLL for (int j = 0; j < panels; j++)
        a[i][j] = i8_wide_dot(
          range, a[i][j], i8_wide_splat(word), *(const i8_wide *)(w + j * panel));
    }
  }
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int j = 0; j < panels; j++)
      *(i8_wide *)(out + (i * I8_PANELS + j) * 16) = a[i][j];
  }
}

INLINE void i8_tile_rows(
  int range, const i8_job *job, size_t r, size_t p, size_t rows, const int panels, int32_t *out
) {
  switch (rows) {
#if I8_ROWS >= 8
  case 8: i8_tile(range, job, r, p, 8, panels, out); break;
#endif
#if I8_ROWS >= 4
  case 4: i8_tile(range, job, r, p, 4, panels, out); break;
#endif
  case 2: i8_tile(range, job, r, p, 2, panels, out); break;
  default: i8_tile(range, job, r, p, 1, panels, out); break;
  }
}

// One row's scale, bias and relu. Products and sums round one by one, so that all sets agree.
static void i8_finish_row(
  const i8_job *job, const int32_t *sums, size_t row, size_t column, size_t width
) {
#pragma clang fp contract(off)
  static const float none[I8_PANELS * 16];
  const ck_int8_finish *f = job->finish;
  const float scale = job->scales[row], *scales = f->scales + column;
  const float *bias = f->bias ? f->bias + column : none;
  const float low = f->relu ? 0.0f : -INFINITY;
  float *y = job->y + row * job->ld + column;
  for (size_t i = 0; i < width; i++) {
    float v = (float)sums[i] * (scale * scales[i]) + bias[i];
    y[i] = low > v ? low : v;
  }
}

INLINE void i8_panels(int range, const i8_job *job, size_t p, const int panels) {
  int32_t sums[I8_ROWS * I8_PANELS * 16];
  const size_t column = 16 * p, left = job->n - column;
  const size_t width = left < (size_t)panels * 16 ? left : (size_t)panels * 16;
  for (size_t r = 0, rows; r < job->m; r += rows) {
    for (rows = I8_ROWS; rows > job->m - r;) rows /= 2;
    i8_tile_rows(range, job, r, p, rows, panels, sums);
    for (size_t i = 0; i < rows; i++) {
      const int32_t *row = sums + i * I8_PANELS * 16;
      if (job->c) memcpy(job->c + (r + i) * job->ld + column, row, width * 4);
      else i8_finish_row(job, row, r + i, column, width);
    }
  }
}

INLINE void i8_product_in(int range, const i8_job *job) {
  const size_t panels = (job->n + 15) / 16;
  size_t p = 0;
#if I8_PANELS >= 3
  for (; p + 3 <= panels; p += 3) i8_panels(range, job, p, 3);
  if (p + 2 <= panels) {
    i8_panels(range, job, p, 2);
    p += 2;
  }
#endif
  for (; p < panels; p++) i8_panels(range, job, p, 1);
}

static void i8_product(int range, const i8_job *job) {
  switch (range) {
  case CK_CODES_POSITIVE: i8_product_in(CK_CODES_POSITIVE, job); break;
#if CK_LEVEL == 3
  case CK_CODES_SYMMETRIC: i8_product_in(CK_CODES_SYMMETRIC, job); break;
#endif
  default: i8_product_in(CK_CODES_ANY, job); break;
  }
}

void CK(ck_int8_product)(
  int range, const int8_t *x, size_t ldx, const int8_t *w, const int32_t *sums, size_t m,
  size_t n, size_t k, int32_t *c, size_t ldc
) {
  const i8_job job = {
    .x = x, .ldx = ldx, .w = w, .sums = sums, .m = m, .n = n, .k = k, .c = c, .ld = ldc};
  i8_product(range, &job);
}

void CK(ck_int8_dense)(
  int range, const int8_t *x, size_t ldx, const float *scales, const int8_t *w,
  const int32_t *sums, const ck_int8_finish *finish, size_t m, size_t n, size_t k, float *y,
  size_t ldy
) {
  const i8_job job = {
    .x = x, .ldx = ldx, .w = w, .sums = sums, .m = m, .n = n, .k = k, .y = y, .ld = ldy,
    .scales = scales, .finish = finish};
  i8_product(range, &job);
}
