// Products with a matrix of weights that are mostly zero: what is zero is neither stored nor multiplied.
#ifndef CK_SPARSE_H
#define CK_SPARSE_H
#include <stddef.h>
#include <stdint.h>

/// A tile of a sparse matrix: rows side by side, and columns among which a byte chooses.
enum { CK_TILE_ROWS = 16, CK_TILE_COLUMNS = 32 };

/// A sparse matrix in tiles, panel of sixteen rows after panel. A tile is so many slots, and a slot is one
/// weight of each of its rows and the column of each, counted in the tile; zeros fill rows that have fewer.
typedef struct {
  const float *values;
  const uint8_t *places;
  /// Slots of each tile; or none, where all tiles have `count`.
  const uint8_t *counts;
  /// The first slot of each panel.
  const size_t *starts;
  size_t count, rows, columns;
} ck_tiles;

/// A sparse matrix in blocks of `tall` rows and one column, or of one row and `wide` columns: each is 4, 8
/// or 16, and the other 1. Strips of `tall` rows, one after the other.
typedef struct {
  const float *values;
  /// The first column of each block.
  const int32_t *places;
  /// The first block of each strip, and one more.
  const size_t *starts;
  size_t tall, wide, rows;
} ck_blocks;

/// Rows of a sparse matrix, in groups of `tall` (1 or 4) that share their places: which floats of x the
/// weights of a group are multiplied with. `starts` has one more than there are groups. The terms of a row
/// go round so many chains: 1 or 4, and 1 in groups of four.
typedef struct {
  const float *values;
  const int32_t *places;
  const size_t *starts;
  size_t tall, chains;
} ck_terms;

/// Where the vectors of sixteen floats of x and y lie: `step` and `out_step` apart, rows of y `row`. The last
/// vector has what is left of `span` floats.
typedef struct {
  size_t span, step, out_step, row;
} ck_spread;

/// A padded image as planes of a stride's phases: [channels][stride][stride][height][width], each of `unit`
/// floats. Tap (i, j) of every window then lies in one plane, beside its neighbors'.
typedef struct {
  int32_t channels, height, width, unit;
  int32_t stride_height, stride_width, padding_height, padding_width;
  int32_t phase_height, phase_width;
} ck_phases;

#define CK_SPARSE_KERNELS(K) \
  /* y = A x for the rows of some panels of tiles. */ \
  K(void, ck_sparse_tiles, (const ck_tiles *a, const float *x, size_t first, size_t last, float *y), \
    (a, x, first, last, y)) \
  /* y = A x for the rows of some strips of blocks. */ \
  K(void, ck_sparse_blocks, (const ck_blocks *a, const float *x, size_t first, size_t last, float *y), \
    (a, x, first, last, y)) \
  /* y[r][v] = the sum over the terms of row r of value * x[place + v step], for vectors v; y begins */ \
  /* with the rows of the first group. */ \
  K(void, ck_sparse_spread, (const ck_terms *a, const float *x, size_t first, size_t last, \
    const ck_spread *s, float *y), (a, x, first, last, s, y)) \
  /* An image [channels][height][width][unit] to its phases, and zeros around it. */ \
  K(void, ck_sparse_phases, (const ck_phases *p, const float *x, float *out), (p, x, out)) \
  /* y = f(x + bias) of `rows` runs of `width` floats, `pitch` apart, of each of `planes` planes, to */ \
  /* where they lie one after the other. Planes are `plane` and `out_plane` apart; a bias for each, or */ \
  /* none. */ \
  K(void, ck_sparse_crop, (int f, float slope, const float *x, const float *bias, size_t planes, \
    size_t plane, size_t rows, size_t pitch, size_t width, float *y, size_t out_plane), \
    (f, slope, x, bias, planes, plane, rows, pitch, width, y, out_plane))

#endif
