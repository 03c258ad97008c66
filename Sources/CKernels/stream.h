// Passes over long runs of numbers. Included once per kernel set.
//
// Thirty-two elements at a time, as one wide vector that the compiler splits into registers.
// Counters of 32 bits hold what fewer than 2^36 elements give: more never come at once.

typedef float reals __attribute__((vector_size(128), aligned(4)));
typedef int32_t wholes __attribute__((vector_size(128), aligned(4)));
typedef uint8_t octets __attribute__((vector_size(32), aligned(1)));

enum { STREAM_STEP = 32 };

INLINE reals stream_load(const float *x) { return *(const reals *)x; }

// Fewer elements, and zeros behind them.
INLINE reals stream_load_rest(const float *x, size_t n) {
  reals v = {0};
  memcpy(&v, x, n * sizeof *x);
  return v;
}

// (To add 0 would not do: that changes the sign of a negative 0.)
INLINE reals stream_all(float x) { return x - (reals){0}; }

// a where the mask is set, else b.
INLINE reals stream_pick(wholes mask, reals a, reals b) {
  return (reals)(((wholes)a & mask) | ((wholes)b & ~mask));
}

// Lanes are read from an array: a vector that is indexed is stored anew for each.
INLINE size_t stream_total(wholes counts) {
  int32_t lanes32[STREAM_STEP];
  memcpy(lanes32, &counts, sizeof counts);
  size_t sum = 0;
  for (int l = 0; l < STREAM_STEP; l++) sum += (size_t)lanes32[l];
  return sum;
}

INLINE int stream_any(wholes mask) { return __builtin_reduce_or(mask) != 0; }

// A bit for each lane of a mask.
INLINE uint32_t stream_bits(wholes mask) {
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
