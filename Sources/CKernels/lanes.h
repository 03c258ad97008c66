// The vectors that the kernels work with, and how their functions are inlined. `lanes` holds eight
// numbers: neighbors in memory, or one of each of eight images beside each other.

// Every function that takes or gives vectors is inlined, so that how they would be handed over does
// not matter.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float lanes __attribute__((vector_size(32), aligned(4)));
typedef int32_t lanes_mask __attribute__((vector_size(32), aligned(4)));
typedef uint8_t lanes_bytes __attribute__((vector_size(8), aligned(1)));
typedef double double_row __attribute__((vector_size(64), aligned(8)));
typedef float quad __attribute__((vector_size(16), aligned(4)));
typedef int32_t quad_mask __attribute__((vector_size(16), aligned(4)));
typedef uint8_t quad_bytes __attribute__((vector_size(4), aligned(1)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// Holds a value in its register: otherwise it would be loaded again for each product.
#if CK_LEVEL == 4
#define HOLD(x) __asm__("" : "+v"(x))
#elif CK_LEVEL == 3
#define HOLD(x) __asm__("" : "+x"(x))
#else
#define HOLD(x)
#endif

INLINE long least(long a, long b) { return a < b ? a : b; }
INLINE long most(long a, long b) { return a > b ? a : b; }

INLINE lanes all(float x) { return (lanes){x, x, x, x, x, x, x, x}; }

INLINE lanes pick_lanes(lanes_mask mask, lanes a, lanes b) {
  return (lanes)((mask & (lanes_mask)a) | (~mask & (lanes_mask)b));
}

// A NaN goes through, as in `act`.
INLINE lanes relu_lanes(lanes x) { return pick_lanes(0.0f > x, (lanes){0}, x); }

// The derivative from the output, for the functions that have one.
INLINE lanes slope_lanes(int f, float slope, lanes y) {
  lanes one = all(1.0f), none = {0};
  switch (f) {
  case CK_RELU: return pick_lanes(y > 0.0f, one, none);
  case CK_RELU6: return pick_lanes((y > 0.0f) & (y < 6.0f), one, none);
  case CK_LEAKY: return pick_lanes(y > 0.0f, one, all(slope));
  case CK_SIGMOID: return y * (1.0f - y);
  case CK_TANH: return 1.0f - y * y;
  default: return one;
  }
}

// Sums of the lanes of a, b, c and d.
INLINE quad sums_of(lanes a, lanes b, lanes c, lanes d) {
  lanes ab = __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13) +
             __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15);
  lanes cd = __builtin_shufflevector(c, d, 0, 8, 1, 9, 4, 12, 5, 13) +
             __builtin_shufflevector(c, d, 2, 10, 3, 11, 6, 14, 7, 15);
  lanes all = __builtin_shufflevector(ab, cd, 0, 1, 8, 9, 4, 5, 12, 13) +
              __builtin_shufflevector(ab, cd, 2, 3, 10, 11, 6, 7, 14, 15);
  return __builtin_shufflevector(all, all, 0, 1, 2, 3) +
         __builtin_shufflevector(all, all, 4, 5, 6, 7);
}
