// The kernel set that runs on every machine.
#include "ckernels.h"
#include <math.h>
#include <string.h>
#define CK_LEVEL 0
#define CK(name) name##_base
#include "set.h"
