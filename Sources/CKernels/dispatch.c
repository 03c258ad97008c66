// Chooses the kernel set once, at the first call.
#include "ckernels.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { NONE, BASELINE, V3, V4 };

// Choosing twice at once gives the same answer.
static atomic_int chosen = NONE;

static int choose(void) {
  int set = BASELINE;
#if defined(__x86_64__)
  const char *forced = getenv("CNB_KERNELS");
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v3")) set = V3;
  if (set == V3 && __builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512vnni"))
    set = V4;
  if (forced && strcmp(forced, "baseline") == 0) set = BASELINE;
  if (forced && strcmp(forced, "v3") == 0 && set == V4) set = V3;
#endif
  atomic_store_explicit(&chosen, set, memory_order_relaxed);
  return set;
}

static inline int set_in_use(void) {
  int set = atomic_load_explicit(&chosen, memory_order_relaxed);
  return set != NONE ? set : choose();
}

const char *ck_set_name(void) {
  static const char *const names[] = {"", "baseline", "v3", "v4"};
  return names[set_in_use()];
}

#if defined(__x86_64__)
#define CK_DISPATCH(result, name, parameters, arguments) \
  result name##_v4 parameters; \
  result name##_v3 parameters; \
  result name##_base parameters; \
  result name parameters { \
    switch (set_in_use()) { \
    case V4: return name##_v4 arguments; \
    case V3: return name##_v3 arguments; \
    default: return name##_base arguments; \
    } \
  }
#else
#define CK_DISPATCH(result, name, parameters, arguments) \
  result name##_base parameters; \
  result name parameters { return name##_base arguments; }
#endif
CK_KERNELS(CK_DISPATCH)
