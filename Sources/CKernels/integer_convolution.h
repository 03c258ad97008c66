// Convolution of codes of eight bits, eight images side by side. Included once per kernel set.

// How many filters' sums at four places are in registers at a time.
#if CK_LEVEL >= 4
#define I8_FILTERS 6
#else
#define I8_FILTERS 2
#endif

size_t CK(ck_int8_tile)(void) { return I8_FILTERS; }

typedef struct {
  const int8_t *x;
  const ck_int8_filters *f;
  const ck_int8_finish *finish;
  lanes scale;
  // The first filter of the tile, and its weights.
  size_t first;
  const int8_t *w;
  float *y;
  // Floats of an output plane.
  size_t plane;
} i8_pass;

// The sums of `filters` filters at four places.
INLINE void i8_places(
  int range, const i8_pass *pass, const int8_t *const place[4], const int filters,
  i8_sums a[I8_FILTERS][4]
) {
  const int32_t *offsets = pass->f->offsets, *end = offsets + pass->f->taps;
  const int8_t *w = pass->w, *p0 = place[0], *p1 = place[1], *p2 = place[2], *p3 = place[3];
  UNROLL for (int j = 0; j < filters; j++) {
    i8_sums start = i8_splat(i8_start(range, pass->f->sums[pass->first + j]));
    UNROLL for (int i = 0; i < 4; i++) a[j][i] = start;
  }
  for (; offsets < end; offsets++, w += 4 * filters) {
    const i8_bytes x0 = *(const i8_bytes *)(p0 + *offsets);
    const i8_bytes x1 = *(const i8_bytes *)(p1 + *offsets);
    const i8_bytes x2 = *(const i8_bytes *)(p2 + *offsets);
    const i8_bytes x3 = *(const i8_bytes *)(p3 + *offsets);
    UNROLL for (int j = 0; j < filters; j++) {
      const i8_bytes four = (i8_bytes)i8_splat(i8_word(w + 4 * j));
      a[j][0] = i8_dot(range, a[j][0], x0, four);
      a[j][1] = i8_dot(range, a[j][1], x1, four);
      a[j][2] = i8_dot(range, a[j][2], x2, four);
      a[j][3] = i8_dot(range, a[j][3], x3, four);
    }
  }
}

// What finishes the sums of a tile's filters, in registers or near: stores to y cannot change it.
typedef struct {
  lanes scale[I8_FILTERS], bias[I8_FILTERS], low;
} i8_finisher;

INLINE i8_finisher i8_finisher_of(const i8_pass *pass, const int filters) {
  const ck_int8_finish *finish = pass->finish;
  i8_finisher f;
  f.low = all(finish->relu ? 0.0f : -INFINITY);
  UNROLL for (int j = 0; j < filters; j++) {
    f.scale[j] = pass->scale * all(finish->scales[pass->first + j]);
    f.bias[j] = all(finish->bias ? finish->bias[pass->first + j] : 0);
  }
  return f;
}

// Products and sums round one by one, so that all sets agree.
INLINE lanes i8_finish(const i8_finisher *f, int j, i8_sums sums) {
#pragma clang fp contract(off)
  return i8_at_least(f->low, __builtin_convertvector(sums, lanes) * f->scale[j] + f->bias[j]);
}

