// Passes over long runs of numbers, as fast as memory gives them.
#ifndef CK_STREAM_H
#define CK_STREAM_H
#include <stddef.h>
#include <stdint.h>

#define CK_STREAM_KERNELS(K)

#endif
