// Products of signs, 64 to a word: what differs is counted. Included once per kernel set.

void CK(ck_bit_signs)(const float *x, size_t n, uint64_t *bits) {
  for (size_t start = 0; start < n; start += 64, bits++) {
    const size_t count = n - start < 64 ? n - start : 64;
    uint64_t word = 0;
    for (size_t i = 0; i < count; i++) word |= (uint64_t)(x[start + i] < 0) << i;
    *bits = word;
  }
}

// Adds the bits that differ between one row and each of four to `counts`, in whole vectors as far as
// they go; says how many words that was. A byte holds the counts of 31 vectors.
#if CK_LEVEL >= 4
I8_INLINE size_t i8_differ(
  const uint64_t *x, const uint64_t *const w[4], size_t words, int64_t counts[4]
) {
  const __m512i low = _mm512_set1_epi8(15);
  const __m512i table = _mm512_broadcast_i32x4(
    _mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  __m512i total[4];
  I8_UNROLL for (int j = 0; j < 4; j++) total[j] = _mm512_setzero_si512();
  size_t i = 0;
  while (i + 8 <= words) {
    __m512i bytes[4];
    I8_UNROLL for (int j = 0; j < 4; j++) bytes[j] = _mm512_setzero_si512();
    const size_t left = (words - i) / 8 * 8, end = i + (left < 31 * 8 ? left : 31 * 8);
    for (; i < end; i += 8) {
      const __m512i v = _mm512_loadu_si512(x + i);
      I8_UNROLL for (int j = 0; j < 4; j++) {
        __m512i d = _mm512_xor_si512(v, _mm512_loadu_si512(w[j] + i));
        __m512i few = _mm512_shuffle_epi8(table, _mm512_and_si512(d, low));
        __m512i more = _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(d, 4), low));
        bytes[j] = _mm512_add_epi8(bytes[j], _mm512_add_epi8(few, more));
      }
    }
    I8_UNROLL for (int j = 0; j < 4; j++)
      total[j] = _mm512_add_epi64(total[j], _mm512_sad_epu8(bytes[j], _mm512_setzero_si512()));
  }
  I8_UNROLL for (int j = 0; j < 4; j++) counts[j] += _mm512_reduce_add_epi64(total[j]);
  return i;
}
#elif CK_LEVEL >= 3
I8_INLINE size_t i8_differ(
  const uint64_t *x, const uint64_t *const w[4], size_t words, int64_t counts[4]
) {
  const __m256i low = _mm256_set1_epi8(15);
  const __m256i table = _mm256_broadcastsi128_si256(
    _mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  __m256i total[4];
  I8_UNROLL for (int j = 0; j < 4; j++) total[j] = _mm256_setzero_si256();
  size_t i = 0;
  while (i + 4 <= words) {
    __m256i bytes[4];
    I8_UNROLL for (int j = 0; j < 4; j++) bytes[j] = _mm256_setzero_si256();
    const size_t left = (words - i) / 4 * 4, end = i + (left < 31 * 4 ? left : 31 * 4);
    for (; i < end; i += 4) {
      const __m256i v = _mm256_loadu_si256((const __m256i *)(x + i));
      I8_UNROLL for (int j = 0; j < 4; j++) {
        __m256i d = _mm256_xor_si256(v, _mm256_loadu_si256((const __m256i *)(w[j] + i)));
        __m256i few = _mm256_shuffle_epi8(table, _mm256_and_si256(d, low));
        __m256i more = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(d, 4), low));
        bytes[j] = _mm256_add_epi8(bytes[j], _mm256_add_epi8(few, more));
      }
    }
    I8_UNROLL for (int j = 0; j < 4; j++)
      total[j] = _mm256_add_epi64(total[j], _mm256_sad_epu8(bytes[j], _mm256_setzero_si256()));
  }
  I8_UNROLL for (int j = 0; j < 4; j++)
    counts[j] += _mm256_extract_epi64(total[j], 0) + _mm256_extract_epi64(total[j], 1)
      + _mm256_extract_epi64(total[j], 2) + _mm256_extract_epi64(total[j], 3);
  return i;
}
#else
I8_INLINE size_t i8_differ(
  const uint64_t *x, const uint64_t *const w[4], size_t words, int64_t counts[4]
) {
  (void)x, (void)w, (void)words, (void)counts;
  return 0;
}
#endif

void CK(ck_bit_product)(
  const uint64_t *x, const uint64_t *w, size_t m, size_t n, size_t words, size_t k, int32_t *c,
  size_t ldc
) {
  for (size_t j = 0; j < n; j += 4) {
    const size_t rows = n - j < 4 ? n - j : 4;
    // Missing rows repeat the last one.
    const uint64_t *four[4];
    for (size_t q = 0; q < 4; q++) four[q] = w + (j + (q < rows ? q : rows - 1)) * words;
    for (size_t i = 0; i < m; i++) {
      const uint64_t *row = x + i * words;
      int64_t counts[4] = {0, 0, 0, 0};
      for (size_t word = i8_differ(row, four, words, counts); word < words; word++) {
        for (int q = 0; q < 4; q++) counts[q] += __builtin_popcountll(row[word] ^ four[q][word]);
      }
      for (size_t q = 0; q < rows; q++)
        c[i * ldc + j + q] = (int32_t)((int64_t)k - 2 * counts[q]);
    }
  }
}
