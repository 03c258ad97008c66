// Products of small integers: exact sums in 32 bits, never a saturated one.
#ifndef CK_INTEGER_H
#define CK_INTEGER_H
#include "ck_convolution.h"
#include <stddef.h>
#include <stdint.h>

/// What is known of the codes x that are multiplied with weights w, so that the fastest exact path
/// may be taken. All paths give the same sums.
enum {
  /// x is 0...127.
  CK_CODES_POSITIVE,
  /// x is -128...127, w is -127...127.
  CK_CODES_SYMMETRIC,
  /// Both are -128...127.
  CK_CODES_ANY,
};

/// What becomes of a filter's or an output unit's sums: y = f(sum * scale * scale of x + bias).
typedef struct {
  const float *scales;
  /// None where null.
  const float *bias;
  int relu;
} ck_int8_finish;

/// How sums become codes without floats: round((sum + bias) factor 2^-shift), halves to even, plus
/// zero, within low...high. One bias, factor and shift per output, and for whole sixteens more; shifts
/// are 1...62, and |sum + bias| is below 2^31.
typedef struct {
  const int32_t *bias, *factors;
  const int64_t *shifts;
  int32_t zero, low, high;
} ck_int8_rescale;

/// Rows of codes to multiply: row r is `segments` runs of k codes, the first at x + r ld, each
/// segment_step behind the one before. k is a multiple of four; what is read beyond a run's own codes
/// meets weights of zero.
typedef struct {
  const int8_t *x;
  size_t ld, rows, k, segments, segment_step;
} ck_int8_rows;

/// Filters of one group over planes of codes in lanes.
typedef struct {
  /// [tiles][taps][filters of the tile][4]; every tile but the last has ck_int8_tile() filters.
  const int8_t *weights;
  /// The sum of each filter's codes.
  const int32_t *sums;
  size_t filters;
  /// Where each tap's four codes lie, in bytes from a window's first.
  const int32_t *offsets;
  size_t taps;
  /// Bytes from a window to the next one below, and to the right.
  size_t row_step, column_step;
  /// Sizes of the output, before pooling.
  size_t height, width;
  /// The greatest of each 2x2 block of outputs is kept; a last odd row or column is dropped.
  int pool;
} ck_int8_filters;

