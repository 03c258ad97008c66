// Dense layers whose weights live in panels, with the optimizer's step fused into the gradient.
#ifndef CK_DENSE_H
#define CK_DENSE_H
#include <stddef.h>
#include <stdint.h>

/// How a step of an optimizer goes. `correction1`, `correction2` are 1 - beta^t.
typedef struct {
  float rate, momentum, decay;
  float beta1, beta2, epsilon, correction1, correction2;
  int nesterov, decoupled;
} ck_rule;

/// Units that share a panel: weights [units, inputs] are stored [panels][inputs][CK_PANEL], with
/// zeros for the units that the last panel lacks.
enum { CK_PANEL = 16 };

/// What becomes of a gradient that has just been computed: with a rule, its weights take their
/// step; without one, it is stored. All point at the same place of arrays that are laid out alike.
typedef struct {
  const ck_rule *rule;
  /// Adam's step with `first` and `second`; otherwise momentum's, with `first`.
  int adam;
  float *weights, *first, *second;
  /// 1 where a weight may live and 0 where it is pruned, or none.
  const float *keep;
  float *gradient;
} ck_update;

#define CK_DENSE_KERNELS(K) \
  /* Weights [units, inputs] to panels, and back. */ \
  K(void, ck_panels, (const float *weights, size_t units, size_t inputs, float *panels), \
    (weights, units, inputs, panels)) \
  K(void, ck_panels_back, (const float *panels, size_t units, size_t inputs, float *weights), \
    (panels, units, inputs, weights)) \
  /* y = f(x w' + bias) for rows of x and some panels; y holds their units, bias may be none. */ \
  K(void, ck_dense, (int f, float slope, const float *x, size_t ldx, size_t rows, \
    const float *panels, size_t inputs, const float *bias, size_t units, float *y, size_t ldy), \
    (f, slope, x, ldx, rows, panels, inputs, bias, units, y, ldy)) \
  /* dy *= f'(y) in place, and a copy to panels [panels][rows][CK_PANEL]. */ \
  K(void, ck_dense_slopes, (int f, float slope, float *dy, const float *y, size_t ld, \
    size_t rows, size_t units, float *panels), (f, slope, dy, y, ld, rows, units, panels)) \
  /* dx = dy w for the inputs from `start` (a multiple of CK_PANEL) to `end`; scratch holds \
     units * CK_PANEL floats for each CK_PANEL inputs. */ \
  K(void, ck_dense_inputs, (const float *dy, size_t ldy, size_t rows, size_t units, \
    const float *panels, size_t inputs, size_t start, size_t end, float *scratch, float *dx, \
    size_t ldx), (dy, ldy, rows, units, panels, inputs, start, end, scratch, dx, ldx)) \
  /* dw = dy' x of one panel, for the inputs from `start` to `end`; dy is a panel \
     [rows][CK_PANEL], and `update` points at the first of the panel's weights. */ \
  K(void, ck_dense_weights, (const float *dy, const float *x, size_t ldx, size_t rows, \
    size_t start, size_t end, const ck_update *update), \
    (dy, x, ldx, rows, start, end, update)) \
  /* The sums of a panel's dy over the rows, for its first `units` biases. */ \
  K(void, ck_dense_bias, (const float *dy, size_t rows, size_t units, const ck_update *update), \
    (dy, rows, units, update))

#endif
