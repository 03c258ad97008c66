// The nearest of many short vectors: a score for each, and the place of the greatest. Included once per
// kernel set.

#if CK_LEVEL == 4
enum { CK(near_width) = 16 };
typedef float CK(near_reals) __attribute__((vector_size(64), aligned(4)));
typedef int32_t CK(near_wholes) __attribute__((vector_size(64), aligned(4)));
#else
enum { CK(near_width) = 8 };
typedef float CK(near_reals) __attribute__((vector_size(32), aligned(4)));
typedef int32_t CK(near_wholes) __attribute__((vector_size(32), aligned(4)));
#endif
#define NEAR_WIDTH CK(near_width)
#define near_reals CK(near_reals)
#define near_wholes CK(near_wholes)

enum { CK(near_rows) = 4 };
#define NEAR_ROWS CK(near_rows)

// Four rows at a time share what is loaded of the centroids.
INLINE void CK(nearest_rows)(const float *const *x, size_t d, const float *centroids,
                             const float *offsets, size_t k, int32_t *out, size_t step,
                             size_t rows) {
  near_reals best[NEAR_ROWS];
  near_wholes places[NEAR_ROWS], here;
  for (int l = 0; l < NEAR_WIDTH; l++) here[l] = l;
  for (int r = 0; r < NEAR_ROWS; r++) {
    best[r] = (near_reals){0} - INFINITY;
    places[r] = here;
  }
  for (size_t c = 0; c < k; c += NEAR_WIDTH, here += NEAR_WIDTH) {
    const float *block = centroids + c / CK_NEAR_BLOCK * CK_NEAR_BLOCK * d + c % CK_NEAR_BLOCK;
    near_reals scores[NEAR_ROWS];
    near_reals offset = *(const near_reals *)(offsets + c);
    UNROLL for (int r = 0; r < NEAR_ROWS; r++) scores[r] = offset;
    for (size_t p = 0; p < d; p++) {
      near_reals value = *(const near_reals *)(block + p * CK_NEAR_BLOCK);
      UNROLL for (int r = 0; r < NEAR_ROWS; r++) scores[r] += x[r][p] * value;
    }
    UNROLL for (int r = 0; r < NEAR_ROWS; r++) {
      near_wholes better = scores[r] > best[r];
      best[r] = (near_reals)((better & (near_wholes)scores[r]) | (~better & (near_wholes)best[r]));
      places[r] = (better & here) | (~better & places[r]);
    }
  }
  for (size_t r = 0; r < rows; r++) {
    float score[NEAR_WIDTH];
    int32_t place[NEAR_WIDTH];
    memcpy(score, &best[r], sizeof score);
    memcpy(place, &places[r], sizeof place);
    int first = 0;
    for (int l = 1; l < NEAR_WIDTH; l++)
      if (score[l] > score[first] || (score[l] == score[first] && place[l] < place[first]))
        first = l;
    out[r * step] = place[first];
  }
}

void CK(ck_nearest)(const float *x, size_t ld, size_t n, size_t d, const float *centroids,
                    const float *offsets, size_t k, int32_t *out, size_t step) {
  for (size_t i = 0; i < n; i += NEAR_ROWS) {
    const float *rows[NEAR_ROWS];
    // Behind the last row it stands in for those that are missing.
    for (size_t r = 0; r < NEAR_ROWS; r++) rows[r] = x + (i + r < n ? i + r : n - 1) * ld;
    size_t count = n - i < NEAR_ROWS ? n - i : NEAR_ROWS;
    // With the length known the loop over it has no end to look for.
    if (d == 8) CK(nearest_rows)(rows, 8, centroids, offsets, k, out + i * step, step, count);
    else if (d == 4) CK(nearest_rows)(rows, 4, centroids, offsets, k, out + i * step, step, count);
    else CK(nearest_rows)(rows, d, centroids, offsets, k, out + i * step, step, count);
  }
}

#undef near_reals
#undef near_wholes
#undef NEAR_WIDTH
#undef NEAR_ROWS
