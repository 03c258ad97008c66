// The loops that Swift cannot express without loss, compiled for several instruction sets and chosen
// at run time. One list, CK_KERNELS, declares, compiles and dispatches all of them; families of
// kernels have lists of their own beside this file.
#ifndef CKERNELS_H
#define CKERNELS_H
#include "ck_convolution.h"
#include "ck_dense.h"
#include "ck_integer.h"
#include "ck_stream.h"
#include "ck_product.h"
#include "ck_sparse.h"
#include <stddef.h>
#include <stdint.h>

/// The set in use: "v4" (AVX-512 with VNNI), "v3" (AVX2 and FMA) or "baseline". `CNB_KERNELS` names
/// one to force it; a set that the processor cannot run is not forced.
const char *ck_set_name(void);

/// One short pause of a spinning thread.
static inline void ck_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

/// One channel of a batch: `n` runs of `p` numbers that lie `stride` apart. In lanes a run is a block
/// of eight examples, and of every eight numbers of the last run only the first `last` count.
typedef struct {
  size_t n, stride, p, last;
} ck_channel;

/// The weights of a sum of gradients, deviations from a mean, and a constant.
typedef struct {
  float dy, x, mean, constant;
} ck_combination;

// K(result, name, parameters, arguments). Matrices are row-major; ld is a row's stride.
#define CK_KERNELS(K) \
  CK_CONVOLUTION_KERNELS(K) \
  CK_DENSE_KERNELS(K) \
  CK_INTEGER_KERNELS(K) \
  CK_STREAM_KERNELS(K) \
  CK_PRODUCT_KERNELS(K) \
  CK_SPARSE_KERNELS(K) \
  /* One image [C,H,W] to columns [C*kh*kw, ld], and back by adding. */ \
  K(void, ck_im2col, (const float *x, const ck_window *w, float *columns, size_t ld), \
    (x, w, columns, ld)) \
  K(void, ck_col2im, (const float *columns, size_t ld, const ck_window *w, float *x), \
    (columns, ld, w, x)) \
  /* y = f(x + bias), bias per row (or none): matrices of rows x columns. */ \
  K(void, ck_bias_rows, (int f, float slope, const float *x, size_t ldx, const float *bias, \
    size_t rows, size_t columns, float *y, size_t ldy), \
    (f, slope, x, ldx, bias, rows, columns, y, ldy)) \
  /* x = f(x + bias) in place, bias per column (or none). */ \
  K(void, ck_bias_columns, (int f, float slope, float *x, size_t ld, const float *bias, \
    size_t rows, size_t columns), (f, slope, x, ld, bias, rows, columns)) \
  /* dz = dy f'(y) from the output y, row by row. */ \
  K(void, ck_slope_rows, (int f, float slope, const float *dy, const float *y, size_t ldy, \
    size_t rows, size_t columns, float *dz, size_t ldz), \
    (f, slope, dy, y, ldy, rows, columns, dz, ldz)) \
  K(void, ck_activate, (int f, float slope, const float *x, size_t n, float *y), \
    (f, slope, x, n, y)) \
  /* dx = dy f', from the input x (gelu, silu) or the output y (the others). */ \
  K(void, ck_activate_back, (int f, float slope, const float *dy, const float *x, \
    const float *y, size_t n, float *dx), (f, slope, dy, x, y, n, dx)) \
  /* The place of the maximum in its window goes to `where`, one byte per output. */ \
  K(void, ck_maxpool, (const float *x, size_t planes, const ck_window *w, float *y, \
    uint8_t *where), (x, planes, w, y, where)) \
  K(void, ck_maxpool_back, (const float *dy, const uint8_t *where, size_t planes, \
    const ck_window *w, float *dx), (dy, where, planes, w, dx)) \
  /* Means over the cells of the window that lie inside the plane. */ \
  K(void, ck_avgpool, (const float *x, size_t planes, const ck_window *w, float *y), \
    (x, planes, w, y)) \
  K(void, ck_avgpool_back, (const float *dy, size_t planes, const ck_window *w, float *dx), \
    (dy, planes, w, dx)) \
  /* Reductions in a fixed order: eight lanes, then a tree. */ \
  K(float, ck_sum, (const float *x, size_t n), (x, n)) \
  K(float, ck_dot, (const float *x, const float *y, size_t n), (x, y, n)) \
  /* The mean of the magnitudes above a threshold, 0 for none; in doubles, eight lanes in order. */ \
  K(float, ck_mean_magnitude, (const float *x, size_t n, float above), (x, n, above)) \
  /* out[r] += sum of row r; out[c] = sum of column c. */ \
  K(void, ck_sum_rows, (const float *x, size_t ld, size_t rows, size_t columns, float *out), \
    (x, ld, rows, columns, out)) \
  K(void, ck_sum_columns, (const float *x, size_t ld, size_t rows, size_t columns, \
    float *out), (x, ld, rows, columns, out)) \
  /* y += x; out = the sum of `count` arrays that lie `stride` apart, in order. */ \
  K(void, ck_add, (const float *x, size_t n, float *y), (x, n, y)) \
  K(void, ck_sum_parts, (const float *parts, size_t stride, size_t count, size_t n, \
    float *out), (parts, stride, count, n, out)) \
  /* Batch normalization, one channel: statistics; y = f(gain x + offset). */ \
  K(void, ck_moments, (const float *x, const ck_channel *c, float *mean, float *variance), \
    (x, c, mean, variance)) \
  K(void, ck_affine, (int f, float slope, const float *x, const ck_channel *c, float gain, \
    float offset, float *y), (f, slope, x, c, gain, offset, y)) \
  /* With g = dy f'(y): sums[0] = sum g, sums[1] = sum g (x - mean). */ \
  K(void, ck_channel_sums, (int f, float slope, const float *dy, const float *y, \
    const float *x, const ck_channel *c, float mean, float *sums), \
    (f, slope, dy, y, x, c, mean, sums)) \
  /* dx = w.dy g + w.x (x - w.mean) + w.constant; zero where nothing counts. */ \
  K(void, ck_channel_back, (int f, float slope, const float *dy, const float *y, \
    const float *x, const ck_channel *c, const ck_combination *w, float *dx), \
    (f, slope, dy, y, x, c, w, dx)) \
  /* Layer normalization over the units of one example [units, p]; saved is [2, p]. */ \
  K(void, ck_layernorm, (const float *x, size_t units, size_t p, const float *gain, \
    const float *bias, float epsilon, float *y, float *saved), \
    (x, units, p, gain, bias, epsilon, y, saved)) \
  /* Adds to dgain and dbias. */ \
  K(void, ck_layernorm_back, (const float *dy, const float *x, const float *saved, \
    size_t units, size_t p, const float *gain, float *dx, float *dgain, float *dbias), \
    (dy, x, saved, units, p, gain, dx, dgain, dbias)) \
  /* Softmax over the units of one example [units, p]. */ \
  K(void, ck_softmax, (const float *x, size_t units, size_t p, float *y), (x, units, p, y)) \
  K(void, ck_softmax_back, (const float *dy, const float *y, size_t units, size_t p, \
    float *dx), (dy, y, units, p, dx)) \
  /* y = x times the gate of its unit: x is [units, p, width], gates are [units, width]. */ \
  K(void, ck_gate, (const float *x, const float *gates, size_t units, size_t p, size_t width, \
    float *y), (x, gates, units, p, width, y)) \
  K(void, ck_gate_back, (const float *dy, const float *x, size_t units, size_t p, \
    size_t width, float *dgates), (dy, x, units, p, width, dgates)) \
  /* y = x / (1 - share) where kept, else 0; what is kept follows from seed and place. */ \
  K(void, ck_dropout, (const float *x, size_t n, float share, uint64_t seed, float *y), \
    (x, n, share, seed, y)) \
  /* Losses: one per row into `loss`; dz is the gradient times scale. */ \
  K(void, ck_cross_entropy, (const float *z, const float *labels, size_t rows, \
    size_t classes, float smoothing, float scale, float *loss, float *dz), \
    (z, labels, rows, classes, smoothing, scale, loss, dz)) \
  K(void, ck_squared_error, (const float *z, const float *labels, size_t rows, \
    size_t classes, float scale, float *loss, float *dz), \
    (z, labels, rows, classes, scale, loss, dz)) \
  /* Adds T^2 KL(softmax(teacher/T) || softmax(z/T)) times weight, and its gradient. */ \
  K(void, ck_distillation, (const float *z, const float *teacher, size_t rows, \
    size_t classes, float temperature, float weight, float scale, float *loss, float *dz), \
    (z, teacher, rows, classes, temperature, weight, scale, loss, dz)) \
  /* The first greatest entry of each row. */ \
  K(void, ck_argmax, (const float *z, size_t rows, size_t classes, float *out), \
    (z, rows, classes, out)) \
  /* Optimizer steps; keep (or none) is 1 where a weight may live and 0 where it is pruned. */ \
  K(void, ck_sgd, (const ck_rule *rule, const float *g, const float *keep, size_t n, \
    float *w, float *velocity), (rule, g, keep, n, w, velocity)) \
  K(void, ck_adam, (const ck_rule *rule, const float *g, const float *keep, size_t n, \
    float *w, float *m, float *v), (rule, g, keep, n, w, m, v))

#define CK_DECLARE(result, name, parameters, arguments) result name parameters;
CK_KERNELS(CK_DECLARE)
#undef CK_DECLARE

#endif
