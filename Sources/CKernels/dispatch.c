// Chooses the kernel set once, at the first call.
#include "ckernels.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// 0: not chosen yet, 1: baseline, 2: v3. Choosing twice at once gives the same answer.
static atomic_int chosen;

static int choose(void) {
  int set = 1;
#if defined(__x86_64__)
  const char *forced = getenv("CNB_KERNELS");
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v3") && !(forced && strcmp(forced, "baseline") == 0))
    set = 2;
#endif
  atomic_store_explicit(&chosen, set, memory_order_relaxed);
  return set;
}

static inline int is_v3(void) {
  int set = atomic_load_explicit(&chosen, memory_order_relaxed);
  return (set ? set : choose()) == 2;
}

const char *ck_set_name(void) { return is_v3() ? "v3" : "baseline"; }

#if defined(__x86_64__)
#define CK_DISPATCH(result, name, parameters, arguments) \
  result name##_v3 parameters; \
  result name##_base parameters; \
  result name parameters { return is_v3() ? name##_v3 arguments : name##_base arguments; }
#else
#define CK_DISPATCH(result, name, parameters, arguments) \
  result name##_base parameters; \
  result name parameters { return name##_base arguments; }
#endif
CK_KERNELS(CK_DISPATCH)
