// All families of kernels, compiled for one set: CK(name) is a kernel's name in it, and CK_LEVEL is 0
// for the baseline, 3 for x86-64-v3 and 4 for x86-64-v4 with VNNI.

#include "lanes.h"
#include "loops.h"
#include "windows.h"
#include "normalize.h"
#include "learning.h"
#include "convolution.h"
#include "dense.h"
#include "integer.h"
#include "integer_codes.h"
#include "integer_product.h"
#include "integer_convolution.h"
#include "integer_groups.h"
#include "integer_bits.h"
#include "stream.h"
#include "product.h"
#include "thin.h"
