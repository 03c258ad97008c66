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

#define CK_DENSE_KERNELS(K)

#endif
