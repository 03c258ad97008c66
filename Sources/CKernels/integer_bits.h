// Products of signs, 64 to a word: what differs is counted. Included once per kernel set.

void CK(ck_bit_signs)(const float *x, size_t n, uint64_t *bits) {
  for (size_t start = 0; start < n; start += 64, bits++) {
    const size_t count = n - start < 64 ? n - start : 64;
    uint64_t word = 0;
    for (size_t i = 0; i < count; i++) word |= (uint64_t)(x[start + i] < 0) << i;
    *bits = word;
  }
}

// Up to 64 bits of a line, from `at` on.
INLINE uint64_t bits_of(const uint64_t *line, size_t at, size_t count) {
  const size_t shift = at % 64;
  uint64_t bits = line[at / 64] >> shift;
  if (shift + count > 64) bits |= line[at / 64 + 1] << (64 - shift);
  return count < 64 ? bits & ((1ull << count) - 1) : bits;
}

void CK(ck_bit_patches)(
  const uint64_t *lines, size_t line_words, const ck_window *w, size_t words, uint64_t *patches
) {
  for (int y = 0; y < w->out_height; y++) {
    for (int x = 0; x < w->out_width; x++, patches += words) {
      uint64_t word = 0, *out = patches;
      size_t used = 0;
      for (int c = 0; c < w->channels; c++) {
        for (int k = 0; k < w->kernel_height; k++) {
          const uint64_t *line =
            lines + ((size_t)c * (size_t)w->height + (size_t)(y * w->stride_height + k)) * line_words;
          for (size_t done = 0; done < (size_t)w->kernel_width; done += 64) {
            const size_t left = (size_t)w->kernel_width - done, count = left < 64 ? left : 64;
            const uint64_t bits = bits_of(line, (size_t)(x * w->stride_width) + done, count);
            word |= bits << used;
            used += count;
            if (used < 64) continue;
            *out++ = word;
            used -= 64;
            word = used > 0 ? bits >> (count - used) : 0;
          }
        }
      }
      if (used > 0) *out = word;
    }
  }
}

// The bits in which some rows differ from each of eight, whose words lie side by side.
typedef void bits_differ(
  const uint64_t *x, size_t ldx, size_t rows, const uint64_t *w, size_t words, int32_t counts[4][8]);

static void bits_differ_plain(
  const uint64_t *x, size_t ldx, size_t rows, const uint64_t *w, size_t words, int32_t counts[4][8]
) {
  for (size_t r = 0; r < rows; r++) {
    int32_t sums[8] = {0};
    for (size_t i = 0; i < words; i++)
      for (size_t l = 0; l < 8; l++)
        sums[l] += __builtin_popcountll(x[r * ldx + i] ^ w[8 * i + l]);
    memcpy(counts[r], sums, sizeof sums);
  }
}

#if CK_LEVEL >= 3
// Each half of a byte is looked up. A byte holds the counts of 31 words.
static void bits_differ_looked_up(
  const uint64_t *x, size_t ldx, size_t rows, const uint64_t *w, size_t words, int32_t counts[4][8]
) {
  const __m256i low = _mm256_set1_epi8(15), zero = _mm256_setzero_si256();
  const __m256i table = _mm256_broadcastsi128_si256(
    _mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  for (size_t r = 0; r < rows; r++) {
    __m256i total[2] = {zero, zero};
    for (size_t i = 0; i < words;) {
      const size_t end = words - i < 31 ? words : i + 31;
      __m256i bytes[2] = {zero, zero};
      for (; i < end; i++) {
        const __m256i v = _mm256_set1_epi64x((int64_t)x[r * ldx + i]);
        UNROLL for (int h = 0; h < 2; h++) {
          __m256i d = _mm256_xor_si256(v, _mm256_loadu_si256((const __m256i *)(w + 8 * i + 4 * h)));
          __m256i few = _mm256_shuffle_epi8(table, _mm256_and_si256(d, low));
          __m256i more = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(d, 4), low));
          bytes[h] = _mm256_add_epi8(bytes[h], _mm256_add_epi8(few, more));
        }
      }
      UNROLL for (int h = 0; h < 2; h++)
        total[h] = _mm256_add_epi64(total[h], _mm256_sad_epu8(bytes[h], zero));
    }
    int64_t sums[8];
    memcpy(sums, total, sizeof sums);
    for (size_t l = 0; l < 8; l++) counts[r][l] = (int32_t)sums[l];
  }
}
#endif

#if CK_LEVEL >= 4
// Some processors of this set count bits in whole vectors: they are asked before.
__attribute__((target("arch=x86-64-v4,avx512vnni,avx512vpopcntdq")))
static void bits_differ_counted(
  const uint64_t *x, size_t ldx, size_t rows, const uint64_t *w, size_t words, int32_t counts[4][8]
) {
  const uint64_t *row[4];
  for (size_t r = 0; r < 4; r++) row[r] = x + (r < rows ? r : rows - 1) * ldx;
  __m512i total[4] = {
    _mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
  for (size_t i = 0; i < words; i++) {
    const __m512i v = _mm512_loadu_si512(w + 8 * i);
    UNROLL for (int r = 0; r < 4; r++) {
      const __m512i d = _mm512_xor_si512(v, _mm512_set1_epi64((int64_t)row[r][i]));
      total[r] = _mm512_add_epi64(total[r], _mm512_popcnt_epi64(d));
    }
  }
  UNROLL for (int r = 0; r < 4; r++)
    _mm256_storeu_si256((__m256i *)counts[r], _mm512_cvtepi64_epi32(total[r]));
}
#endif

static bits_differ *bits_differ_here(void) {
#if CK_LEVEL >= 4
  if (__builtin_cpu_supports("avx512vpopcntdq")) return bits_differ_counted;
#endif
#if CK_LEVEL >= 3
  return bits_differ_looked_up;
#else
  return bits_differ_plain;
#endif
}

// Products and scales round one by one, so that all sets agree.
void CK(ck_bit_product)(
  const uint64_t *x, size_t m, const uint64_t *w, size_t n, size_t words, size_t k,
  const float *x_scales, size_t x_step, const float *scales, float *y, size_t row_step,
  size_t column_step
) {
#pragma clang fp contract(off)
  bits_differ *const differ = bits_differ_here();
  for (size_t j = 0; j < n; j += 8, w += 8 * words) {
    const size_t columns = n - j < 8 ? n - j : 8;
    for (size_t i = 0; i < m; i += 4) {
      const size_t rows = m - i < 4 ? m - i : 4;
      int32_t counts[4][8];
      differ(x + i * words, words, rows, w, words, counts);
      for (size_t r = 0; r < rows; r++) {
        const float scale = x_scales[(i + r) * x_step];
        for (size_t c = 0; c < columns; c++)
          y[(i + r) * row_step + (j + c) * column_step] =
            (float)((int64_t)k - 2 * counts[r][c]) * (scale * scales[j + c]);
      }
    }
  }
}
