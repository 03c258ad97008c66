// OpenBLAS, loaded when it is first needed: matrix products through CBLAS, and LAPACK by its Fortran
// symbols (no LAPACKE). Nothing is linked, so the command starts without it, and runs without it.
#ifndef COPENBLAS_H
#define COPENBLAS_H

#pragma clang assume_nonnull begin

/// CBLAS's names for an order, a transpose, a triangle, a side and a diagonal.
enum {
  BLAS_ROWS = 101, BLAS_AS_IS = 111, BLAS_TRANSPOSED = 112,
  BLAS_UPPER = 121, BLAS_NOT_UNIT = 131, BLAS_RIGHT = 142
};

// S(field, symbol, result, parameters): every routine in use.
#define OPENBLAS_SYMBOLS(S) \
  S(set_threads, openblas_set_num_threads, void, (int count)) \
  S(configuration, openblas_get_config, char *_Nonnull, (void)) \
  S(sgemm, cblas_sgemm, void, (int order, int ta, int tb, int m, int n, int k, float alpha, \
    const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc)) \
  S(dgemm, cblas_dgemm, void, (int order, int ta, int tb, int m, int n, int k, double alpha, \
    const double *a, int lda, const double *b, int ldb, double beta, double *c, int ldc)) \
  S(dsyrk, cblas_dsyrk, void, (int order, int triangle, int transpose, int n, int k, \
    double alpha, const double *a, int lda, double beta, double *c, int ldc)) \
  S(dtrsm, cblas_dtrsm, void, (int order, int side, int triangle, int transpose, int diagonal, \
    int m, int n, double alpha, const double *a, int lda, double *b, int ldb)) \
  /* Thin singular value decomposition by divide and conquer. */ \
  S(dgesdd, dgesdd_, void, (const char *job, const int *m, const int *n, double *a, \
    const int *lda, double *s, double *u, const int *ldu, double *vt, const int *ldvt, \
    double *work, const int *lwork, int *iwork, int *info)) \
  /* A symmetric matrix's three diagonals, and the reflections that lead there made on vectors. */ \
  S(dsytrd, dsytrd_, void, (const char *triangle, const int *n, double *a, const int *lda, \
    double *d, double *e, double *tau, double *work, const int *lwork, int *info)) \
  S(dormtr, dormtr_, void, (const char *side, const char *triangle, const char *transpose, \
    const int *m, const int *n, double *a, const int *lda, const double *tau, double *c, \
    const int *ldc, double *work, const int *lwork, int *info)) \
  /* Eigenvalues and vectors of three diagonals: all, by divide and conquer, or those of some \
     indices. */ \
  S(dstedc, dstedc_, void, (const char *job, const int *n, double *d, double *e, double *z, \
    const int *ldz, double *work, const int *lwork, int *iwork, const int *liwork, int *info)) \
  S(dstemr, dstemr_, void, (const char *job, const char *range, const int *n, double *d, \
    double *e, const double *vl, const double *vu, const int *il, const int *iu, int *found, \
    double *w, double *z, const int *ldz, const int *most, int *support, int *try_accuracy, \
    double *work, const int *lwork, int *iwork, const int *liwork, int *info)) \
  /* Cholesky's factor of a symmetric matrix. */ \
  S(dpotrf, dpotrf_, void, (const char *triangle, const int *n, double *a, const int *lda, \
    int *info)) \
  /* Orthogonalization by Householder reflections, and the orthogonal factor they stand for. */ \
  S(dgeqrf, dgeqrf_, void, (const int *m, const int *n, double *a, const int *lda, double *tau, \
    double *work, const int *lwork, int *info)) \
  S(dorgqr, dorgqr_, void, (const int *m, const int *n, const int *k, double *a, \
    const int *lda, const double *tau, double *work, const int *lwork, int *info))

/// The routines by name, of a library that has all of them.
typedef struct {
#define OPENBLAS_FIELD(field, symbol, result, parameters) result (*_Nonnull field) parameters;
  OPENBLAS_SYMBOLS(OPENBLAS_FIELD)
#undef OPENBLAS_FIELD
} openblas;

/// The library, on one thread, for our own workers share out the work; NULL where there is none. The
/// first call loads it. `CNB_BLAS` names the file of another one, or is "none".
const openblas *_Nullable openblas_load(void);

/// Why there is no library, in a few words; empty where there is one.
const char *openblas_problem(void);

#pragma clang assume_nonnull end
#endif
