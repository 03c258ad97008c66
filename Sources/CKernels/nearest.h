// The nearest of many short vectors: a score for each, and the place of the greatest. Included once per
// kernel set.

enum { CK(near_groups) = CK_NEAR_ROWS / 8 };
#define NEAR_GROUPS CK(near_groups)

// Where scores are above the best ones, they and their place take over.
INLINE void CK(take_better)(const lanes *scores, int32_t place, lanes *best, lanes_mask *places) {
  UNROLL for (int g = 0; g < NEAR_GROUPS; g++) {
    lanes_mask better = scores[g] > best[g];
    best[g] = pick_lanes(better, scores[g], best[g]);
    places[g] = (better & place) | (~better & places[g]);
  }
}

// A lane for each row; two centroids at a time share what is loaded of the rows.
INLINE void CK(nearest_lanes)(const float *turned, size_t d, const float *centroids,
                              const float *offsets, size_t k, lanes_mask *places) {
  lanes best[NEAR_GROUPS];
  for (int g = 0; g < NEAR_GROUPS; g++) {
    best[g] = all(-INFINITY);
    places[g] = (lanes_mask){0};
  }
  for (size_t c = 0; c < k; c += 2) {
    // An odd last one is its own neighbor, and no better than itself.
    size_t other = c + 1 < k ? c + 1 : c;
    const float *one = centroids + c * d, *two = centroids + other * d;
    lanes first[NEAR_GROUPS], second[NEAR_GROUPS];
    UNROLL for (int g = 0; g < NEAR_GROUPS; g++) {
      first[g] = all(offsets[c]);
      second[g] = all(offsets[other]);
    }
    for (size_t p = 0; p < d; p++) {
      const lanes *x = (const lanes *)(turned + p * CK_NEAR_ROWS);
      lanes a = all(one[p]), b = all(two[p]);
      UNROLL for (int g = 0; g < NEAR_GROUPS; g++) {
        first[g] += x[g] * a;
        second[g] += x[g] * b;
      }
    }
    CK(take_better)(first, (int32_t)c, best, places);
    CK(take_better)(second, (int32_t)other, best, places);
  }
}

void CK(ck_nearest)(const float *x, size_t ld, size_t n, size_t d, const float *centroids,
                    const float *offsets, size_t k, int32_t *out, size_t step, float *work) {
  for (size_t i = 0; i < n; i += CK_NEAR_ROWS) {
    size_t rows = n - i < CK_NEAR_ROWS ? n - i : CK_NEAR_ROWS;
    for (size_t r = 0; r < CK_NEAR_ROWS; r++) {
      // The last row stands in for those that are missing.
      const float *row = x + (r < rows ? i + r : n - 1) * ld;
      for (size_t p = 0; p < d; p++) work[p * CK_NEAR_ROWS + r] = row[p];
    }
    lanes_mask places[NEAR_GROUPS];
    // With the length known the loop over it has no end to look for.
    if (d == 8) CK(nearest_lanes)(work, 8, centroids, offsets, k, places);
    else if (d == 4) CK(nearest_lanes)(work, 4, centroids, offsets, k, places);
    else CK(nearest_lanes)(work, d, centroids, offsets, k, places);
    int32_t found[CK_NEAR_ROWS];
    memcpy(found, places, sizeof found);
    for (size_t r = 0; r < rows; r++) out[(i + r) * step] = found[r];
  }
}

#undef NEAR_GROUPS
