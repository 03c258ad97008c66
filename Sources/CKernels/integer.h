// Products of small integers: the vectors, and four products at once. Included once per kernel set.

typedef int8_t i8_bytes __attribute__((vector_size(32), aligned(1)));
typedef lanes_mask i8_sums;
typedef uint32_t i8_words __attribute__((vector_size(32), aligned(4)));
typedef int32_t i8_wide __attribute__((vector_size(64), aligned(4)));

INLINE int32_t i8_word(const void *p) {
  int32_t word;
  memcpy(&word, p, 4);
  return word;
}

INLINE i8_sums i8_splat(int32_t v) { return (i8_sums){v, v, v, v, v, v, v, v}; }

INLINE i8_wide i8_wide_splat(int32_t v) {
  return (i8_wide){v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v};
}

// The greater of two, place by place; where x is no number, `low`.
INLINE lanes i8_at_least(lanes x, lanes low) {
#if CK_LEVEL >= 3
  return (lanes)_mm256_max_ps((__m256)x, (__m256)low);
#else
  i8_sums mask = x > low;
  return (lanes)(((i8_sums)x & mask) | ((i8_sums)low & ~mask));
#endif
}

// The greatest magnitude so far. Magnitudes are ordered like their bits, and what is not a number
// comes last: it is never lost.
INLINE lanes i8_raise(lanes greatest, lanes x) {
  return (lanes)__builtin_elementwise_max(
    (i8_sums)greatest, (i8_sums)x & i8_splat(0x7FFFFFFF));
}

// a + products of four neighbouring codes in each place, exact for all codes that `range` allows.
#if CK_LEVEL >= 4
// vpdpbusd wants one factor without sign: x + 128 where x has one. Sums start at -128 times the sum
// of w, which takes that away again; it does not saturate.
#define I8_OFFSET 128
// Codes that are x + 128 in memory already.
#define I8_RAISED 3

INLINE i8_sums i8_dot(int range, i8_sums a, i8_bytes x, i8_bytes w) {
  if (range != CK_CODES_POSITIVE && range != I8_RAISED)
    x = (i8_bytes)((i8_sums)x ^ i8_splat((int32_t)0x80808080u));
  return (i8_sums)_mm256_dpbusd_epi32((__m256i)a, (__m256i)x, (__m256i)w);
}

INLINE i8_wide i8_wide_dot(int range, i8_wide a, i8_wide x, i8_wide w) {
  if (range != CK_CODES_POSITIVE && range != I8_RAISED)
    x ^= i8_wide_splat((int32_t)0x80808080u);
  return (i8_wide)_mm512_dpbusd_epi32((__m512i)a, (__m512i)x, (__m512i)w);
}
#else
#define I8_OFFSET 0

#if CK_LEVEL >= 3
// vpmaddubsw multiplies bytes without sign by bytes with one and saturates sums of two at 16 bits.
// Positive: at most 2 * 127 * 128 = 32512. Symmetric: |x| times w with the sign of x, which -127
// and 127 survive; at most 2 * 128 * 127 = 32512. Both fit in 16 bits.
INLINE i8_sums i8_dot(int range, i8_sums a, i8_bytes x, i8_bytes w) {
  __m256i xv = (__m256i)x, wv = (__m256i)w;
  if (range == CK_CODES_ANY) {
    __m256i low = _mm256_madd_epi16(
      _mm256_cvtepi8_epi16(_mm256_castsi256_si128(xv)),
      _mm256_cvtepi8_epi16(_mm256_castsi256_si128(wv)));
    __m256i high = _mm256_madd_epi16(
      _mm256_cvtepi8_epi16(_mm256_extracti128_si256(xv, 1)),
      _mm256_cvtepi8_epi16(_mm256_extracti128_si256(wv, 1)));
    // The sums of pairs come as 0 1 4 5 2 3 6 7.
    __m256i pairs = _mm256_permute4x64_epi64(_mm256_hadd_epi32(low, high), 0xD8);
    return a + (i8_sums)pairs;
  }
  if (range == CK_CODES_SYMMETRIC) {
    wv = _mm256_sign_epi8(wv, xv);
    xv = _mm256_abs_epi8(xv);
  }
  __m256i pairs = _mm256_maddubs_epi16(xv, wv);
  return a + (i8_sums)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}
#else
INLINE i8_sums i8_dot(int range, i8_sums a, i8_bytes x, i8_bytes w) {
  (void)range;
  typedef int16_t shorts __attribute__((vector_size(64)));
  typedef uint32_t words __attribute__((vector_size(64)));
  // Each product is at most 16384; two of them share a word.
  shorts products = __builtin_convertvector(x, shorts) * __builtin_convertvector(w, shorts);
  i8_wide pairs = ((i8_wide)((words)products << 16) >> 16) + ((i8_wide)products >> 16);
  return a + __builtin_shufflevector(pairs, pairs, 0, 2, 4, 6, 8, 10, 12, 14)
    + __builtin_shufflevector(pairs, pairs, 1, 3, 5, 7, 9, 11, 13, 15);
}
#endif

INLINE i8_wide i8_wide_dot(int range, i8_wide a, i8_wide x, i8_wide w) {
  i8_sums low = i8_dot(
    range, __builtin_shufflevector(a, a, 0, 1, 2, 3, 4, 5, 6, 7),
    (i8_bytes)__builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7),
    (i8_bytes)__builtin_shufflevector(w, w, 0, 1, 2, 3, 4, 5, 6, 7));
  i8_sums high = i8_dot(
    range, __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15),
    (i8_bytes)__builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15),
    (i8_bytes)__builtin_shufflevector(w, w, 8, 9, 10, 11, 12, 13, 14, 15));
  return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
#endif

// Where sums start, for weights with this sum.
INLINE int32_t i8_start(int range, int32_t sum) {
  return range == CK_CODES_POSITIVE ? 0 : -I8_OFFSET * sum;
}
