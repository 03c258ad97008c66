// The kernel set for x86-64-v3: AVX2 and FMA.
#include "ckernels.h"
#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define CK_LEVEL 3
#define CK(name) name##_v3
#include "set.h"
#pragma clang attribute pop
#endif
