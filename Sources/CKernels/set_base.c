// The kernel set that runs on every machine.
#include "ckernels.h"
#include <math.h>
#include <string.h>
#define CK(name) name##_base
#include "loops.h"
#include "windows.h"
#include "normalize.h"
#include "learning.h"
