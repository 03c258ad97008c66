// Products of signs, 64 to a word: what differs is counted. Included once per kernel set.

void CK(ck_bit_signs)(const float *x, size_t n, uint64_t *bits) {
  for (size_t start = 0; start < n; start += 64, bits++) {
    const size_t count = n - start < 64 ? n - start : 64;
    uint64_t word = 0;
    for (size_t i = 0; i < count; i++) word |= (uint64_t)(x[start + i] < 0) << i;
    *bits = word;
  }
}

// Adds the bits that differ between one row and each of four to `counts`, in whole vectors as far
// as they go, and says how many words that was.
typedef size_t i8_differ(
  const uint64_t *x, const uint64_t *const w[4], size_t words, int64_t counts[4]);

#if CK_LEVEL >= 3
// Each half of a byte is looked up. A byte holds the counts of 31 vectors.
static size_t i8_differ_looked_up(
  const uint64_t *x, const uint64_t *const w[4], size_t words, int64_t counts[4]
) {
  const __m256i low = _mm256_set1_epi8(15), zero = _mm256_setzero_si256();
  const __m256i table = _mm256_broadcastsi128_si256(
    _mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  __m256i total[4] = {zero, zero, zero, zero};
  size_t i = 0;
  while (i + 4 <= words) {
    __m256i bytes[4] = {zero, zero, zero, zero};
    const size_t left = (words - i) / 4 * 4, end = i + (left < 31 * 4 ? left : 31 * 4);
    for (; i < end; i += 4) {
      const __m256i v = _mm256_loadu_si256((const __m256i *)(x + i));
      UNROLL for (int j = 0; j < 4; j++) {
        __m256i d = _mm256_xor_si256(v, _mm256_loadu_si256((const __m256i *)(w[j] + i)));
        __m256i few = _mm256_shuffle_epi8(table, _mm256_and_si256(d, low));
        __m256i more = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(d, 4), low));
        bytes[j] = _mm256_add_epi8(bytes[j], _mm256_add_epi8(few, more));
      }
    }
    UNROLL for (int j = 0; j < 4; j++)
      total[j] = _mm256_add_epi64(total[j], _mm256_sad_epu8(bytes[j], zero));
  }
  UNROLL for (int j = 0; j < 4; j++)
    counts[j] += _mm256_extract_epi64(total[j], 0) + _mm256_extract_epi64(total[j], 1)
      + _mm256_extract_epi64(total[j], 2) + _mm256_extract_epi64(total[j], 3);
  return i;
}
#endif

#if CK_LEVEL >= 4
// Some processors of this set count bits in whole vectors: they are asked before.
__attribute__((target("arch=x86-64-v4,avx512vnni,avx512vpopcntdq")))
static size_t i8_differ_counted(
  const uint64_t *x, const uint64_t *const w[4], size_t words, int64_t counts[4]
) {
  const __m512i zero = _mm512_setzero_si512();
  __m512i total[4] = {zero, zero, zero, zero};
  size_t i = 0;
  for (; i + 8 <= words; i += 8) {
    const __m512i v = _mm512_loadu_si512(x + i);
    UNROLL for (int j = 0; j < 4; j++) {
      const __m512i d = _mm512_xor_si512(v, _mm512_loadu_si512(w[j] + i));
      total[j] = _mm512_add_epi64(total[j], _mm512_popcnt_epi64(d));
    }
  }
  UNROLL for (int j = 0; j < 4; j++) counts[j] += _mm512_reduce_add_epi64(total[j]);
  return i;
}
#endif

static i8_differ *i8_differ_here(void) {
#if CK_LEVEL >= 4
  if (__builtin_cpu_supports("avx512vpopcntdq")) return i8_differ_counted;
#endif
#if CK_LEVEL >= 3
  return i8_differ_looked_up;
#else
  return NULL;
#endif
}

void CK(ck_bit_product)(
  const uint64_t *x, const uint64_t *w, size_t m, size_t n, size_t words, size_t k, int32_t *c,
  size_t ldc
) {
  i8_differ *const differ = i8_differ_here();
  for (size_t j = 0; j < n; j += 4) {
    const size_t rows = n - j < 4 ? n - j : 4;
    // Missing rows repeat the last one.
    const uint64_t *four[4];
    for (size_t q = 0; q < 4; q++) four[q] = w + (j + (q < rows ? q : rows - 1)) * words;
    for (size_t i = 0; i < m; i++) {
      const uint64_t *row = x + i * words;
      int64_t counts[4] = {0, 0, 0, 0};
      size_t word = differ ? differ(row, four, words, counts) : 0;
      for (; word < words; word++) {
        for (int q = 0; q < 4; q++) counts[q] += __builtin_popcountll(row[word] ^ four[q][word]);
      }
      for (size_t q = 0; q < rows; q++)
        c[i * ldc + j + q] = (int32_t)((int64_t)k - 2 * counts[q]);
    }
  }
}
