// The heart: tiles of some filters times some outputs, in registers, over all taps of a window.

// Filters of the next tile: never one alone, unless there is only one.
static inline int tile_filters(int left) {
  enum { WIDEST = CK_LEVEL == 4 ? 4 : 3 };
  if (left == WIDEST + 1) return (WIDEST + 1) / 2 + (WIDEST + 1) % 2;
  return left < WIDEST ? left : WIDEST;
}

// Outputs of a tile. A lone filter needs more of them to keep the multipliers busy.
static inline int tile_outputs(int filters) { return filters == 1 ? 8 : 4; }

// Arrays have their greatest size, so that they become registers once sizes are known.
enum { MOST_OUTPUTS = 8, MOST_FILTERS = 4 };

// The same taps for a run of outputs, and what becomes of their sums.
typedef struct {
  const int32_t *offsets;  // of each tap from an output's first cell, row by row
  int taps, filters, tap_rows;
  const float *weight;  // tile by tile: [taps][filters of the tile]
  const float *bias;    // or none
  float *y;
  uint8_t *places;  // or none
  size_t plane;     // floats between the planes of y
  int relu, pools;
} tile_job;

// Taps that do not all read zeros.
typedef struct {
  int first, last;
} tap_range;

// a[o][i] = bias[o] + sum over the taps t of weight[t][o] * x[i][offset[t]].
INLINE void sum_tile(const int O, const int N, const tile_job *job, tap_range taps,
                     const float *w, const float *bias, const float *const *x,
                     lanes (*a)[MOST_OUTPUTS]) {
  UNROLL for (int o = 0; o < O; o++)
    UNROLL for (int i = 0; i < N; i++) a[o][i] = all(bias ? bias[o] : 0.0f);
  const float *cell[MOST_OUTPUTS];
  UNROLL for (int i = 0; i < N; i++) cell[i] = x[i];
  const int32_t *offset = job->offsets + taps.first, *end = job->offsets + taps.last;
  w += taps.first * O;
#pragma clang loop unroll(disable)
  for (; offset < end; offset++, w += O) {
    ptrdiff_t at = *offset;
    lanes wide[MOST_FILTERS];
    UNROLL for (int o = 0; o < O; o++) {
      wide[o] = all(w[o]);
      HOLD(wide[o]);
    }
    UNROLL for (int i = 0; i < N; i++) {
      lanes v = *(const lanes *)(cell[i] + at);
      HOLD(v);
      UNROLL for (int o = 0; o < O; o++) a[o][i] += wide[o] * v;
    }
  }
}

// The greatest of four and where it was; a NaN wins, as in pooling alone.
INLINE lanes greatest(const lanes *a, lanes_mask *place) {
  lanes_mask i = (a[1] > a[0]) | (a[1] != a[1]), j = (a[3] > a[2]) | (a[3] != a[3]);
  lanes m = pick_lanes(i, a[1], a[0]), n = pick_lanes(j, a[3], a[2]);
  lanes_mask k = (n > m) | (n != n);
  *place = (k & (2 - j)) | (~k & -i);
  return pick_lanes(k, n, m);
}

INLINE void pool_tile(const int O, const int N, const tile_job *job, int first, const size_t *to,
                      lanes (*a)[MOST_OUTPUTS]) {
  UNROLL for (int o = 0; o < O; o++)
    UNROLL for (int i = 0; i < N / 4; i++) {
      size_t at = (first + o) * job->plane + to[4 * i];
      lanes_mask place;
      lanes v = greatest(a[o] + 4 * i, &place);
      if (job->relu) {
        lanes_mask alive = v > 0.0f;
        place = (place & alive) | (4 & ~alive);
        v = relu_lanes(v);
      }
      *(lanes *)(job->y + at) = v;
      if (job->places)
        *(lanes_bytes *)(job->places + at) = __builtin_convertvector(place, lanes_bytes);
    }
}

INLINE void store_tile(const int O, const int N, const tile_job *job, int first, const size_t *to,
                       lanes (*a)[MOST_OUTPUTS]) {
  UNROLL for (int o = 0; o < O; o++) {
    float *y = job->y + (first + o) * job->plane;
    UNROLL for (int i = 0; i < N; i++)
      *(lanes *)(y + to[i]) = job->relu ? relu_lanes(a[o][i]) : a[o][i];
  }
}

INLINE void tile(const int O, const int N, const tile_job *job, tap_range taps, int first,
                 const float *w, const float *const *x, const size_t *to) {
  lanes a[MOST_FILTERS][MOST_OUTPUTS];
  sum_tile(O, N, job, taps, w, job->bias ? job->bias + first : NULL, x, a);
  if (job->pools)
    pool_tile(O, N, job, first, to, a);
  else
    store_tile(O, N, job, first, to, a);
}

// All filters of outputs whose first cells are `x` and whose places in a plane of y are `to`.
static void run_tiles(const tile_job *job, tap_range taps, const float *const *x,
                      const size_t *to) {
  const float *w = job->weight;
  for (int first = 0; first < job->filters;) {
    int n = tile_filters(job->filters - first);
    switch (n) {
    case 4: tile(4, 4, job, taps, first, w, x, to); break;
    case 3: tile(3, 4, job, taps, first, w, x, to); break;
    case 2: tile(2, 4, job, taps, first, w, x, to); break;
    default: tile(1, 8, job, taps, first, w, x, to); break;
    }
    w += (size_t)n * job->taps;
    first += n;
  }
}

