// Chooses the kernel set once, at the first call.
#include "ckernels.h"

const char *ck_set_name(void) { return "baseline"; }
