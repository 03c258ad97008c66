// Where things lie: strips of padded planes that stay in a core's own cache, and packed weights.

// Bytes of a strip that one thread reads again and again: more where there are so many weights that
// going over them once for each strip costs more.
enum { STRIP_BYTES = 224 << 10, LONG_STRIP_BYTES = 640 << 10, MANY_WEIGHTS = 1 << 17 };

static long strip_bytes(const ck_convolution *c) {
  const ck_window *w = &c->window;
  long weights = (long)c->filters / c->groups * w->channels * w->kernel_height * w->kernel_width;
  return weights > MANY_WEIGHTS ? LONG_STRIP_BYTES : STRIP_BYTES;
}

// Planes with a border. Sizes in floats.
typedef struct {
  int rows;   // rows of a strip
  int pitch;  // from row to row
  int plane;  // from channel to channel
} strip;

// Images as pixels [H][W][C] with a border. Sizes in floats.
typedef struct {
  int width;     // a row of a filter's taps, in whole vectors
  int pitch;     // from row to row
  size_t image;  // from image to image
} pixel_plan;

// All of a convolution that follows from its shape.
typedef struct {
  const ck_convolution *c;
  ck_window w;
  int channels, filters, taps;  // of one group
  int pooled_height, pooled_width;
  int copies;    // taps read a padded copy of x, not x
  int out_rows;  // rows of outputs, before pooling, that are made from one strip
  strip x;
  // The gradient of the outputs before pooling: from row `top` and column `left` (0 or less) on.
  int top, left, all_rows;
  strip z;
  int sparse;  // the way back goes over pixels; see convolution_sparse.h
  int winograd, winograd_back;  // minimal filtering for y and for dx
  int winograd_weight;          // and for dw
  pixel_plan pixels;
} conv_plan;

// Planes lie so that their beginnings spread over the sets of the first cache: an odd number of
// lines apart, and some lines more than one row of taps needs.
static int spread(long floats) {
  long lines = (floats + 15) / 16;
  while (lines % 8 != 3 && lines % 8 != 5) lines++;
  return (int)(lines * 16);
}

// Planes that begin in few sets of the first cache push each other out.
static int collide(int channels, long floats) {
  if (floats % 16) return 0;
  long lines = floats / 16 % 64, places = 64;
  while (lines % 2 == 0 && places > 1) {
    lines /= 2;
    places /= 2;
  }
  return channels > 4 * places;
}

static strip strip_of(long rows, long columns) {
  strip s = {(int)rows, (int)(columns * 8), spread(rows * columns * 8)};
  return s;
}

static void plan_x(conv_plan *p) {
  const ck_window *w = &p->w;
  long columns = w->width + 2 * w->padding_width, plane = (long)w->height * w->width * 8;
  p->copies = w->padding_height || w->padding_width || collide(p->channels, plane);
  p->out_rows = w->out_height;
  if (!p->copies) {
    strip whole = {w->height, w->width * 8, (int)plane};
    p->x = whole;
    return;
  }
  long fits = strip_bytes(p->c) / (p->channels * columns * 32);
  long rows = (fits - w->kernel_height) / w->stride_height + 1;
  // Where the rows are pooled in pairs, strips are of pairs; so are those of minimal filtering.
  rows = most(rows & ~1L, 2);
  p->out_rows = (int)least(rows, w->out_height);
  p->x = strip_of((p->out_rows - 1) * w->stride_height + w->kernel_height, columns);
}

static void plan_z(conv_plan *p) {
  const ck_window *w = &p->w;
  p->top = w->padding_height / w->stride_height - (w->kernel_height - 1) / w->stride_height;
  p->left = w->padding_width / w->stride_width - (w->kernel_width - 1) / w->stride_width;
  int bottom = (w->height - 1 + w->padding_height) / w->stride_height;
  int right = (w->width - 1 + w->padding_width) / w->stride_width;
  p->all_rows = bottom - p->top + 1;
  long columns = right - p->left + 1, fits = strip_bytes(p->c) / (p->filters * columns * 32);
  // The taps of one row of x, and a row more.
  long fewest = (w->kernel_height - 1) / w->stride_height + 2;
  p->z = strip_of(least(most(fits, fewest), p->all_rows), columns);
}

