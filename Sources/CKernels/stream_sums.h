// Histograms and sums in double precision. Included once per kernel set.

// Rounding may have crossed an edge: the edges as written decide. NumPy does the same.
void CK(ck_bins)(const float *x, size_t n, const double *edges, size_t bins, int64_t *counts) {
  const double low = edges[0], high = edges[bins], width = high - low;
  enum { CHUNK = 256 };
  int32_t guesses[CHUNK];
  for (size_t start = 0; start < n; start += CHUNK) {
    size_t count = n - start < CHUNK ? n - start : CHUNK;
    const float *v = x + start;
    for (size_t i = 0; i < count; i++) {
      double value = v[i];
      int inside = value >= low && value <= high;
      double place = inside ? (value - low) / width * (double)bins : -1.0;
      guesses[i] = (int32_t)place;
    }
    for (size_t i = 0; i < count; i++) {
      if (guesses[i] < 0) continue;
      size_t bin = (size_t)guesses[i] < bins ? (size_t)guesses[i] : bins - 1;
      double value = v[i];
      if (bin > 0 && value < edges[bin]) bin--;
      if (bin < bins - 1 && value >= edges[bin + 1]) bin++;
      counts[bin]++;
    }
  }
}

typedef float four_reals __attribute__((vector_size(16), aligned(4)));
typedef double four_doubles __attribute__((vector_size(32), aligned(8)));

INLINE four_doubles sum_term(four_reals v, int squared, double mean) {
  four_doubles value = __builtin_convertvector(v, four_doubles);
  four_doubles d = value - mean;
  return squared ? d * d : value;
}

// Four blocks side by side, a lane for each: each sum is in order, and none waits for another.
INLINE four_doubles four_sums(const float *x, size_t i, four_doubles sums, int squared,
                              double mean) {
#pragma STDC FP_CONTRACT OFF
  four_reals a = *(const four_reals *)(x + i);
  four_reals b = *(const four_reals *)(x + CK_SUM_BLOCK + i);
  four_reals c = *(const four_reals *)(x + 2 * CK_SUM_BLOCK + i);
  four_reals d = *(const four_reals *)(x + 3 * CK_SUM_BLOCK + i);
  four_reals ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  four_reals ba = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  four_reals cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  four_reals dc = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  sums += sum_term(__builtin_shufflevector(ab, cd, 0, 1, 4, 5), squared, mean);
  sums += sum_term(__builtin_shufflevector(ab, cd, 2, 3, 6, 7), squared, mean);
  sums += sum_term(__builtin_shufflevector(ba, dc, 0, 1, 4, 5), squared, mean);
  sums += sum_term(__builtin_shufflevector(ba, dc, 2, 3, 6, 7), squared, mean);
  return sums;
}

INLINE double one_sum(const float *x, int squared, double mean) {
#pragma STDC FP_CONTRACT OFF
  double sum = 0;
  for (size_t i = 0; i < CK_SUM_BLOCK; i++) {
    double value = (double)x[i];
    double d = value - mean;
    double term = squared ? d * d : value;
    sum += term;
  }
  return sum;
}

INLINE void stream_block_sums(const float *x, size_t blocks, int squared, double mean,
                              double *sums) {
  size_t b = 0;
  for (; b + 8 <= blocks; b += 8) {
    const float *v = x + b * CK_SUM_BLOCK;
    four_doubles low = {0}, high = {0};
    for (size_t i = 0; i < CK_SUM_BLOCK; i += 4) {
      low = four_sums(v, i, low, squared, mean);
      high = four_sums(v + 4 * CK_SUM_BLOCK, i, high, squared, mean);
    }
    *(four_doubles *)(sums + b) = low;
    *(four_doubles *)(sums + b + 4) = high;
  }
  for (; b < blocks; b++) sums[b] = one_sum(x + b * CK_SUM_BLOCK, squared, mean);
}

void CK(ck_block_sums)(const float *x, size_t blocks, int squared, double mean, double *sums) {
  if (squared) stream_block_sums(x, blocks, 1, mean, sums);
  else stream_block_sums(x, blocks, 0, mean, sums);
}
