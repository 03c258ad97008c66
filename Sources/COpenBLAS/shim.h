// OpenBLAS: matrix products through CBLAS, and LAPACK by its Fortran symbols (no LAPACKE).
#ifndef COPENBLAS_SHIM_H
#define COPENBLAS_SHIM_H
#include <cblas.h>

/// Thin singular value decomposition by divide and conquer, in double precision.
void dgesdd_(
    const char *job, const blasint *m, const blasint *n, double *a, const blasint *lda, double *s,
    double *u, const blasint *ldu, double *vt, const blasint *ldvt, double *work,
    const blasint *lwork, blasint *iwork, blasint *info);

/// Orthogonalization by Householder reflections, and the orthogonal factor they stand for.
void dgeqrf_(
    const blasint *m, const blasint *n, double *a, const blasint *lda, double *tau, double *work,
    const blasint *lwork, blasint *info);
void dorgqr_(
    const blasint *m, const blasint *n, const blasint *k, double *a, const blasint *lda,
    const double *tau, double *work, const blasint *lwork, blasint *info);
#endif
