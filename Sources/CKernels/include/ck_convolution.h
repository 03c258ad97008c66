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

#define CK_CONVOLUTION_KERNELS(K)

#endif
