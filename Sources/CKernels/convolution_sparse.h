// The way back after pooling, exact but sparse: of each four gradients at most one is not zero, so
// pixels are brought into rows of channels [H][W][C], image by image, and only what is there is
// added.

// Bytes of pixels that stay in the first cache beside the sums.
enum { PIXEL_BYTES = 24 << 10 };

// A share of a row: which row, and how much of it.
typedef struct {
  int32_t at;
  float value;
} term;

// Vectors of sums that fit into registers.
enum { MOST_VECTORS = 15 };

// to[i] += the sum over the terms of value * from[at + i], for V vectors.
INLINE void add_terms(const int V, const term *terms, int n, const float *from, float *to) {
  lanes a[MOST_VECTORS];
  UNROLL for (int v = 0; v < V; v++) a[v] = *(const lanes *)(to + 8 * v);
#pragma clang loop unroll(disable)
  for (int i = 0; i < n; i++) {
    lanes wide = all(terms[i].value);
    const float *row = from + terms[i].at;
    UNROLL for (int v = 0; v < V; v++) a[v] += wide * *(const lanes *)(row + 8 * v);
  }
  UNROLL for (int v = 0; v < V; v++) *(lanes *)(to + 8 * v) = a[v];
}

static void add_part(int vectors, const term *terms, int n, const float *from, float *to) {
  switch (vectors) {
  case 1: add_terms(1, terms, n, from, to); break;
  case 2: add_terms(2, terms, n, from, to); break;
  case 3: add_terms(3, terms, n, from, to); break;
  case 4: add_terms(4, terms, n, from, to); break;
  case 5: add_terms(5, terms, n, from, to); break;
  case 6: add_terms(6, terms, n, from, to); break;
  case 7: add_terms(7, terms, n, from, to); break;
  case 8: add_terms(8, terms, n, from, to); break;
  case 9: add_terms(9, terms, n, from, to); break;
  case 10: add_terms(10, terms, n, from, to); break;
  case 11: add_terms(11, terms, n, from, to); break;
  case 12: add_terms(12, terms, n, from, to); break;
  case 13: add_terms(13, terms, n, from, to); break;
  case 14: add_terms(14, terms, n, from, to); break;
  default: add_terms(15, terms, n, from, to); break;
  }
}

// Eight images from lanes to pixels. What lies past a pixel's last channel is zero until the next
// pixel is written, so that the border stays zero.
static void lanes_to_pixels(const conv_plan *p, const float *x, float *pixels) {
  const ck_window *w = &p->w;
  size_t plane = (size_t)w->height * w->width * 8, image = p->pixels.image;
  if (w->padding_height || w->padding_width) memset(pixels, 0, 8 * image * sizeof(float));
  for (int y = 0; y < w->height; y++) {
    float *to = pixels + (size_t)(y + w->padding_height) * p->pixels.pitch +
                (size_t)w->padding_width * p->channels;
    for (int i = 0; i < w->width; i++, x += 8, to += p->channels)
      for (int c = 0; c < p->channels; c += 8) {
        lanes r[8];
        UNROLL for (int k = 0; k < 8; k++)
          r[k] = c + k < p->channels ? *(const lanes *)(x + (c + k) * plane) : (lanes){0};
        transpose(r);
        UNROLL for (int l = 0; l < 8; l++) *(lanes *)(to + l * image + c) = r[l];
      }
  }
}

static void pixels_to_lanes(const conv_plan *p, const float *pixels, float *x) {
  const ck_window *w = &p->w;
  size_t plane = (size_t)w->height * w->width * 8, image = p->pixels.image;
  for (int y = 0; y < w->height; y++) {
    const float *from = pixels + (size_t)(y + w->padding_height) * p->pixels.pitch +
                        (size_t)w->padding_width * p->channels;
    for (int i = 0; i < w->width; i++, x += 8, from += p->channels)
      for (int c = 0; c < p->channels; c += 8) {
        lanes r[8];
        UNROLL for (int l = 0; l < 8; l++) r[l] = *(const lanes *)(from + l * image + c);
        transpose(r);
        for (int k = 0; k < 8 && c + k < p->channels; k++)
          *(lanes *)(x + (c + k) * plane) = r[k];
      }
  }
}

