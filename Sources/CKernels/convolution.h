// Convolution in blocks of eight images, and for few images. Included once per kernel set.
#include "convolution_lanes.h"
#include "convolution_plan.h"
#include "convolution_planes.h"
#include "convolution_tiles.h"
#include "convolution_forward.h"
#include "convolution_weight.h"
#include "convolution_backward.h"