// Rows of taps shorter than this are no faster alone than all of them in lanes.
enum { SPARSE_WIDTH = 32, SPARSE_BYTES = 4 << 20 };

static void plan_pixels(conv_plan *p) {
  const ck_window *w = &p->w;
  long row = (long)(w->width + 2 * w->padding_width) * p->channels;
  long image = row * (w->height + 2 * w->padding_height);
  p->pixels.width = (w->kernel_width * p->channels + 7) / 8 * 8;
  p->pixels.pitch = (int)row;
  // The last row of taps, in whole vectors, ends inside the image; images lie in different sets.
  p->pixels.image = (size_t)(image + 15) / 16 * 16 + 16;
  size_t outputs = (size_t)w->out_height * w->out_width * p->filters;
  p->sparse = p->c->pools && p->c->groups == 1 && w->kernel_width * p->channels >= SPARSE_WIDTH &&
              8 * (p->pixels.image * 4 + outputs) <= SPARSE_BYTES;
}

// Tiles of 2 x 2 outputs that go through minimal filtering together, and its largest kernel: 5 x 5
// would lose too much where products and sums are rounded apart.
#if CK_LEVEL >= 3 || defined(__aarch64__)
enum { WINO_TILES = 4, WINO_KERNEL = 5 };
#else
enum { WINO_TILES = 4, WINO_KERNEL = 3 };
#endif

// A square kernel that slides by one cell.
static int takes_square_steps(const ck_window *w) {
  return w->kernel_height == w->kernel_width && w->stride_height == 1 && w->stride_width == 1;
}

// Whether minimal filtering (convolution_winograd.h) takes clearly fewer operations, counted for a
// tile, a filter and a channel.
static int pays_winograd(const ck_window *w, int inputs, int outputs, int height, int width) {
  int kernel = w->kernel_height;
  if (!takes_square_steps(w) || (kernel != 3 && kernel != 5) || kernel > WINO_KERNEL) return 0;
  if (height < 2 || width < 2) return 0;
  double points = (kernel + 1) * (kernel + 1);
  int count = ((height + 1) / 2) * ((width + 1) / 2);
  double tiles = (count + WINO_TILES - 1) / WINO_TILES * WINO_TILES;
  // Each number at a point is made, stored and read again.
  double least = points + 5 * points / outputs + 4 * points / inputs;
  double bytes = points * inputs * WINO_TILES * 32;
  return bytes <= 768 << 10 && 1.2 * least * tiles < (double)kernel * kernel * height * width;
}

// A number that is made for a tile and a point serves all filters, or all channels.
static int pays_winograd_weight(const conv_plan *p) {
  const ck_window *w = &p->w;
  return takes_square_steps(w) && w->kernel_height == 3 && w->out_height >= 2 &&
         w->out_width >= 4 && 1.0 / p->channels + 1.0 / p->filters <= 0.25;
}

static conv_plan plan_of(const ck_convolution *c) {
  conv_plan p = {0};
  p.c = c;
  p.w = c->window;
  p.channels = c->window.channels;
  p.filters = c->filters / c->groups;
  p.taps = p.channels * p.w.kernel_height * p.w.kernel_width;
  p.pooled_height = c->pools ? p.w.out_height / 2 : p.w.out_height;
  p.pooled_width = c->pools ? p.w.out_width / 2 : p.w.out_width;
  plan_x(&p);
  plan_z(&p);
  plan_pixels(&p);
  int height = c->pools ? 2 * p.pooled_height : p.w.out_height;
  int width = c->pools ? 2 * p.pooled_width : p.w.out_width;
  p.winograd = pays_winograd(&p.w, p.channels, p.filters, height, width);
  p.winograd_back =
      !p.sparse && pays_winograd(&p.w, p.filters, p.channels, p.w.height, p.w.width);
  p.winograd_weight = !p.sparse && pays_winograd_weight(&p);
  return p;
}

// The kernel's cells k with k % stride == r: how many.
static int cells(int kernel, int stride, int r) {
  return r < kernel ? (kernel - 1 - r) / stride + 1 : 0;
}

static float *aligned64(float *x) {
  return (float *)(((uintptr_t)x + 63) & ~(uintptr_t)63);
}

static size_t x_floats(const conv_plan *p) {
  return p->copies ? (size_t)p->channels * p->x.plane : 0;
}
