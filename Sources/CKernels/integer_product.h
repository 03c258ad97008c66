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
  // A row of x is so many runs of k codes, this far from each other; none stands for one.
  size_t segments, segment_step;
  const int32_t *sums;
  // One of three: sums as they are, finished as floats, or as codes.
  int32_t *c;
  float *y;
  int8_t *codes;
  size_t ld;
  // Rows of c have room for whole sixteens: they take the sums from the registers.
  int wide;
  const float *scales;
  const ck_int8_finish *finish;
  const ck_int8_rescale *fixed;
} i8_job;

// The sums of `rows` rows from `r` on and `panels` panels from `p` on.
// They go to `out`, rows `ld` apart.
INLINE void i8_tile(
  int range, const i8_job *job, size_t r, size_t p, const int rows, const int panels,
  int32_t *out, size_t ld
) {
  const size_t steps = job->k / 4, tail = job->k % 4;
  const size_t segments = job->segments ? job->segments : 1;
  const size_t panel = (job->k + 3) / 4 * 64 * segments;
  const int8_t *w = job->w + p * panel, *start = job->x + r * job->ldx, *x = start;
  i8_wide a[I8_ROWS][I8_PANELS];
  UNROLL for (int j = 0; j < panels; j++) {
    UNROLL for (int i = 0; i < rows; i++)
      a[i][j] = *(const i8_wide *)(job->sums + 16 * (p + j)) * i8_start(range, 1);
  }
  for (size_t segment = 0; segment < segments; segment++) {
    x = start + segment * job->segment_step;
    for (size_t s = 0; s < steps; s++, w += 64, x += 4) {
      i8_wide v[I8_PANELS];
      UNROLL for (int j = 0; j < panels; j++) v[j] = *(const i8_wide *)(w + j * panel);
      UNROLL for (int i = 0; i < rows; i++) {
        i8_wide four = i8_wide_splat(i8_word(x + i * job->ldx));
        UNROLL for (int j = 0; j < panels; j++)
          a[i][j] = i8_wide_dot(range, a[i][j], four, v[j]);
      }
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
      *(i8_wide *)(out + i * ld + j * 16) = a[i][j];
  }
}

INLINE void i8_tile_rows(
  int range, const i8_job *job, size_t r, size_t p, size_t rows, const int panels, int32_t *out,
  size_t ld
) {
  switch (rows) {
#if I8_ROWS >= 8
  case 8: i8_tile(range, job, r, p, 8, panels, out, ld); break;
#endif
#if I8_ROWS >= 4
  case 4: i8_tile(range, job, r, p, 4, panels, out, ld); break;
#endif
  case 2: i8_tile(range, job, r, p, 2, panels, out, ld); break;
  default: i8_tile(range, job, r, p, 1, panels, out, ld); break;
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

// Sums in fixed point: 2^62 makes the product positive, so that shifting rounds down.
INLINE int8_t i8_fixed(int32_t sum, const ck_int8_rescale *f, size_t i) {
  const uint64_t shift = (uint64_t)f->shifts[i];
  const uint64_t moved = (uint64_t)((int64_t)(sum + f->bias[i]) * f->factors[i]) + (1ull << 62);
  const uint64_t even = (moved >> shift) & 1;
  const uint64_t up = (moved + (1ull << (shift - 1)) - 1 + even) >> shift;
  const int64_t code = (int64_t)up - (int64_t)(1ull << (62 - shift)) + f->zero;
  return (int8_t)(code < f->low ? f->low : code > f->high ? f->high : code);
}

// Sixteen at a time.
#if CK_LEVEL >= 4
INLINE __m128i i8_fixed_eight(__m256i sums, const ck_int8_rescale *f, size_t i) {
  const __m512i factor = _mm512_cvtepi32_epi64(_mm256_loadu_si256((const __m256i *)(f->factors + i)));
  const __m512i product = _mm512_mul_epi32(_mm512_cvtepi32_epi64(sums), factor);
  const __m512i shift = _mm512_loadu_si512(f->shifts + i), one = _mm512_set1_epi64(1);
  const __m512i even = _mm512_and_si512(_mm512_srav_epi64(product, shift), one);
  const __m512i half = _mm512_sllv_epi64(one, _mm512_sub_epi64(shift, one));
  const __m512i moved = _mm512_add_epi64(product, _mm512_sub_epi64(_mm512_add_epi64(half, even), one));
  __m512i code = _mm512_add_epi64(_mm512_srav_epi64(moved, shift), _mm512_set1_epi64(f->zero));
  code = _mm512_max_epi64(code, _mm512_set1_epi64(f->low));
  return _mm512_cvtepi64_epi8(_mm512_min_epi64(code, _mm512_set1_epi64(f->high)));
}

INLINE void i8_fixed_sixteen(const int32_t *sums, const ck_int8_rescale *f, size_t i, int8_t *y) {
  const __m512i biased = _mm512_add_epi32(_mm512_loadu_si512(sums), _mm512_loadu_si512(f->bias + i));
  const __m128i low = i8_fixed_eight(_mm512_castsi512_si256(biased), f, i);
  const __m128i high = i8_fixed_eight(_mm512_extracti64x4_epi64(biased, 1), f, i + 8);
  _mm_storeu_si128((__m128i *)y, _mm_unpacklo_epi64(low, high));
}
#else
INLINE void i8_fixed_sixteen(const int32_t *sums, const ck_int8_rescale *f, size_t i, int8_t *y) {
  for (size_t l = 0; l < 16; l++) y[l] = i8_fixed(sums[l], f, i + l);
}
#endif

// One row; sums are readable in whole sixteens.
INLINE void i8_rescaled(
  const int32_t *sums, const ck_int8_rescale *f, size_t n, int8_t *y
) {
  for (size_t i = 0; i < n; i += 16) {
    if (n - i >= 16) {
      i8_fixed_sixteen(sums + i, f, i, y + i);
      continue;
    }
    int8_t codes[16];
    i8_fixed_sixteen(sums + i, f, i, codes);
    memcpy(y + i, codes, n - i);
  }
}

INLINE void i8_fixed_row(
  const i8_job *job, const int32_t *sums, size_t row, size_t column, size_t width
) {
  const ck_int8_rescale *f = job->fixed;
  const ck_int8_rescale part = {
    .bias = f->bias + column, .factors = f->factors + column, .shifts = f->shifts + column,
    .zero = f->zero, .low = f->low, .high = f->high};
  i8_rescaled(sums, &part, width, job->codes + row * job->ld + column);
}

INLINE void i8_panels(int range, const i8_job *job, size_t p, const int panels) {
  enum { WIDTH = I8_PANELS * 16 };
  int32_t sums[I8_ROWS * WIDTH];
  const size_t column = 16 * p, left = job->n - column;
  const size_t width = left < (size_t)panels * 16 ? left : (size_t)panels * 16;
  for (size_t r = 0, rows; r < job->m; r += rows) {
    for (rows = I8_ROWS; rows > job->m - r;) rows /= 2;
    if (job->wide) {
      i8_tile_rows(range, job, r, p, rows, panels, job->c + r * job->ld + column, job->ld);
      continue;
    }
    i8_tile_rows(range, job, r, p, rows, panels, sums, WIDTH);
    for (size_t i = 0; i < rows; i++) {
      const int32_t *row = sums + i * WIDTH;
      if (job->codes) i8_fixed_row(job, row, r + i, column, width);
      else if (job->c) memcpy(job->c + (r + i) * job->ld + column, row, width * 4);
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

#if CK_LEVEL >= 4
// Raises the codes of all rows once, where they are few: each is read for many columns.
static int i8_raised(const i8_job *job) {
  enum { MOST = 1 << 14 };
  const size_t segments = job->segments ? job->segments : 1;
  if (job->m == 0 || job->k % 4 != 0) return 0;
  const size_t count = (job->m - 1) * job->ldx + (segments - 1) * job->segment_step + job->k;
  if (count > MOST || job->n < 16) return 0;
  int8_t raised[MOST + 64];
  for (size_t i = 0; i < count; i += 64)
    *(i8_wide *)(raised + i) = *(const i8_wide *)(job->x + i)
      ^ i8_wide_splat((int32_t)0x80808080u);
  i8_job own = *job;
  own.x = raised;
  i8_product_in(I8_RAISED, &own);
  return 1;
}
#endif

static void i8_product(int range, const i8_job *job) {
#if CK_LEVEL >= 4
  if (range != CK_CODES_POSITIVE && job->segments > 0 && i8_raised(job)) return;
#endif
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

void CK(ck_int8_fixed)(
  int range, const ck_int8_rows *x, const int8_t *w, const int32_t *sums,
  const ck_int8_rescale *f, size_t n, int8_t *y, size_t ldy
) {
  const i8_job job = {
    .x = x->x, .ldx = x->ld, .w = w, .sums = sums, .m = x->rows, .n = n, .k = x->k,
    .segments = x->segments, .segment_step = x->segment_step, .codes = y, .ld = ldy, .fixed = f};
  i8_product(range, &job);
}

void CK(ck_int8_sums)(
  int range, const ck_int8_rows *x, const int8_t *w, const int32_t *sums, size_t n, int32_t *c,
  size_t ldc
) {
  const i8_job job = {
    .x = x->x, .ldx = x->ld, .w = w, .sums = sums, .m = x->rows, .n = n, .k = x->k,
    .segments = x->segments, .segment_step = x->segment_step, .c = c, .ld = ldc, .wide = 1};
  i8_product(range, &job);
}

void CK(ck_int8_rescaled)(
  const int32_t *sums, size_t rows, const ck_int8_rescale *f, size_t n, int8_t *y, size_t ldy
) {
  for (size_t r = 0; r < rows; r++) i8_rescaled(sums + r * n, f, n, y + r * ldy);
}

void CK(ck_add_whole)(const float *x, size_t n, int32_t *sums) {
  for (size_t i = 0; i < n; i++) sums[i] += (int32_t)x[i];
}

void CK(ck_int8_pooled)(
  const int32_t *sums, size_t width, size_t ld, const ck_int8_rescale *f, size_t n, int8_t *y,
  size_t ldy
) {
  const int32_t *below = sums + width * ld;
  for (size_t place = 0; place + 1 < width; place += 2, y += ldy) {
    const int32_t *a = sums + place * ld, *b = below + place * ld;
    for (size_t i = 0; i < n; i += 16) {
      i8_wide top = __builtin_elementwise_max(*(const i8_wide *)(a + i), *(const i8_wide *)(a + ld + i));
      i8_wide low = __builtin_elementwise_max(*(const i8_wide *)(b + i), *(const i8_wide *)(b + ld + i));
      const i8_wide most = __builtin_elementwise_max(top, low);
      int32_t greatest[16];
      memcpy(greatest, &most, sizeof most);
      if (n - i >= 16) {
        i8_fixed_sixteen(greatest, f, i, y + i);
        continue;
      }
      int8_t codes[16];
      i8_fixed_sixteen(greatest, f, i, codes);
      memcpy(y + i, codes, n - i);
    }
  }
}
