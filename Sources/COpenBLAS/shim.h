// OpenBLAS: matrix products through CBLAS, and LAPACK by its Fortran symbols (no LAPACKE).
#ifndef COPENBLAS_SHIM_H
#define COPENBLAS_SHIM_H
#include <cblas.h>
#endif
