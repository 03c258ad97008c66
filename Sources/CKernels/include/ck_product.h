// The product of matrices for machines without OpenBLAS.
#ifndef CK_PRODUCT_H
#define CK_PRODUCT_H
#include <stddef.h>

/// Blocks of A and B that are packed at a time, and the room they take.
enum {
  CK_GEMM_ROWS = 120, CK_GEMM_COLUMNS = 1024, CK_GEMM_DEPTH = 256,
  CK_GEMM_FLOATS = (CK_GEMM_ROWS + CK_GEMM_COLUMNS) * CK_GEMM_DEPTH
};

#define CK_PRODUCT_KERNELS(K) \
  /* C = alpha op(A) op(B) + beta C for m, n, k > 0; `work` has CK_GEMM_FLOATS. */ \
  K(void, ck_gemm, (int ta, int tb, size_t m, size_t n, size_t k, float alpha, const float *a, \
    size_t lda, const float *b, size_t ldb, float beta, float *c, size_t ldc, float *work), \
    (ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, work))

#endif