// Outputs in rows and columns: pools of four where the job pools.
typedef struct {
  int rows, columns;
  size_t x_down, x_right;  // floats from the first cell of an output to that of the next
  size_t y_down, y_right;
  // The row of the plane that the first row of outputs begins to read, how many rows further the
  // next one does, and the rows that there are: the others are zeros.
  int plane_row, plane_step, plane_rows;
} tile_grid;

// The taps that read rows of the plane, for outputs of the grid's rows first...last.
static tap_range reading(const tile_job *job, const tile_grid *g, int first, int last) {
  int above = -(g->plane_row + last * g->plane_step);
  int below = g->plane_rows - (g->plane_row + first * g->plane_step);
  above = above < 0 ? 0 : above > job->tap_rows ? job->tap_rows : above;
  below = below > job->tap_rows ? job->tap_rows : below < above ? above : below;
  int row = job->tap_rows ? job->taps / job->tap_rows : 0;
  return (tap_range){above * row, below * row};
}

typedef void tile_run(const tile_job *job, tap_range taps, const float *const *x,
                      const size_t *to);

// Runs all outputs of the grid, `n` at a time.
INLINE void run_grid(const tile_job *job, const tile_grid *g, const float *x, int n,
                     tile_run *run) {
  int step = job->pools ? n / 4 : n;
  int count = g->rows * g->columns, row = 0, column = 0;
  for (int start = 0; start < count; start += step) {
    const float *from[MOST_OUTPUTS];
    size_t to[MOST_OUTPUTS];
    if (start + step > count) {
      // The last tile overlaps the one before it; with less than a tile in all, some repeat.
      int first = count > step ? count - step : 0;
      row = first / g->columns;
      column = first % g->columns;
    }
    int top = row, bottom = row;
    for (int i = 0; i < step; i++) {
      bottom = row > bottom ? row : bottom;
      top = row < top ? row : top;
      size_t at = row * g->y_down + column * g->y_right;
      if (job->pools) {
        const float *cell = x + 2 * (row * g->x_down + column * g->x_right);
        for (int k = 0; k < 4; k++) {
          from[4 * i + k] = cell + (k / 2) * g->x_down + (k % 2) * g->x_right;
          to[4 * i + k] = at;
        }
      } else {
        from[i] = x + row * g->x_down + column * g->x_right;
        to[i] = at;
      }
      if (++column < g->columns) continue;
      column = 0;
      row = row + 1 < g->rows ? row + 1 : 0;
    }
    int outputs = job->pools ? 2 : 1;
    run(job, reading(job, g, outputs * top, outputs * bottom + outputs - 1), from, to);
  }
}

// Eight outputs of a lone filter, beside each other.
INLINE void lone_tile(const tile_job *job, tap_range taps, const float *x, size_t x_right, float *y,
                      size_t y_right) {
  lanes a[8];
  UNROLL for (int i = 0; i < 8; i++) a[i] = all(job->bias ? job->bias[0] : 0.0f);
#pragma clang loop unroll(disable)
  for (int t = taps.first; t < taps.last; t++) {
    lanes wide = all(job->weight[t]);
    const float *cell = x + job->offsets[t];
    UNROLL for (int i = 0; i < 8; i++) a[i] += wide * *(const lanes *)(cell + i * x_right);
  }
  UNROLL for (int i = 0; i < 8; i++)
    *(lanes *)(y + i * y_right) = job->relu ? relu_lanes(a[i]) : a[i];
}

// A lone filter, row by row: with so few taps, finding the outputs would cost more than the sums.
static void run_lone(const tile_job *job, const tile_grid *g, const float *x) {
  for (int row = 0; row < g->rows; row++, x += g->x_down) {
    tap_range taps = reading(job, g, row, row);
    float *y = job->y + row * g->y_down;
    for (int start = 0; start < g->columns; start += 8) {
      int first = start + 8 <= g->columns ? start : g->columns - 8;
      const float *from = x + first * g->x_right;
      float *to = y + first * g->y_right;
      if (g->x_right == 8 && g->y_right == 8)
        lone_tile(job, taps, from, 8, to, 8);
      else
        lone_tile(job, taps, from, g->x_right, to, g->y_right);
    }
  }
}

// Runs all filters over the grid, as many at a time as have weights that stay in the core's cache.
static void run_filters(const tile_job *job, const tile_grid *g, const float *x) {
  enum { WEIGHT_BYTES = 192 << 10, STEP = 12 };
  long most_filters = WEIGHT_BYTES / (4 * most(1, job->taps)) / STEP * STEP;
  int step = (int)most(most_filters, STEP), n = tile_outputs(job->filters);
  tile_job part = *job;
  if (job->filters == 1 && !job->pools && g->columns >= 8) {
    run_lone(job, g, x);
    return;
  }
  for (int first = 0; first < job->filters; first += part.filters) {
    int left = job->filters - first;
    // Whole tiles, and never one filter alone.
    part.filters = left < step + STEP ? left : step;
    part.weight = job->weight + (size_t)first * job->taps;
    part.bias = job->bias ? job->bias + first : NULL;
    part.y = job->y + first * job->plane;
    part.places = job->places ? job->places + first * job->plane : NULL;
    run_grid(&part, g, x, n, run_tiles);
  }
}