// K(result, name, parameters, arguments). Codes of rows: [rows, ld]. Lanes: eight images side by
// side, floats [C,H,W,8] and codes [groups, C/4, H + padding, W + padding, 8, 4]; where a group has
// one channel, the four codes are those of four neighbours in the row.
#define CK_INTEGER_KERNELS(K) \
  /* Codes rint(x * inverse) in -127...127, NaN to 0; says whether any is negative. */ \
  K(int, ck_int8_codes, (const float *x, size_t n, float inverse, int8_t *codes), \
    (x, n, inverse, codes)) \
  /* The greatest magnitude, or NaN if there is any: of a run, and of each of eight lanes. */ \
  K(float, ck_int8_greatest, (const float *x, size_t n), (x, n)) \
  K(void, ck_int8_lane_greatest, (const float *x, size_t n, float *greatest), \
    (x, n, greatest)) \
  /* Floats in lanes to codes: in planes for a window's group, and in a row for each image. */ \
  K(int, ck_int8_lane_codes, (const float *x, const ck_window *w, size_t groups, \
    const float *inverses, int8_t *codes), (x, w, groups, inverses, codes)) \
  K(int, ck_int8_lane_rows, (const float *x, size_t images, size_t n, const float *inverses, \
    int8_t *codes, size_t ld), (x, images, n, inverses, codes, ld)) \
  /* c = x w: x [m, k] times weights [n/16, k/4, 16, 4] with the sums of their n columns. */ \
  K(void, ck_int8_product, (int range, const int8_t *x, size_t ldx, const int8_t *w, \
    const int32_t *sums, size_t m, size_t n, size_t k, int32_t *c, size_t ldc), \
    (range, x, ldx, w, sums, m, n, k, c, ldc)) \
  /* The same, scaled per row and column, with bias and relu. */ \
  K(void, ck_int8_dense, (int range, const int8_t *x, size_t ldx, const float *scales, \
    const int8_t *w, const int32_t *sums, const ck_int8_finish *finish, size_t m, size_t n, \
    size_t k, float *y, size_t ldy), \
    (range, x, ldx, scales, w, sums, finish, m, n, k, y, ldy)) \
  /* The same to codes in fixed point: weights [n/16, segments, k/4, 16, 4]. */ \
  K(void, ck_int8_fixed, (int range, const ck_int8_rows *x, const int8_t *w, \
    const int32_t *sums, const ck_int8_rescale *f, size_t n, int8_t *y, size_t ldy), \
    (range, x, w, sums, f, n, y, ldy)) \
  /* The sums themselves; rows have room for whole sixteens. */ \
  K(void, ck_int8_sums, (int range, const ck_int8_rows *x, const int8_t *w, \
    const int32_t *sums, size_t n, int32_t *c, size_t ldc), (range, x, w, sums, n, c, ldc)) \
  /* Codes of the greatest of 2 x 2 sums: two lines of `width` places with n sums each, ld apart. */ \
  K(void, ck_int8_pooled, (const int32_t *sums, size_t width, size_t ld, \
    const ck_int8_rescale *f, size_t n, int8_t *y, size_t ldy), \
    (sums, width, ld, f, n, y, ldy)) \
  /* Codes of rows of sums, which are readable 15 beyond the last. */ \
  K(void, ck_int8_rescaled, (const int32_t *sums, size_t rows, const ck_int8_rescale *f, \
    size_t n, int8_t *y, size_t ldy), (sums, rows, f, n, y, ldy)) \
  /* Adds floats that are whole numbers below 2^31. */ \
  K(void, ck_add_whole, (const float *x, size_t n, int32_t *sums), (x, n, sums)) \
  /* Channels by themselves: y[c] from the sum of x[t][c] w[t][c], taps at offsets. */ \
  K(void, ck_int8_depthwise, (const int8_t *x, size_t ld, size_t rows, const int32_t *offsets, \
    size_t taps, const int8_t *w, const ck_int8_rescale *f, size_t n, int8_t *y, size_t ldy), \
    (x, ld, rows, offsets, taps, w, f, n, y, ldy)) \
  /* The greatest, or the sum, of codes at offsets, channel by channel. */ \
  K(void, ck_int8_greatest_of, (const int8_t *x, const int32_t *offsets, size_t taps, size_t n, \
    int8_t *y), (x, offsets, taps, n, y)) \
  K(void, ck_int8_sum_of, (const int8_t *x, const int32_t *offsets, size_t taps, size_t n, \
    int32_t *y), (x, offsets, taps, n, y)) \
  /* Codes of floats: clamp(rint(x / scale) + zero), halves to even, NaN to zero. */ \
  K(void, ck_int8_encode, (const float *x, size_t n, float scale, int32_t zero, int32_t low, \
    int32_t high, int8_t *y), (x, n, scale, zero, low, high, y)) \
  /* How many filters share a pass over the codes. */ \
  K(size_t, ck_int8_tile, (void), ()) \
  /* One group's planes of codes to floats in lanes; raises each lane's greatest magnitude. */ \
  K(void, ck_int8_convolve, (int range, const int8_t *x, const float *scales, \
    const ck_int8_filters *f, const ck_int8_finish *finish, float *y, float *greatest), \
    (range, x, scales, f, finish, y, greatest)) \
  /* Groups of g codes with a scale and a sum each; the last is padded with 0 to whole eights. */ \
  K(void, ck_group_codes, (const float *x, size_t k, size_t g, int8_t *codes, float *scales, \
    int32_t *sums), (x, k, g, codes, scales, sums)) \
  /* y = w x for panels of 16 rows: codes w + 128 as bytes [k/4][16][4], or w + 8 as nibbles of */ \
  /* [k/8][16][4], low ones first; scales [panels, k/g, 16]. */ \
  K(void, ck_group_int8, (const uint8_t *w, const float *scales, const int8_t *x, \
    const float *x_scales, const int32_t *x_sums, size_t panels, size_t k, size_t g, float *y), \
    (w, scales, x, x_scales, x_sums, panels, k, g, y)) \
  K(void, ck_group_int4, (const uint8_t *w, const float *scales, const int8_t *x, \
    const float *x_scales, const int32_t *x_sums, size_t panels, size_t k, size_t g, float *y), \
    (w, scales, x, x_scales, x_sums, panels, k, g, y)) \
  /* Signs to bits, 64 to a word, 1 where negative; unused bits are 0. */ \
  K(void, ck_bit_signs, (const float *x, size_t n, uint64_t *bits), (x, n, bits)) \
  /* Lines of bits [channels, height, line_words] to the bits of each window, in the order of */ \
  /* weights: patches [places, words], zero before. No padding. */ \
  K(void, ck_bit_patches, (const uint64_t *lines, size_t line_words, const ck_window *w, \
    size_t words, uint64_t *patches), (lines, line_words, w, words, patches)) \
  /* y[i, j] = (k - 2 popcount(x[i] ^ w[j])) x_scale[i] scale[j]: products of signs times scales, */ \
  /* x [m, words], w [n/8, words, 8]. */ \
  K(void, ck_bit_product, (const uint64_t *x, size_t m, const uint64_t *w, size_t n, \
    size_t words, size_t k, const float *x_scales, size_t x_step, const float *scales, float *y, \
    size_t row_step, size_t column_step), \
    (x, m, w, n, words, k, x_scales, x_step, scales, y, row_step, column_step))

#endif