// dz of a pooled output in one lane.
INLINE float pooled_slope(int f, float slope, outcome from, size_t i) {
  if (f == CK_IDENTITY || f == CK_RELU) return from.dy[i];
  return from.dy[i] * act_slope(f, from.y[i], slope);
}

// A part of a block: images, and rows of pooled outputs.
typedef struct {
  int image, images, row, rows;
} pixel_part;

// The gradients of one filter in a part, each with the first pixel that its window reads. (What
// stays is in variables of its own: the compiler cannot know that terms do not change it.)
static int list_filter(const conv_plan *p, outcome from, int filter, pixel_part part,
                       term *terms) {
  const int f = p->c->function, width = p->pooled_width, last = part.image + part.images;
  const float slope = p->c->slope;
  const int32_t image = (int32_t)p->pixels.image, right = p->w.stride_width * p->channels;
  const int32_t down = p->w.stride_height * p->pixels.pitch;
  const int32_t places[5] = {0, right, down, down + right, 0};
  size_t i = ((size_t)filter * p->pooled_height + part.row) * width * 8;
  int n = 0;
  for (int y = part.row; y < part.row + part.rows; y++) {
    int32_t cell = 2 * y * down;
    for (int x = 0; x < width; x++, i += 8, cell += 2 * right)
      for (int l = part.image; l < last; l++) {
        int place = from.places[i + l];
        terms[n].at = cell + l * image + places[place];
        terms[n].value = pooled_slope(f, slope, from, i + l);
        n += place < 4;
      }
  }
  return n;
}

static void sparse_weight_part(const conv_plan *p, outcome from, pixel_part part,
                               const float *pixels, term *terms, float *sums) {
  int kernel = p->w.kernel_height, vectors = p->pixels.width / 8;
  for (int o = 0; o < p->filters; o++) {
    int n = list_filter(p, from, o, part, terms);
    for (int ky = 0; ky < kernel; ky++, sums += p->pixels.width)
      for (int v = 0; v < vectors; v += MOST_VECTORS)
        add_part((int)least(MOST_VECTORS, vectors - v), terms, n,
                 pixels + (size_t)ky * p->pixels.pitch + 8 * v, sums + 8 * v);
  }
}

// Adds to sums [filters][kh][width].
static void sparse_weight(const conv_plan *p, outcome from, const float *pixels, term *terms,
                          float *sums) {
  long fits = PIXEL_BYTES / (long)(p->pixels.image * sizeof(float));
  long row = 2 * (long)p->w.stride_height * p->pixels.pitch * (long)sizeof(float);
  int images = (int)least(8, most(1, fits));
  int rows = fits ? p->pooled_height : (int)most(1, PIXEL_BYTES / row - 1);
  for (int l = 0; l < 8; l += images)
    for (int y = 0; y < p->pooled_height; y += rows) {
      pixel_part part = {l, (int)least(images, 8 - l), y, (int)least(rows, p->pooled_height - y)};
      sparse_weight_part(p, from, part, pixels, terms, sums);
    }
}

// For each output before pooling, the filters whose gradient it has: [outputs][filters].
static void list_outputs(const conv_plan *p, outcome from, int image, term *terms, int *counts) {
  const int f = p->c->function, width = p->w.out_width, filters = p->filters;
  const int rows = p->pooled_height, columns = p->pooled_width, step = p->pixels.width;
  const float slope = p->c->slope;
  const int places[5] = {0, 1, width, width + 1, 0};
  memset(counts, 0, (size_t)p->w.out_height * width * sizeof(int));
  size_t i = image;
  for (int o = 0; o < filters; o++)
    for (int y = 0; y < rows; y++)
      for (int x = 0; x < columns; x++, i += 8) {
        int place = from.places[i], cell = 2 * y * width + 2 * x + places[place];
        int n = counts[cell];
        terms[(size_t)cell * filters + n] = (term){o * step, pooled_slope(f, slope, from, i)};
        counts[cell] = n + (place < 4);
      }
}

