// Products of small integers: exact sums in 32 bits, never a saturated one.
#ifndef CK_INTEGER_H
#define CK_INTEGER_H
#include <stddef.h>
#include <stdint.h>

#define CK_INTEGER_KERNELS(K)

#endif
