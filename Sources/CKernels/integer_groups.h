// Matrix times vector, with a scale for each group of codes along the row. Included once per kernel
// set. Sixteen rows are sixteen lanes, so that nothing is summed across a vector.

typedef float i8_wide_floats __attribute__((vector_size(64), aligned(4)));

void CK(ck_group_codes)(
  const float *x, size_t k, size_t g, int8_t *codes, float *scales, int32_t *sums
) {
  for (size_t start = 0; start < k; start += g, x += g, codes += g, scales++, sums++) {
    const size_t n = k - start < g ? k - start : g;
    const float greatest = CK(ck_int8_greatest)(x, n);
    CK(ck_int8_codes)(x, n, greatest > 0 ? 127.0f / greatest : 0, codes);
    *scales = greatest / 127.0f;
    for (size_t i = n; i % 8 > 0; i++) codes[i] = 0;
    int32_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += codes[i];
    *sums = sum;
  }
}

// a + products of sixteen rows' codes w + 128, as bytes, with four codes of x.
INLINE i8_wide i8_group_dot8(i8_wide a, i8_wide w, int32_t x) {
#if CK_LEVEL >= 4
  return (i8_wide)_mm512_dpbusd_epi32((__m512i)a, (__m512i)w, _mm512_set1_epi32(x));
#else
  return i8_wide_dot(
    CK_CODES_SYMMETRIC, a, i8_wide_splat(x), w ^ i8_wide_splat((int32_t)0x80808080u));
#endif
}

// The same for codes 0...15. They are the positive factor: at most 2 * 15 * 128 in 16 bits.
INLINE i8_wide i8_group_dot4(i8_wide a, i8_wide w, int32_t x) {
#if CK_LEVEL >= 4
  return (i8_wide)_mm512_dpbusd_epi32((__m512i)a, (__m512i)w, _mm512_set1_epi32(x));
#else
  return i8_wide_dot(CK_CODES_POSITIVE, a, w, i8_wide_splat(x));
#endif
}

// total + sums * scales * scale, rounded step by step, so that all sets agree.
INLINE i8_wide_floats i8_group_add(
  i8_wide_floats total, i8_wide sums, const float *scales, float scale
) {
#pragma clang fp contract(off)
  const float s = scale;
  const i8_wide_floats by = {s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s};
  return total + __builtin_convertvector(sums, i8_wide_floats)
    * (*(const i8_wide_floats *)scales * by);
}

void CK(ck_group_int8)(
  const uint8_t *w, const float *scales, const int8_t *x, const float *x_scales,
  const int32_t *x_sums, size_t panels, size_t k, size_t g, float *y
) {
  for (size_t p = 0; p < panels; p++, y += 16) {
    i8_wide_floats total = {0};
    const int8_t *codes = x;
    for (size_t start = 0, group = 0; start < k; start += g, group++, scales += 16) {
      const size_t n = ((k - start < g ? k - start : g) + 7) / 8;
      i8_wide a = i8_wide_splat(-I8_OFFSET * x_sums[group]), b = i8_wide_splat(0);
      for (size_t i = 0; i < n; i++, w += 128, codes += 8) {
        a = i8_group_dot8(a, *(const i8_wide *)w, i8_word(codes));
        b = i8_group_dot8(b, *(const i8_wide *)(w + 64), i8_word(codes + 4));
      }
      total = i8_group_add(total, a + b, scales, x_scales[group]);
    }
    *(i8_wide_floats *)y = total;
  }
}

void CK(ck_group_int4)(
  const uint8_t *w, const float *scales, const int8_t *x, const float *x_scales,
  const int32_t *x_sums, size_t panels, size_t k, size_t g, float *y
) {
  const i8_wide low = i8_wide_splat(0x0F0F0F0F);
  for (size_t p = 0; p < panels; p++, y += 16) {
    i8_wide_floats total = {0};
    const int8_t *codes = x;
    for (size_t start = 0, group = 0; start < k; start += g, group++, scales += 16) {
      const size_t n = ((k - start < g ? k - start : g) + 7) / 8;
      i8_wide a = i8_wide_splat(-8 * x_sums[group]), b = i8_wide_splat(0);
      for (size_t i = 0; i < n; i++, w += 64, codes += 8) {
        const i8_wide both = *(const i8_wide *)w;
        a = i8_group_dot4(a, both & low, i8_word(codes));
        b = i8_group_dot4(b, (both >> 4) & low, i8_word(codes + 4));
      }
      total = i8_group_add(total, a + b, scales, x_scales[group]);
    }
    *(i8_wide_floats *)y = total;
  }
}
