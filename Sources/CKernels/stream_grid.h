// Numbers to codes on a uniform grid, and back. Included once per kernel set.

// Added to a number of at most 2^22, its last bit counts ones: it is rounded, halves to even.
static const float grid_rounder = 12582912.0f;
static const int32_t grid_rounder_bits = 0x4B400000;

// A grid, and what dividing by its scale needs.
typedef struct {
  ck_grid grid;
  // The values of the lowest and the highest code.
  float least, most;
  // 1 / scale rounded, and what the rounding lost; 0 where products with them might not be exact.
  float inverse, lost;
} grid_plan;

INLINE grid_plan grid_planned(const ck_grid *grid) {
  const float scale = grid->scale;
  grid_plan plan = {
    .grid = *grid, .least = (float)(grid->low - grid->zero) * scale,
    .most = (float)(grid->high - grid->zero) * scale};
#if CK_LEVEL >= 3
  if (scale > 0x1p-100f && scale < 0x1p100f) {
    plan.inverse = 1 / scale;
    plan.lost = __builtin_fmaf(-plan.inverse, scale, 1) * plan.inverse;
  }
#endif
  return plan;
}

// v / scale, rounded as a division rounds, which a product with the inverse is not: a quotient that
// is at most one unit of its last place off is put right by what it leaves, which is exact.
// Markstein 1990, doi:10.1147/rd.341.0111.
INLINE reals grid_quotient(reals v, const grid_plan *plan) {
#if CK_LEVEL >= 3
  if (plan->inverse > 0) {
    const reals inverse = stream_all(plan->inverse);
    reals q = __builtin_elementwise_fma(v, inverse, v * plan->lost);
    reals left = __builtin_elementwise_fma(q, stream_all(-plan->grid.scale), v);
    return __builtin_elementwise_fma(left, inverse, q);
  }
#endif
  return v / plan->grid.scale;
}

// The steps from the zero point, clamped and rounded. (The ends of the codes are whole numbers:
// clamping the values first comes to the same.)
INLINE wholes grid_steps(reals v, const grid_plan *plan) {
  const reals least = stream_all(plan->least), most = stream_all(plan->most);
  v = stream_pick(v > least, v, least);
  v = stream_pick(v < most, v, most);
  return (wholes)(grid_quotient(v, plan) + grid_rounder) - grid_rounder_bits;
}

// The codes of a line of the cache, and such a line.
enum { GRID_LINE = 64 };
typedef uint8_t grid_codes __attribute__((vector_size(64), aligned(1)));
typedef uint8_t grid_line __attribute__((vector_size(64)));

// As many bits of each as are stored.
INLINE grid_codes grid_stored(wholes a, wholes b, const ck_grid *grid) {
  const int32_t stored = (1 << grid->bits) - 1;
  grid_codes codes;
#if CK_LEVEL >= 4
  // Without this the compiler narrows each vector by itself, which takes twice as long.
  __m512i p[2], q[2];
  memcpy(p, &a, sizeof p);
  memcpy(q, &b, sizeof q);
  const __m512i mask = _mm512_set1_epi16((int16_t)stored);
  __m512i low = _mm512_and_si512(_mm512_packs_epi32(p[0], p[1]), mask);
  __m512i high = _mm512_and_si512(_mm512_packs_epi32(q[0], q[1]), mask);
  // Packing goes by quarters: the first ones of all four vectors, then the second ones.
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  codes = (grid_codes)_mm512_permutexvar_epi32(order, _mm512_packus_epi16(low, high));
#else
  const octets halves[2] = {
    __builtin_convertvector(a & stored, octets), __builtin_convertvector(b & stored, octets)};
  memcpy(&codes, halves, sizeof codes);
#endif
  return codes;
}

INLINE grid_codes grid_coded(const float *x, const grid_plan *plan) {
  const int32_t zero = plan->grid.zero;
  return grid_stored(
    grid_steps(stream_load(x), plan) + zero,
    grid_steps(stream_load(x + STREAM_STEP), plan) + zero, &plan->grid);
}

INLINE uint8_t grid_coded1(float v, const grid_plan *plan) {
  v = v > plan->least ? v : plan->least;
  v = v < plan->most ? v : plan->most;
  const float rounded = v / plan->grid.scale + grid_rounder;
  int32_t bits;
  memcpy(&bits, &rounded, 4);
  return (uint8_t)((bits - grid_rounder_bits + plan->grid.zero) & ((1 << plan->grid.bits) - 1));
}

// Fetched so many elements before they are looked at, memory is never idle. Shorter runs than these
// are not written past the caches: they share the lines at their ends with their neighbors.
enum { GRID_AHEAD = 2048, GRID_PAST = 8192 };

