// Minimal filtering: 2 x 2 outputs of a 3 x 3 or 5 x 5 kernel by 16 or 36 products for each
// channel, where sums over the taps take 36 or 100. Kernels and inputs are polynomials, and are
// multiplied by their values at a few points. Winograd 1980, doi:10.1137/1.9781611970364; Lavin and Gray 2016,
// arXiv:1509.09308. The points are 0, 1, -1 and infinity, and for 5 x 5 also 2 and -1/2, which keep
// the error as small as that of plain sums: Barabasz et al. 2020, arXiv:1803.10986.

// Points in each direction: one more than the kernel has cells.
enum { MOST_POINTS = 6 };

// The weights at the points.
INLINE void kernel_at_points(const int K, const double_row *g, double_row *u) {
  if (K == 3) {
    u[0] = g[0];
    u[1] = (g[0] + g[1] + g[2]) / 2;
    u[2] = (g[0] - g[1] + g[2]) / 2;
    u[3] = g[2];
  } else {
    u[0] = g[0];
    u[1] = -(g[0] + g[1] + g[2] + g[3] + g[4]) / 3;
    u[2] = (g[0] - g[1] + g[2] - g[3] + g[4]) / 3;
    u[3] = (g[0] + 2 * g[1] + 4 * g[2] + 8 * g[3] + 16 * g[4]) / 15;
    u[4] = -(16 * g[0] - 8 * g[1] + 4 * g[2] - 2 * g[3] + g[4]) / 15;
    u[5] = g[4];
  }
}

INLINE void inputs_at_points(const int K, const lanes *x, lanes *v) {
  if (K == 3) {
    v[0] = x[0] - x[2];
    v[1] = x[1] + x[2];
    v[2] = x[2] - x[1];
    v[3] = x[3] - x[1];
  } else {
    lanes d = x[4] - x[2], e = x[3] - x[1];
    v[0] = (x[0] - x[2]) + d - 1.5f * e;
    v[1] = d + e - 1.5f * (x[2] + x[3]);
    v[2] = d - e + 1.5f * (x[2] - x[3]);
    v[3] = d + 0.5f * e;
    v[4] = d - 2.0f * e;
    v[5] = (x[5] - x[3]) - e - 1.5f * d;
  }
}

// Two outputs from the products.
INLINE void outputs_of_points(const int K, const lanes *m, lanes *y) {
  if (K == 3) {
    y[0] = m[0] + m[1] + m[2];
    y[1] = m[1] - m[2] + m[3];
  } else {
    y[0] = m[0] + (m[1] + m[2]) + (m[3] + m[4]);
    y[1] = (m[1] - m[2]) + (2.0f * m[3] - 0.5f * m[4]) + m[5];
  }
}

static size_t points_of(const conv_plan *p) {
  return (size_t)(p->w.kernel_height + 1) * (p->w.kernel_height + 1);
}

// The weights of one group at the points, for y or for dx.
static size_t winograd_weights(const conv_plan *p) {
  return points_of(p) * p->channels * p->filters;
}

// Floats from point to point: an odd number of lines apart, so that all points stay in the cache.
static size_t point_pitch(int channels) { return ((size_t)channels * WINO_TILES + 2) * 8; }

static size_t winograd_scratch(const conv_plan *p, int inputs) {
  return points_of(p) * (point_pitch(inputs) + MOST_FILTERS * WINO_TILES * 8);
}

// Where the kernel of an output and an input lies, in floats, and whether it is turned around.
typedef struct {
  size_t output, input;
  int turned;
} kernel_order;

// Eight inputs' kernels of one output: u[point] of each.
INLINE void eight_kernels(const int K, const float *w, kernel_order order, int count,
                          double_row u[MOST_POINTS][MOST_POINTS]) {
  double_row half[MOST_POINTS][MOST_POINTS];
  for (int x = 0; x < K; x++) {
    double_row g[MOST_POINTS], column[MOST_POINTS];
    for (int y = 0; y < K; y++) {
      int cell = order.turned ? K * K - 1 - (y * K + x) : y * K + x;
      g[y] = (double_row){0};
      for (int c = 0; c < count; c++) g[y][c] = w[c * order.input + cell];
    }
    kernel_at_points(K, g, column);
    for (int y = 0; y <= K; y++) half[y][x] = column[y];
  }
  for (int y = 0; y <= K; y++) kernel_at_points(K, half[y], u[y]);
}

