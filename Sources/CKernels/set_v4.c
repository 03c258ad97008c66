// The kernel set for x86-64-v4 with VNNI: AVX-512.
#include "ckernels.h"
#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512vnni"))), apply_to = function)
#define CK_LEVEL 4
#define CK(name) name##_v4
#include "set.h"
#pragma clang attribute pop
#endif
