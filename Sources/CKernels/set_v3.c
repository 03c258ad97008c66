// The kernel set for x86-64-v3: AVX2 and FMA.
#include "ckernels.h"
#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define CK(name) name##_v3
#include "loops.h"
#include "windows.h"
#include "normalize.h"
#include "learning.h"
#pragma clang attribute pop
#endif
