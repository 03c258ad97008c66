// The gradient of the weights: tiles of some filters times some taps, in registers, over positions.

// Some rows of one group's x and dz, that lie in strips.
typedef struct {
  const float *x, *z;
  const int32_t *offsets;
  int rows, columns, filters, taps;
  size_t x_down, x_right, z_down, z_plane;
  float *dw;  // [filters][taps], added to
} weight_job;

enum { MOST_TAPS = 9 };

INLINE void add_sums(const int N, const lanes *a, int valid, float *dw) {
  UNROLL for (int t = 0; t < N; t += 4) {
    lanes none = {0};
    quad sums = sums_of(a[t], t + 1 < N ? a[t + 1] : none, t + 2 < N ? a[t + 2] : none,
                        t + 3 < N ? a[t + 3] : none);
    if (valid >= t + 4)
      *(quad *)(dw + t) += sums;
    else
      for (int k = t; k < valid; k++) dw[k] += sums[k - t];
  }
}

// dw[o][t] += the sum over positions and images of dz[o] times what tap t reads.
INLINE void weight_tile(const int O, const int N, const weight_job *job, const float *z, int tap,
                        float *dw) {
  lanes a[MOST_FILTERS][MOST_TAPS];
  const float *cell[MOST_TAPS];
  UNROLL for (int o = 0; o < O; o++)
    UNROLL for (int t = 0; t < N; t++) a[o][t] = (lanes){0};
  // Past the last tap, the last one again.
  UNROLL for (int t = 0; t < N; t++)
    cell[t] = job->x + job->offsets[tap + t < job->taps ? tap + t : job->taps - 1];
  size_t right = job->x_right, plane = job->z_plane, columns = (size_t)job->columns;
  for (int row = 0; row < job->rows; row++, z += job->z_down) {
    size_t at = row * job->x_down;
#pragma clang loop unroll(disable)
    for (size_t i = 0; i < 8 * columns; i += 8, at += right) {
      lanes d[MOST_FILTERS];
      UNROLL for (int o = 0; o < O; o++) {
        d[o] = *(const lanes *)(z + o * plane + i);
        HOLD(d[o]);
      }
      UNROLL for (int t = 0; t < N; t++) {
        lanes v = *(const lanes *)(cell[t] + at);
        HOLD(v);
        UNROLL for (int o = 0; o < O; o++) a[o][t] += d[o] * v;
      }
    }
  }
  UNROLL for (int o = 0; o < O; o++)
    add_sums(N, a[o], job->taps - tap, dw + (size_t)o * job->taps + tap);
}

// Taps of a tile: five where that leaves fewer over, and registers are many. A lone filter has
// more of them.
static int tile_taps(int filters, int taps) {
  if (filters == 1) return taps == 9 ? 9 : 8;
  return CK_LEVEL == 4 && (taps + 4) / 5 * 5 < (taps + 3) / 4 * 4 ? 5 : 4;
}

// All taps of the filters from `first` on.
static void weight_filters(const weight_job *job, int first, int n) {
  const float *z = job->z + first * job->z_plane;
  float *dw = job->dw + (size_t)first * job->taps;
  int taps = tile_taps(n, job->taps);
  for (int t = 0; t < job->taps; t += taps)
    switch (10 * n + taps) {
    case 44: weight_tile(4, 4, job, z, t, dw); break;
    case 34: weight_tile(3, 4, job, z, t, dw); break;
    case 24: weight_tile(2, 4, job, z, t, dw); break;
    case 45: weight_tile(4, 5, job, z, t, dw); break;
    case 35: weight_tile(3, 5, job, z, t, dw); break;
    case 25: weight_tile(2, 5, job, z, t, dw); break;
    case 19: weight_tile(1, 9, job, z, t, dw); break;
    default: weight_tile(1, 8, job, z, t, dw); break;
    }
}

// The rows of dz of a tile stay in the first cache while all taps go over them.
static void add_weight_gradient(const weight_job *job) {
  // Few taps read little of x, and leave more room to dz.
  long room = job->taps < 32 ? 24 << 10 : 12 << 10;
  for (int first = 0; first < job->filters;) {
    int n = tile_filters(job->filters - first);
    int rows = (int)most(1, room / ((long)n * job->columns * 32));
    for (int row = 0; row < job->rows; row += rows) {
      weight_job part = *job;
      part.x += row * job->x_down;
      part.z += row * job->z_down;
      part.rows = (int)least(rows, job->rows - row);
      weight_filters(&part, first, n);
    }
    first += n;
  }
}
