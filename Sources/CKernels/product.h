// The product of matrices, in packed blocks that stay in the caches (Goto and van de Geijn 2008,
// doi:10.1145/1356052.1356053). Each element of C sums its blocks of the depth in order.

// A tile of C that the registers hold: rows x columns, the columns in vectors of eight.
#if CK_LEVEL >= 3
enum { CK(tile_rows) = 6, CK(tile_columns) = 16 };
#else
enum { CK(tile_rows) = 4, CK(tile_columns) = 8 };
#endif
#define TILE_ROWS CK(tile_rows)
#define TILE_COLUMNS CK(tile_columns)
#define TILE_VECTORS (TILE_COLUMNS / 8)

// Strips of `width` rows of op(X), depth after depth, zeros where rows are missing. Element (i, p)
// lies at x[i * row + p * step].
static void CK(pack)(
    const float *x, size_t row, size_t step, size_t rows, size_t depth, size_t width, float *to) {
  for (size_t i = 0; i < rows; i += width, to += width * depth) {
    size_t present = rows - i < width ? rows - i : width;
    const float *from = x + i * row;
    if (present < width) memset(to, 0, width * depth * sizeof *to);
    if (row == 1) {
      for (size_t p = 0; p < depth; p++) memcpy(to + p * width, from + p * step, present * 4);
    } else {
      for (size_t r = 0; r < present; r++)
        for (size_t p = 0; p < depth; p++) to[p * width + r] = from[r * row + p * step];
    }
  }
}

// tile = a strip of A times a strip of B.
INLINE void CK(multiply_tile)(const float *a, const float *b, size_t depth, float *tile) {
  lanes sums[TILE_ROWS][TILE_VECTORS] = {0};
  for (size_t p = 0; p < depth; p++, a += TILE_ROWS, b += TILE_COLUMNS) {
UNROLL for (int i = 0; i < TILE_ROWS; i++)
      UNROLL for (int v = 0; v < TILE_VECTORS; v++) sums[i][v] += a[i] * *(const lanes *)(b + 8 * v);
  }
  memcpy(tile, sums, sizeof sums);
}

// The rows x columns of a tile that exist go to C.
INLINE void CK(store_tile)(const float *tile, size_t rows, size_t columns, float alpha, float beta,
                           float *c, size_t ldc) {
  for (size_t i = 0; i < rows; i++, tile += TILE_COLUMNS, c += ldc)
    for (size_t j = 0; j < columns; j++)
      c[j] = beta == 0 ? alpha * tile[j] : alpha * tile[j] + beta * c[j];
}

static void CK(multiply_blocks)(
    const float *a, const float *b, size_t m, size_t n, size_t depth, float alpha, float beta,
    float *c, size_t ldc) {
  float tile[TILE_ROWS * TILE_COLUMNS];
  for (size_t j = 0; j < n; j += TILE_COLUMNS) {
    size_t columns = n - j < TILE_COLUMNS ? n - j : TILE_COLUMNS;
    for (size_t i = 0; i < m; i += TILE_ROWS) {
      size_t rows = m - i < TILE_ROWS ? m - i : TILE_ROWS;
      CK(multiply_tile)(a + i * depth, b + j * depth, depth, tile);
      CK(store_tile)(tile, rows, columns, alpha, beta, c + i * ldc + j, ldc);
    }
  }
}

void CK(ck_gemm)(
    int ta, int tb, size_t m, size_t n, size_t k, float alpha, const float *a, size_t lda,
    const float *b, size_t ldb, float beta, float *c, size_t ldc, float *work) {
  size_t row_a = ta ? 1 : lda, step_a = ta ? lda : 1;
  size_t row_b = tb ? ldb : 1, step_b = tb ? 1 : ldb;
  float *packed_a = work, *packed_b = work + CK_GEMM_ROWS * CK_GEMM_DEPTH;
  for (size_t j = 0; j < n; j += CK_GEMM_COLUMNS) {
    size_t columns = n - j < CK_GEMM_COLUMNS ? n - j : CK_GEMM_COLUMNS;
    for (size_t p = 0; p < k; p += CK_GEMM_DEPTH) {
      size_t depth = k - p < CK_GEMM_DEPTH ? k - p : CK_GEMM_DEPTH;
      CK(pack)(b + j * row_b + p * step_b, row_b, step_b, columns, depth, TILE_COLUMNS, packed_b);
      for (size_t i = 0; i < m; i += CK_GEMM_ROWS) {
        size_t rows = m - i < CK_GEMM_ROWS ? m - i : CK_GEMM_ROWS;
        CK(pack)(a + i * row_a + p * step_a, row_a, step_a, rows, depth, TILE_ROWS, packed_a);
        CK(multiply_blocks)(
            packed_a, packed_b, rows, columns, depth, alpha, p == 0 ? beta : 1, c + i * ldc + j,
            ldc);
      }
    }
  }
}
#undef TILE_ROWS
#undef TILE_COLUMNS
#undef TILE_VECTORS
