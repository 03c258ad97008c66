// The product of matrices for machines without OpenBLAS, and products with thin matrices.
#ifndef CK_PRODUCT_H
#define CK_PRODUCT_H
#include <stddef.h>
#include <stdint.h>

/// Blocks of A and B that are packed at a time, and the room they take.
enum {
  CK_GEMM_ROWS = 120, CK_GEMM_COLUMNS = 1024, CK_GEMM_DEPTH = 256,
  CK_GEMM_FLOATS = (CK_GEMM_ROWS + CK_GEMM_COLUMNS) * CK_GEMM_DEPTH
};

/// The columns of the widest thin matrix.
enum { CK_THIN_MOST = 256 };

/// Rows whose nearest centroids are looked for together.
enum { CK_NEAR_ROWS = 32 };

#define CK_PRODUCT_KERNELS(K) \
  /* C = alpha op(A) op(B) + beta C for m, n, k > 0; `work` has CK_GEMM_FLOATS. */ \
  K(void, ck_gemm, (int ta, int tb, size_t m, size_t n, size_t k, float alpha, const float *a, \
    size_t lda, const float *b, size_t ldb, float beta, float *c, size_t ldc, float *work), \
    (ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, work)) \
  /* z = y' a for the columns of a and z from `start` to `end`: y has `count` columns, z rows. */ \
  K(void, ck_back_product, (const float *y, size_t count, const float *a, size_t lda, \
    size_t rows, size_t start, size_t end, float *z, size_t ldz), \
    (y, count, a, lda, rows, start, end, z, ldz)) \
  /* The upper triangle of x' x of [rows, count]; `ld` is count made a multiple of 8, at most \
     CK_THIN_MOST. */ \
  K(void, ck_thin_gram, (const float *x, size_t count, size_t rows, double *sums, size_t ld), \
    (x, count, rows, sums, ld)) \
  /* y = x f of [rows, count] with an upper triangle f of ld rows and columns, zeros elsewhere. */ \
  K(void, ck_thin_turn, (const float *x, size_t count, size_t rows, const double *factor, \
    size_t ld, float *y), (x, count, rows, factor, ld, y)) \
  /* For n rows of d numbers, `ld` apart: the first place c of the greatest offsets[c] + x centroid[c] \
     of k; results lie `step` apart. `work` has CK_NEAR_ROWS d. */ \
  K(void, ck_nearest, (const float *x, size_t ld, size_t n, size_t d, const float *centroids, \
    const float *offsets, size_t k, int32_t *out, size_t step, float *work), \
    (x, ld, n, d, centroids, offsets, k, out, step, work))

#endif
