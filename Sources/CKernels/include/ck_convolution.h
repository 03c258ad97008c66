// Convolution without columns: in blocks of eight images, a SIMD lane for each, and for few images.
#ifndef CK_CONVOLUTION_H
#define CK_CONVOLUTION_H
#include <stddef.h>
#include <stdint.h>

/// A window that slides over planes of height x width: convolution and pooling.
typedef struct {
  int channels, height, width;
  int kernel_height, kernel_width;
  int stride_height, stride_width;
  int padding_height, padding_width;
  int out_height, out_width;
} ck_window;

enum {
  CK_IDENTITY = 0, CK_RELU, CK_RELU6, CK_LEAKY, CK_SIGMOID, CK_TANH, CK_GELU, CK_SILU
};

/// A convolution and what follows it: an activation, and (where `pools`) the maximum of 2 x 2. The
/// window is over one group's channels; `filters` are those of all groups.
typedef struct {
  ck_window window;
  int groups, filters;
  int function;
  float slope;
  int pools;
} ck_convolution;

// Blocks of eight images are [C][H][W][8]. Sizes are in floats.
#define CK_CONVOLUTION_KERNELS(K) \
  /* What `ck_lane_pack` fills, and what one thread works in. */ \
  K(size_t, ck_lane_packed, (const ck_convolution *c, int backward), (c, backward)) \
  K(size_t, ck_lane_scratch, (const ck_convolution *c), (c)) \
  /* The weights [O, C/groups, kh, kw] in the order in which the kernels read them. */ \
  K(void, ck_lane_pack, (const ck_convolution *c, const float *w, int backward, float *packed), \
    (c, w, backward, packed)) \
  /* `places` (or none): a byte for each of the pooled outputs, 4 where no gradient flows. */ \
  K(void, ck_lane_forward, (const ck_convolution *c, const float *x, size_t blocks, \
    const float *packed, const float *bias, float *y, uint8_t *places, float *scratch), \
    (c, x, blocks, packed, bias, y, places, scratch)) \
  /* Gradients, each where asked for: all are written, not added to. */ \
  K(void, ck_lane_backward, (const ck_convolution *c, const float *dy, const float *x, \
    const float *y, size_t blocks, const uint8_t *places, const float *packed, float *dx, \
    float *dw, float *db, float *scratch), \
    (c, dy, x, y, blocks, places, packed, dx, dw, db, scratch)) \
  /* One image in rows: lanes are filters. `image` has its border; rows of y first..<last. */ \
  K(size_t, ck_direct_packed, (const ck_convolution *c), (c)) \
  K(void, ck_direct_pack, (const ck_convolution *c, const float *w, float *packed), \
    (c, w, packed)) \
  K(void, ck_direct_pad, (const ck_convolution *c, const float *x, float *image), (c, x, image)) \
  K(void, ck_direct_forward, (const ck_convolution *c, const float *image, const float *packed, \
    const float *bias, int first, int last, float *y), \
    (c, image, packed, bias, first, last, y)) \
  /* Rows [n, count] to blocks [ceil(n / 8)][count][8], the lanes past n zero, and back. */ \
  K(void, ck_to_lanes, (const float *rows, size_t n, size_t count, float *blocks), \
    (rows, n, count, blocks)) \
  K(void, ck_from_lanes, (const float *blocks, size_t n, size_t count, float *rows), \
    (blocks, n, count, rows)) \
  /* Pooling of planes [H][W][8], as the kernels for single planes do it. */ \
  K(void, ck_lane_maxpool, (const float *x, size_t planes, const ck_window *w, float *y, \
    uint8_t *where), (x, planes, w, y, where)) \
  K(void, ck_lane_maxpool_back, (const float *dy, const uint8_t *where, size_t planes, \
    const ck_window *w, float *dx), (dy, where, planes, w, dx)) \
  K(void, ck_lane_avgpool, (const float *x, size_t planes, const ck_window *w, float *y), \
    (x, planes, w, y)) \
  K(void, ck_lane_avgpool_back, (const float *dy, size_t planes, const ck_window *w, float *dx), \
    (dy, planes, w, dx))

#endif
