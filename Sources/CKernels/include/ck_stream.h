// Passes over long runs of numbers, as fast as memory gives them.
#ifndef CK_STREAM_H
#define CK_STREAM_H
#include <stddef.h>
#include <stdint.h>

/// A uniform grid: value = scale (code - zero), with codes from low to high.
typedef struct {
  float scale;
  int32_t zero, low, high;
  /// How many of a code's lowest bits are stored; the others are 0.
  int32_t bits;
} ck_grid;

/// How many keys lie where, seen from a bracket low..high.
typedef struct {
  size_t below_low, to_low, to_high;
} ck_ranks;

/// Keys put floats in order as whole numbers. By magnitude: 0, ..., infinity, and last what is no
/// number. By value: -infinity, ..., -0, 0, ..., infinity, and last what is no number.
enum { CK_BY_MAGNITUDE = 0, CK_BY_VALUE = 1 };

/// Room behind the keys that `ck_collect` may write: a whole vector at a time.
enum { CK_COLLECT_SLACK = 32 };

/// Elements that `ck_block_sums` adds one after the other.
enum { CK_SUM_BLOCK = 512 };

#define CK_STREAM_KERNELS(K) \
  /* out[0] the least, out[1] the greatest of those that are numbers (infinity, -infinity of none); */ \
  /* answers how many are no numbers. */ \
  K(size_t, ck_extremes, (const float *x, size_t n, float *out), (x, n, out)) \
  /* Elements that are not 0 (what is no number is not 0), and those with any bit set. */ \
  K(size_t, ck_count_nonzero, (const float *x, size_t n), (x, n)) \
  K(size_t, ck_count_bits, (const float *x, size_t n), (x, n)) \
  /* How many are below a limit, and equal to it; what is no number counts as infinity. */ \
  K(size_t, ck_count_below, (const float *x, size_t n, float limit, size_t *equal), \
    (x, n, limit, equal)) \
  /* mask = 1 below the limit and for the first `ties` of those that equal it, else 0. */ \
  K(void, ck_mask_below, (const float *x, size_t n, float limit, size_t ties, uint8_t *mask), \
    (x, n, limit, ties, mask)) \
  /* y = 0 where mask, else x; y may be x. */ \
  K(void, ck_zero_where, (const uint8_t *mask, const float *x, size_t n, float *y), \
    (mask, x, n, y)) \
  /* The nearest number of 16 bits, halves to even: fp16, or bf16 where `brain`. Finite numbers stay */ \
  /* finite: they stop at the largest one. */ \
  K(void, ck_round_halves, (const float *x, size_t n, int brain, float *y), (x, n, brain, y)) \
  K(void, ck_magnitudes, (const float *x, size_t n, float *y), (x, n, y)) \
  /* The places (from `first` on) and values of elements with any bit set; answers how many. */ \
  K(size_t, ck_collect_bits, (const float *x, size_t n, int32_t first, int32_t *places, \
    float *values), (x, n, first, places, values)) \
  /* codes = clamp(round(x / scale) + zero), halves to even, of numbers that are finite; `past` the */ \
  /* caches where nobody reads them soon. Meanwhile as ck_extremes for `ahead` elements behind x, */ \
  /* which are quantized next. */ \
  K(size_t, ck_quantize, (const float *x, size_t n, const ck_grid *grid, int past, \
    uint8_t *codes, size_t ahead, float *out), (x, n, grid, past, codes, ahead, out)) \
  /* y = (code - zero) scale, of codes that are as many bits, negative where low is. */ \
  K(void, ck_dequantize, (const uint8_t *codes, size_t n, const ck_grid *grid, int past, \
    float *y), (codes, n, grid, past, y)) \
  /* The sum of squared errors on a grid, in order, in double precision. */ \
  K(double, ck_grid_error, (const float *x, size_t n, const ck_grid *grid), (x, n, grid)) \
  K(void, ck_keys, (const float *x, size_t n, int order, int32_t *keys), (x, n, order, keys)) \
  /* The keys of `runs` runs of 16 elements, spread over all n by a fixed rule; n >= 16 runs. */ \
  K(void, ck_sample_keys, (const float *x, size_t n, int order, size_t runs, int32_t *keys), \
    (x, n, order, runs, keys)) \
  /* Adds to `ranks`, and writes the keys strictly between low and high: at most n and a slack. */ \
  K(size_t, ck_collect, (const float *x, size_t n, int order, int32_t low, int32_t high, \
    ck_ranks *ranks, int32_t *keys), (x, n, order, low, high, ranks, keys)) \
  /* The key at a place in ascending order; uses the keys up. rank < n. */ \
  K(int32_t, ck_select_key, (int32_t *keys, size_t n, size_t rank), (keys, n, rank)) \
  /* Adds to counts[2048] the digits (11 bits from `shift` on) of the keys that have the digits in */ \
  /* `known` where `mask` is set; keys are seen as unsigned with the sign bit flipped. */ \
  K(void, ck_key_digits, (const float *x, size_t n, int order, uint32_t known, uint32_t mask, \
    int shift, uint64_t *counts), (x, n, order, known, mask, shift, counts)) \
  /* Adds to counts[bins]: equal bins from edges[0] to edges[bins]; elements outside do not count. */ \
  K(void, ck_bins, (const float *x, size_t n, const double *edges, size_t bins, \
    int64_t *counts), (x, n, edges, bins, counts)) \
  /* The sums of blocks of CK_SUM_BLOCK elements, each in order; of (x - mean)^2 where squared. */ \
  K(void, ck_block_sums, (const float *x, size_t blocks, int squared, double mean, \
    double *sums), (x, blocks, squared, mean, sums))

#endif