// Adds the rows of weights [kh][filters][width] to one image's dx, which is zero before. Rows that
// follow each other do not overlap: a sum would wait for the one before it.
static void sparse_input(const conv_plan *p, const float *w, const term *terms, const int *counts,
                         float *dx) {
  int height = 2 * p->pooled_height, width = 2 * p->pooled_width, vectors = p->pixels.width / 8;
  for (int ky = 0; ky < p->w.kernel_height; ky++, w += (size_t)p->filters * p->pixels.width)
    for (int v = 0; v < vectors; v += MOST_VECTORS) {
      int part = (int)least(MOST_VECTORS, vectors - v);
      for (int x = 0; x < width; x++)
        for (int y = 0; y < height; y++) {
          int cell = y * p->w.out_width + x;
          if (!counts[cell]) continue;
          float *to = dx + (size_t)(y * p->w.stride_height + ky) * p->pixels.pitch +
                      (size_t)x * p->w.stride_width * p->channels + 8 * v;
          add_part(part, terms + (size_t)cell * p->filters, counts[cell], w + 8 * v, to);
        }
    }
}

// [filters][C][kh][kw] to rows of weights [kh][filters][width], zero past the last.
static void pack_rows(const conv_plan *p, const float *w, float *packed) {
  int kh = p->w.kernel_height, kw = p->w.kernel_width, C = p->channels;
  for (int y = 0; y < kh; y++)
    for (int o = 0; o < p->filters; o++, packed += p->pixels.width) {
      for (int i = kw * C; i < p->pixels.width; i++) packed[i] = 0.0f;
      for (int x = 0; x < kw; x++)
        for (int c = 0; c < C; c++)
          packed[x * C + c] = w[((size_t)(o * C + c) * kh + y) * kw + x];
    }
}

// Sums [filters][kh][width] to the weights' own order.
static void unpack_rows(const conv_plan *p, const float *sums, float *dw) {
  int kh = p->w.kernel_height, kw = p->w.kernel_width, C = p->channels;
  for (int o = 0; o < p->filters; o++, sums += (size_t)kh * p->pixels.width)
    for (int y = 0; y < kh; y++)
      for (int x = 0; x < kw; x++)
        for (int c = 0; c < C; c++)
          dw[((size_t)(o * C + c) * kh + y) * kw + x] =
              sums[(size_t)y * p->pixels.width + x * C + c];
}

// The working memory of the sparse way, in parts of one scratch.
typedef struct {
  float *pixels, *sums;
  term *terms;
  int *counts;
} sparse_scratch;

static size_t sparse_terms(const conv_plan *p) {
  size_t outputs = (size_t)p->w.out_height * p->w.out_width * p->filters;
  return most(outputs, 8 * p->pooled_height * p->pooled_width);
}

static size_t sums_floats(const conv_plan *p) {
  return (size_t)p->filters * p->w.kernel_height * p->pixels.width;
}

static size_t sparse_floats(const conv_plan *p) {
  return 8 * p->pixels.image + sums_floats(p) + 2 * sparse_terms(p) +
         (size_t)p->w.out_height * p->w.out_width + 64;
}

static sparse_scratch split_scratch(const conv_plan *p, float *scratch) {
  sparse_scratch s;
  s.pixels = aligned64(scratch);
  s.sums = s.pixels + 8 * p->pixels.image;
  s.terms = (term *)(s.sums + sums_floats(p));
  s.counts = (int *)(s.terms + sparse_terms(p));
  return s;
}

// One block. `sums` take the gradient of the weights, where it is asked for.
static void sparse_block(const conv_plan *p, outcome from, const float *x, const float *w,
                         float *dx, int wants_weight, sparse_scratch s) {
  if (wants_weight) {
    lanes_to_pixels(p, x, s.pixels);
    sparse_weight(p, from, s.pixels, s.terms, s.sums);
  }
  if (!dx) return;
  memset(s.pixels, 0, 8 * p->pixels.image * sizeof(float));
  for (int l = 0; l < 8; l++) {
    list_outputs(p, from, l, s.terms, s.counts);
    sparse_input(p, w, s.terms, s.counts, s.pixels + l * p->pixels.image);
  }
  pixels_to_lanes(p, s.pixels, dx);
}