size_t CK(ck_quantize)(const float *x, size_t n, const ck_grid *grid, int past, uint8_t *codes,
                       size_t ahead, float *out) {
  const grid_plan plan = grid_planned(grid);
  const float *next = x + n;
  stream_span span = stream_no_span();
  // Past the caches go whole lines.
  if (n < GRID_PAST) past = 0;
  const size_t first = past ? -(uintptr_t)codes % GRID_LINE : 0, before = first < n ? first : n;
  size_t i = 0, seen = 0;
  for (; i < before; i++) codes[i] = grid_coded1(x[i], &plan);
  for (; i + GRID_LINE <= n; i += GRID_LINE) {
    const grid_codes line = grid_coded(x + i, &plan);
    if (past) __builtin_nontemporal_store((grid_line)line, (grid_line *)(codes + i));
    else *(grid_codes *)(codes + i) = line;
    if (seen + GRID_LINE > ahead) continue;
    UNROLL for (int l = 0; l < GRID_LINE; l += 16)
      __builtin_prefetch(next + seen + GRID_AHEAD + l, 0, 2);
    span = stream_spread(span, stream_load(next + seen));
    span = stream_spread(span, stream_load(next + seen + STREAM_STEP));
    seen += GRID_LINE;
  }
  if (i + STREAM_STEP <= n) {
    const wholes a = grid_steps(stream_load(x + i), &plan) + grid->zero;
    const grid_codes line = grid_stored(a, a, grid);
    memcpy(codes + i, &line, STREAM_STEP);
    i += STREAM_STEP;
  }
  for (; i < n; i++) codes[i] = grid_coded1(x[i], &plan);
  return stream_close(span, next + seen, ahead - seen, out);
}

void CK(ck_dequantize)(const uint8_t *codes, size_t n, const ck_grid *grid, int past, float *y) {
  typedef float aligned_reals __attribute__((vector_size(128), aligned(64)));
  const ck_grid g = *grid;
  // Codes below 0 have the sign in their highest stored bit: flipped, it is worth its negative.
  const int32_t sign = g.low < 0 ? 1 << (g.bits - 1) : 0;
  const int32_t shift = sign + g.zero;
  if (n < GRID_PAST) past = 0;
  const size_t first = past ? -(uintptr_t)y / sizeof *y % 16 : 0, before = first < n ? first : n;
  size_t i = 0;
  for (; i < before; i++) y[i] = (float)((codes[i] ^ sign) - shift) * g.scale;
  for (; i + STREAM_STEP <= n; i += STREAM_STEP) {
    wholes code = __builtin_convertvector(*(const octets *)(codes + i), wholes);
    reals value = __builtin_convertvector((code ^ sign) - shift, reals) * g.scale;
    if (past) __builtin_nontemporal_store((aligned_reals)value, (aligned_reals *)(y + i));
    else *(reals *)(y + i) = value;
  }
  for (; i < n; i++) y[i] = (float)((codes[i] ^ sign) - shift) * g.scale;
}

double CK(ck_grid_error)(const float *x, size_t n, const ck_grid *grid) {
  // Fused, the error would be rounded once instead of twice.
#pragma STDC FP_CONTRACT OFF
  const grid_plan plan = grid_planned(grid);
  double sum = 0;
  for (size_t i = 0; i < n; i += STREAM_STEP) {
    const size_t count = n - i < STREAM_STEP ? n - i : STREAM_STEP;
    reals v = count == STREAM_STEP ? stream_load(x + i) : stream_load_rest(x + i, count);
    reals e = v - __builtin_convertvector(grid_steps(v, &plan), reals) * grid->scale;
    float errors[STREAM_STEP];
    memcpy(errors, &e, sizeof e);
    for (size_t l = 0; l < count; l++) sum += (double)errors[l] * (double)errors[l];
  }
  return sum;
}

INLINE float brain1(float v) {
  uint32_t bits, top;
  memcpy(&bits, &v, 4);
  if (v != v) top = bits >> 16 | 0x40;
  else top = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
  // Rounded up to infinity from below it: the largest number instead.
  if (v == v && (top & 0x7FFF) == 0x7F80 && (bits & 0x7FFFFFFF) != 0x7F800000) top--;
  bits = top << 16;
  memcpy(&v, &bits, 4);
  return v;
}

INLINE reals half32(reals v) {
  typedef _Float16 halves __attribute__((vector_size(64)));
  const float largest = 65504;
  reals size = (reals)((wholes)v & INT32_MAX);
  // Beyond the largest number, but no infinity: its sign stays.
  wholes beyond = (size > largest) & (size < __builtin_inff());
  reals capped = (reals)((wholes)stream_all(largest) | ((wholes)v & INT32_MIN));
  v = stream_pick(beyond, capped, v);
  return __builtin_convertvector(__builtin_convertvector(v, halves), reals);
}

void CK(ck_round_halves)(const float *x, size_t n, int brain, float *y) {
  size_t i = 0;
  if (brain) {
    for (; i < n; i++) y[i] = brain1(x[i]);
    return;
  }
  for (; i + STREAM_STEP <= n; i += STREAM_STEP) *(reals *)(y + i) = half32(stream_load(x + i));
  if (i < n) {
    reals rest = half32(stream_load_rest(x + i, n - i));
    memcpy(y + i, &rest, (n - i) * sizeof(float));
  }
}