// Weights by tiles of filters: [points][inputs][filters of the tile].
INLINE void pack_points(const int K, const float *w, kernel_order order, int inputs, int outputs,
                        float *packed) {
  const int points = (K + 1) * (K + 1);
  for (int first = 0; first < outputs;) {
    int n = tile_filters(outputs - first);
    for (int o = 0; o < n; o++)
      for (int c = 0; c < inputs; c += 8) {
        double_row u[MOST_POINTS][MOST_POINTS];
        int count = (int)least(8, inputs - c);
        eight_kernels(K, w + (first + o) * order.output + c * order.input, order, count, u);
        for (int k = 0; k < points; k++)
          for (int i = 0; i < count; i++)
            packed[((size_t)k * inputs + c + i) * n + o] = (float)u[k / (K + 1)][k % (K + 1)][i];
      }
    packed += (size_t)points * inputs * n;
    first += n;
  }
}

// All groups' weights for y, or turned around for dx.
static void pack_winograd(const conv_plan *p, const float *w, int turned, float *packed) {
  size_t kernel = (size_t)p->w.kernel_height * p->w.kernel_width, filter = p->taps;
  kernel_order order = {turned ? kernel : filter, turned ? filter : kernel, turned};
  int inputs = turned ? p->filters : p->channels, outputs = turned ? p->channels : p->filters;
  for (int g = 0; g < p->c->groups; g++, w += p->filters * filter, packed += winograd_weights(p))
    if (p->w.kernel_height == 3)
      pack_points(3, w, order, inputs, outputs, packed);
    else
      pack_points(5, w, order, inputs, outputs, packed);
}

// Some tiles: the first cells that they read, in planes of `plane` floats with rows of `pitch`, and
// where their outputs go, four for each.
typedef struct {
  const float *from[WINO_TILES];
  size_t to[4 * WINO_TILES];
  size_t plane, pitch;
  int channels;
  float *work;  // of `winograd_scratch`
} wino_tiles;

// The inputs of one tile in rows of `pitch` floats, at points that are `next` floats apart.
INLINE void tile_at_points(const int K, const float *x, size_t pitch, float *to, size_t next) {
  lanes rows[MOST_POINTS][MOST_POINTS];
  UNROLL for (int y = 0; y <= K; y++) {
    lanes cells[MOST_POINTS];
    UNROLL for (int k = 0; k <= K; k++) cells[k] = *(const lanes *)(x + y * pitch + 8 * k);
    inputs_at_points(K, cells, rows[y]);
  }
  UNROLL for (int k = 0; k <= K; k++) {
    lanes cells[MOST_POINTS], v[MOST_POINTS];
    UNROLL for (int y = 0; y <= K; y++) cells[y] = rows[y][k];
    inputs_at_points(K, cells, v);
    UNROLL for (int y = 0; y <= K; y++) *(lanes *)(to + (y * (K + 1) + k) * next) = v[y];
  }
}

// products[o][i] = the sum over the channels, at one point.
INLINE void sum_point(const int O, int channels, const float *w, const float *v, float *products) {
  lanes a[MOST_FILTERS][WINO_TILES];
  UNROLL for (int o = 0; o < O; o++)
    UNROLL for (int i = 0; i < WINO_TILES; i++) a[o][i] = (lanes){0};
#pragma clang loop unroll(disable)
  for (int c = 0; c < channels; c++, w += O, v += 8 * WINO_TILES) {
    lanes wide[MOST_FILTERS];
    UNROLL for (int o = 0; o < O; o++) {
      wide[o] = all(w[o]);
      HOLD(wide[o]);
    }
    UNROLL for (int i = 0; i < WINO_TILES; i++) {
      lanes x = *(const lanes *)(v + 8 * i);
      HOLD(x);
      UNROLL for (int o = 0; o < O; o++) a[o][i] += wide[o] * x;
    }
  }
  UNROLL for (int o = 0; o < O; o++)
    UNROLL for (int i = 0; i < WINO_TILES; i++)
      *(lanes *)(products + (o * WINO_TILES + i) * 8) = a[o][i];
}

