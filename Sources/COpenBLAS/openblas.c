// Finds OpenBLAS and its routines, once.
#include "openblas.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static openblas library;
static const openblas *loaded;
static char problem[400];

static const char *const places[] = {
  "libopenblas.so.0", "libopenblas.so",
  // Where Debian keeps it when its alternatives point nowhere.
#if defined(__x86_64__)
  "/usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblas.so.0",
#elif defined(__aarch64__)
  "/usr/lib/aarch64-linux-gnu/openblas-pthread/libopenblas.so.0",
#endif
  NULL
};

static void *open_library(const char *forced) {
  if (forced) {
    void *handle = dlopen(forced, RTLD_LAZY | RTLD_LOCAL);
    const char *reason = handle ? NULL : dlerror();
    if (!handle) snprintf(problem, sizeof problem, "%s", reason ? reason : forced);
    return handle;
  }
  for (const char *const *place = places; *place; place++) {
    void *handle = dlopen(*place, RTLD_LAZY | RTLD_LOCAL);
    if (handle) return handle;
  }
  snprintf(problem, sizeof problem, "OpenBLAS is not installed");
  return NULL;
}

/// Fills in a routine; 0 where the library lacks it.
static int find(void *handle, const char *symbol, void *field) {
  void *address = dlsym(handle, symbol);
  if (!address) snprintf(problem, sizeof problem, "the OpenBLAS found lacks %s", symbol);
  // A pointer to a function and one to data have the same form where there is a dlsym.
  memcpy(field, &address, sizeof address);
  return address != NULL;
}

static void load(void) {
  const char *forced = getenv("CNB_BLAS");
  if (forced && !*forced) forced = NULL;
  if (forced && strcmp(forced, "none") == 0) {
    snprintf(problem, sizeof problem, "CNB_BLAS=none turns OpenBLAS off");
    return;
  }
  void *handle = open_library(forced);
  if (!handle) return;
#define OPENBLAS_FIND(field, symbol, result, parameters) \
  if (!find(handle, #symbol, &library.field)) return;
  OPENBLAS_SYMBOLS(OPENBLAS_FIND)
#undef OPENBLAS_FIND
  if (strstr(library.configuration(), "USE64BITINT")) {
    snprintf(problem, sizeof problem, "the OpenBLAS found counts with 64 bits, and 32 are wanted");
    return;
  }
  library.set_threads(1);
  loaded = &library;
}

const openblas *openblas_load(void) {
  pthread_once(&once, load);
  return loaded;
}

const char *openblas_problem(void) {
  pthread_once(&once, load);
  return problem;
}
