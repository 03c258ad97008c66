// Passes over long runs of numbers. Included once per kernel set.
//
// Thirty-two elements at a time, as one wide vector that the compiler splits into registers.
// What takes or gives one is always inlined: no such vector is ever passed, so that the calling
// convention that the compiler warns of does not matter.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"
typedef float reals __attribute__((vector_size(128), aligned(4)));
typedef int32_t wholes __attribute__((vector_size(128), aligned(4)));
typedef uint8_t octets __attribute__((vector_size(32), aligned(1)));
typedef int8_t signed_octets __attribute__((vector_size(32), aligned(1)));

enum { STREAM_STEP = 32 };

// Counters of 32 bits hold what this many elements give.
static const size_t stream_stretch = (size_t)1 << 24;

#define STREAM_INLINE static inline __attribute__((always_inline))

STREAM_INLINE reals stream_load(const float *x) { return *(const reals *)x; }

// a where the mask is set, else b.
STREAM_INLINE reals stream_pick(wholes mask, reals a, reals b) {
  return (reals)(((wholes)a & mask) | ((wholes)b & ~mask));
}

// Lanes are read from an array: a vector that is indexed is stored anew for each.
STREAM_INLINE size_t stream_total(wholes counts) {
  int32_t lanes32[STREAM_STEP];
  memcpy(lanes32, &counts, sizeof counts);
  size_t sum = 0;
  for (int l = 0; l < STREAM_STEP; l++) sum += (size_t)lanes32[l];
  return sum;
}

STREAM_INLINE int stream_any(wholes mask) { return __builtin_reduce_or(mask) != 0; }

// A bit for each lane of a mask.
STREAM_INLINE uint32_t stream_bits(wholes mask) {
  typedef _Bool bits __attribute__((ext_vector_type(32)));
  bits b = __builtin_convertvector(mask, bits);
  uint32_t word;
  memcpy(&word, &b, 4);
  return word;
}

#include "stream_count.h"
#include "stream_grid.h"
#include "stream_select.h"
#include "stream_sums.h"
#pragma clang diagnostic pop