// Each place of a pooled plane by itself: scales are not negative, so the greatest sum wins.
INLINE lanes i8_pooled(
  int range, const i8_pass *pass, const int filters, lanes greatest
) {
  const i8_finisher finisher = i8_finisher_of(pass, filters);
  const size_t height = pass->f->height / 2, width = pass->f->width / 2, plane = pass->plane;
  const size_t down = pass->f->row_step, right = pass->f->column_step;
  float *y = pass->y + pass->first * plane;
  for (size_t row = 0; row < height; row++) {
    for (size_t column = 0; column < width; column++, y += 8) {
      const int8_t *x = pass->x + 2 * row * down + 2 * column * right;
      const int8_t *const place[4] = {x, x + right, x + down, x + down + right};
      i8_sums a[I8_FILTERS][4];
      i8_places(range, pass, place, filters, a);
      UNROLL for (int j = 0; j < filters; j++) {
        i8_sums top = __builtin_elementwise_max(
          __builtin_elementwise_max(a[j][0], a[j][1]),
          __builtin_elementwise_max(a[j][2], a[j][3]));
        lanes out = i8_finish(&finisher, j, top);
        greatest = i8_raise(greatest, out);
        *(lanes *)(y + j * plane) = out;
      }
    }
  }
  return greatest;
}

// Four places after the other. Where fewer are left, the last is done again.
INLINE lanes i8_plain(
  int range, const i8_pass *pass, const int filters, lanes greatest
) {
  const i8_finisher finisher = i8_finisher_of(pass, filters);
  const size_t width = pass->f->width, count = pass->f->height * width, plane = pass->plane;
  float *const y = pass->y + pass->first * plane;
  size_t row = 0, column = 0, next = 0;
  while (next < count) {
    const int8_t *place[4];
    size_t to[4];
    UNROLL for (int i = 0; i < 4; i++) {
      place[i] = pass->x + row * pass->f->row_step + column * pass->f->column_step;
      to[i] = 8 * (row * width + column);
      if (next + 1 < count && ++column == width) column = 0, row++;
      next++;
    }
    i8_sums a[I8_FILTERS][4];
    i8_places(range, pass, place, filters, a);
    UNROLL for (int j = 0; j < filters; j++) {
      UNROLL for (int i = 0; i < 4; i++) {
        lanes out = i8_finish(&finisher, j, a[j][i]);
        greatest = i8_raise(greatest, out);
        *(lanes *)(y + j * plane + to[i]) = out;
      }
    }
  }
  return greatest;
}

INLINE lanes i8_pass_of(
  int range, const i8_pass *pass, const int filters, lanes greatest
) {
  return pass->f->pool ? i8_pooled(range, pass, filters, greatest)
    : i8_plain(range, pass, filters, greatest);
}

INLINE void i8_convolve(int range, i8_pass *pass, float *greatest) {
  const ck_int8_filters *f = pass->f;
  lanes top = *(const lanes *)greatest;
  for (; pass->first < f->filters; pass->first += I8_FILTERS) {
    switch (f->filters - pass->first) {
    case 1: top = i8_pass_of(range, pass, 1, top); break;
#if I8_FILTERS > 2
    case 2: top = i8_pass_of(range, pass, 2, top); break;
    case 3: top = i8_pass_of(range, pass, 3, top); break;
    case 4: top = i8_pass_of(range, pass, 4, top); break;
    case 5: top = i8_pass_of(range, pass, 5, top); break;
#endif
    default: top = i8_pass_of(range, pass, I8_FILTERS, top);
    }
    pass->w += f->taps * 4 * I8_FILTERS;
  }
  *(lanes *)greatest = top;
}

void CK(ck_int8_convolve)(
  int range, const int8_t *x, const float *scales, const ck_int8_filters *f,
  const ck_int8_finish *finish, float *y, float *greatest
) {
  const size_t plane = f->pool ? (f->height / 2) * (f->width / 2) : f->height * f->width;
  i8_pass pass = {
    .x = x, .f = f, .finish = finish, .scale = *(const lanes *)scales, .w = f->weights,
    .y = y, .plane = plane * 8};
  switch (range) {
  case CK_CODES_POSITIVE: i8_convolve(CK_CODES_POSITIVE, &pass, greatest); break;
#if CK_LEVEL == 3
  case CK_CODES_SYMMETRIC: i8_convolve(CK_CODES_SYMMETRIC, &pass, greatest); break;
#endif
  default: i8_convolve(CK_CODES_ANY, &pass, greatest); break;
  }
}