// The four outputs of one filter and tile, with what follows the sums.
INLINE void finish_tile(const int K, const tile_job *job, int filter, const float *products,
                        const size_t *to) {
  const size_t next = MOST_FILTERS * WINO_TILES * 8;
  lanes half[2][MOST_POINTS], y[1][MOST_OUTPUTS];
  UNROLL for (int k = 0; k <= K; k++) {
    lanes m[MOST_POINTS], two[2];
    UNROLL for (int i = 0; i <= K; i++)
      m[i] = *(const lanes *)(products + (i * (K + 1) + k) * next);
    outputs_of_points(K, m, two);
    half[0][k] = two[0];
    half[1][k] = two[1];
  }
  lanes bias = all(job->bias ? job->bias[filter] : 0.0f);
  UNROLL for (int r = 0; r < 2; r++) {
    outputs_of_points(K, half[r], &y[0][2 * r]);
    y[0][2 * r] += bias;
    y[0][2 * r + 1] += bias;
  }
  if (job->pools)
    pool_tile(1, 4, job, filter, to, y);
  else
    store_tile(1, 4, job, filter, to, y);
}

INLINE void run_points(const int K, const tile_job *job, const wino_tiles *t) {
  const int points = (K + 1) * (K + 1);
  const float *w = job->weight;
  const size_t pitch = point_pitch(t->channels);
  float *products = t->work + points * pitch;
  for (int c = 0; c < t->channels; c++)
    for (int i = 0; i < WINO_TILES; i++)
      tile_at_points(K, t->from[i] + c * t->plane, t->pitch, t->work + (c * WINO_TILES + i) * 8,
                     pitch);
  for (int first = 0; first < job->filters;) {
    int n = tile_filters(job->filters - first);
    for (int k = 0; k < points; k++, w += (size_t)t->channels * n) {
      float *sums = products + k * MOST_FILTERS * WINO_TILES * 8;
      const float *v = t->work + k * pitch;
      switch (n) {
      case 4: sum_point(4, t->channels, w, v, sums); break;
      case 3: sum_point(3, t->channels, w, v, sums); break;
      case 2: sum_point(2, t->channels, w, v, sums); break;
      default: sum_point(1, t->channels, w, v, sums); break;
      }
    }
    for (int o = 0; o < n; o++)
      for (int i = 0; i < WINO_TILES; i++)
        finish_tile(K, job, first + o, products + (o * WINO_TILES + i) * 8, t->to + 4 * i);
    first += n;
  }
}

static void run_points_3(const tile_job *job, const wino_tiles *t) { run_points(3, job, t); }
static void run_points_5(const tile_job *job, const wino_tiles *t) { run_points(5, job, t); }

// All filters over the grid. Tiles at an odd end overlap those before them, and the last ones are
// done again where there are not four.
static void run_winograd(const tile_job *job, const tile_grid *g, int kernel, wino_tiles *t,
                         const float *x) {
  int columns = job->pools ? g->columns : (g->columns + 1) / 2;
  int rows = job->pools ? g->rows : (g->rows + 1) / 2, count = rows * columns;
  for (int start = 0; start < count; start += WINO_TILES) {
    for (int i = 0; i < WINO_TILES; i++) {
      int k = (int)least(start + i, count - 1), row = 2 * (k / columns), column = 2 * (k % columns);
      size_t *to = t->to + 4 * i, down = 0, right = 0;
      if (job->pools) {
        to[0] = row / 2 * g->y_down + column / 2 * g->y_right;
      } else {
        row = (int)least(row, g->rows - 2);
        column = (int)least(column, g->columns - 2);
        to[0] = row * g->y_down + column * g->y_right;
        down = g->y_down;
        right = g->y_right;
      }
      to[1] = to[0] + right;
      to[2] = to[0] + down;
      to[3] = to[2] + right;
      t->from[i] = x + row * g->x_down + column * g->x_right;
    }
    if (kernel == 3)
      run_points_3(job, t);
    else
      run_points_5(job, t);
  }
}
