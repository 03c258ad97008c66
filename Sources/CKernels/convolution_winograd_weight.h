// The gradient of 3 x 3 weights by minimal filtering: the weights are the 3 x 3 outputs of tiles of
// x under kernels of 2 x 2 gradients. At each of 16 points the products of gradients and inputs are
// summed up over all tiles and images, and become weights at the end.

enum { WEIGHT_POINTS = 16, MOST_WEIGHT_TILES = 32, WEIGHT_TILES_BYTES = 768 << 10 };

// Tiles at a time: their inputs and gradients stay in a core's own cache.
static int weight_tiles_count(const conv_plan *p) {
  long each = WEIGHT_POINTS * 32l * (p->channels + p->filters);
  return (int)least(MOST_WEIGHT_TILES, most(8, WEIGHT_TILES_BYTES / each));
}

// Floats from point to point: an odd number of lines apart.
static size_t weight_pitch(int planes, int tiles) { return ((size_t)planes * tiles | 1) * 16; }

static size_t winograd_weight_sums(const conv_plan *p) {
  return (size_t)WEIGHT_POINTS * p->filters * p->channels;
}

static size_t winograd_weight_scratch(const conv_plan *p) {
  int tiles = weight_tiles_count(p);
  size_t pitch = weight_pitch(p->channels, tiles) + weight_pitch(p->filters, tiles);
  return WEIGHT_POINTS * pitch + p->channels + 16;
}

INLINE void pair_at_points(lanes a, lanes b, lanes *u) {
  u[0] = a;
  u[1] = a + b;
  u[2] = a - b;
  u[3] = b;
}

// 2 x 2 gradients, of which the first row or column may have been counted before.
INLINE void slopes_tile(const float *z, size_t pitch, int skip, float *to, size_t next) {
  lanes rows[2][4];
  UNROLL for (int y = 0; y < 2; y++) {
    lanes a = *(const lanes *)(z + y * pitch), b = *(const lanes *)(z + y * pitch + 8);
    pair_at_points(skip ? (lanes){0} : a, b, rows[y]);
  }
  UNROLL for (int k = 0; k < 4; k++) {
    lanes u[4];
    pair_at_points(rows[0][k], rows[1][k], u);
    UNROLL for (int y = 0; y < 4; y++) *(lanes *)(to + (y * 4 + k) * next) = u[y];
  }
}

// Where the tiles of some rows of x and dz begin, and which of them skip their first column.
typedef struct {
  size_t x[MOST_WEIGHT_TILES], z[MOST_WEIGHT_TILES];
  int skips[MOST_WEIGHT_TILES];
} weight_tiles;

// Adds to sums [points][filters][channels] what an even number of rows gives.
static void add_points(const conv_plan *p, const weight_job *job, float *sums, float *work) {
  int room = weight_tiles_count(p), columns = (job->columns + 1) / 2;
  int count = job->rows / 2 * columns;
  size_t x_pitch = weight_pitch(p->channels, room), z_pitch = weight_pitch(p->filters, room);
  int32_t *offsets = (int32_t *)work;
  float *x = aligned64(work + p->channels), *z = x + WEIGHT_POINTS * x_pitch;
  for (int start = 0; start < count; start += room) {
    int n = (int)least(room, count - start);
    weight_tiles t;
    for (int i = 0; i < n; i++) {
      int row = (start + i) / columns * 2, column = (start + i) % columns * 2;
      t.skips[i] = column + 2 > job->columns;
      column -= t.skips[i];
      t.x[i] = row * job->x_down + column * job->x_right;
      t.z[i] = row * job->z_down + column * 8;
    }
    for (int c = 0; c < p->channels; c++)
      for (int i = 0; i < n; i++)
        tile_at_points(3, job->x + c * p->x.plane + t.x[i], p->x.pitch, x + (c * n + i) * 8,
                       x_pitch);
    for (int o = 0; o < p->filters; o++)
      for (int i = 0; i < n; i++)
        slopes_tile(job->z + o * job->z_plane + t.z[i], job->z_down, t.skips[i],
                    z + (o * n + i) * 8, z_pitch);
    for (int c = 0; c < p->channels; c++) offsets[c] = c * n * 8;
    weight_job part = {.offsets = offsets, .rows = 1, .columns = n};
    part.filters = p->filters;
    part.taps = p->channels;
    part.x_right = 8;
    part.z_plane = (size_t)n * 8;
    for (int k = 0; k < WEIGHT_POINTS; k++) {
      part.x = x + k * x_pitch;
      part.z = z + k * z_pitch;
      part.dw = sums + (size_t)k * p->filters * p->channels;
      add_weight_gradient(&part);
    }
  }
}

// Three outputs from four points; the halves are those of the kernel at 1 and -1.
INLINE void three_of_points(const float *m, float *y) {
  y[0] = m[0] + (m[1] + m[2]) / 2;
  y[1] = (m[1] - m[2]) / 2;
  y[2] = (m[1] + m[2]) / 2 + m[3];
}

// Adds the weights that the sums at the points give to dw [filters][channels][3][3].
static void add_point_sums(const conv_plan *p, const float *sums, float *dw) {
  size_t count = (size_t)p->filters * p->channels;
  for (size_t i = 0; i < count; i++, dw += 9) {
    float half[4][3], column[4], y[3];
    for (int r = 0; r < 4; r++) {
      float m[4];
      for (int k = 0; k < 4; k++) m[k] = sums[(4 * r + k) * count + i];
      three_of_points(m, half[r]);
    }
    for (int k = 0; k < 3; k++) {
      for (int r = 0; r < 4; r++) column[r] = half[r][k];
      three_of_points(column, y);
      for (int r = 0; r < 3; r++) dw[3 * r + k] += y[r];
    }
  }
}
