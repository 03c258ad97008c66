// The loops that Swift cannot express without loss, compiled twice (AVX2+FMA and baseline) and
// chosen at run time.
#ifndef CKERNELS_H
#define CKERNELS_H
#include <stddef.h>
#include <stdint.h>

/// The set in use: "v3" (AVX2 and FMA) or "baseline". `CNB_KERNELS=baseline` forces the second.
const char *ck_set_name(void);

#endif
