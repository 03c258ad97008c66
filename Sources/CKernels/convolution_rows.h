// Rows of examples to blocks of eight, a lane for each, and back: 8 x 8 transposes in registers.

INLINE void transpose(lanes *r) {
  lanes t[8], u[8];
  UNROLL for (int i = 0; i < 8; i += 2) {
    t[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    t[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  UNROLL for (int i = 0; i < 8; i += 4)
    UNROLL for (int j = 0; j < 2; j++) {
      u[i + 2 * j] = __builtin_shufflevector(t[i + j], t[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      u[i + 2 * j + 1] =
          __builtin_shufflevector(t[i + j], t[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  UNROLL for (int i = 0; i < 4; i++) {
    r[i] = __builtin_shufflevector(u[i], u[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    r[i + 4] = __builtin_shufflevector(u[i], u[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

void CK(ck_to_lanes)(const float *rows, size_t n, size_t count, float *blocks) {
  for (size_t first = 0; first < n; first += 8, blocks += 8 * count) {
    const float *x = rows + first * count;
    size_t here = n - first < 8 ? n - first : 8, i = 0;
    for (; i + 8 <= count; i += 8) {
      lanes r[8];
      for (size_t l = 0; l < 8; l++)
        r[l] = l < here ? *(const lanes *)(x + l * count + i) : (lanes){0};
      transpose(r);
      for (size_t l = 0; l < 8; l++) *(lanes *)(blocks + 8 * (i + l)) = r[l];
    }
    for (; i < count; i++)
      for (size_t l = 0; l < 8; l++) blocks[8 * i + l] = l < here ? x[l * count + i] : 0.0f;
  }
}

void CK(ck_from_lanes)(const float *blocks, size_t n, size_t count, float *rows) {
  for (size_t first = 0; first < n; first += 8, blocks += 8 * count) {
    float *y = rows + first * count;
    size_t here = n - first < 8 ? n - first : 8, i = 0;
    for (; i + 8 <= count; i += 8) {
      lanes r[8];
      for (size_t l = 0; l < 8; l++) r[l] = *(const lanes *)(blocks + 8 * (i + l));
      transpose(r);
      for (size_t l = 0; l < here; l++) *(lanes *)(y + l * count + i) = r[l];
    }
    for (; i < count; i++)
      for (size_t l = 0; l < here; l++) y[l * count + i] = blocks[8 * i + l];
  }
}
