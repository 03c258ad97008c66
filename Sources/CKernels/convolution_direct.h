// Convolution of one image in rows, for batches too small for lanes of images: lanes are filters,
// and each cell of the image is spread over them.

static int vectors_of(const ck_convolution *c) { return (c->filters / c->groups + 7) / 8; }

static size_t direct_taps(const ck_window *w) {
  return (size_t)w->channels * w->kernel_height * w->kernel_width;
}

size_t CK(ck_direct_packed)(const ck_convolution *c) {
  return direct_taps(&c->window) * (1 + (size_t)c->groups * vectors_of(c) * 8);
}

void CK(ck_direct_pack)(const ck_convolution *c, const float *w, float *packed) {
  const ck_window *k = &c->window;
  size_t taps = direct_taps(k), row = k->width + 2 * k->padding_width;
  size_t plane = row * (k->height + 2 * k->padding_height);
  int32_t *offsets = (int32_t *)packed;
  for (int y = 0; y < k->kernel_height; y++)
    for (int i = 0; i < k->channels; i++)
      for (int x = 0; x < k->kernel_width; x++) *offsets++ = (int32_t)(i * plane + y * row + x);
  packed += taps;
  int filters = c->filters / c->groups, vectors = vectors_of(c);
  for (int g = 0; g < c->groups; g++, w += filters * taps)
    for (int first = 0; first < vectors;) {
      int n = tile_filters(vectors - first);
      for (size_t t = 0; t < taps; t++)
        for (int o = 8 * first; o < 8 * (first + n); o++)
          *packed++ = o < filters ? w[o * taps + tap_in_order(k, t)] : 0.0f;
      first += n;
    }
}

void CK(ck_direct_pad)(const ck_convolution *c, const float *x, float *image) {
  const ck_window *w = &c->window;
  size_t row = w->width + 2 * w->padding_width, plane = row * (w->height + 2 * w->padding_height);
  size_t planes = (size_t)c->groups * w->channels;
  memset(image, 0, planes * plane * sizeof(float));
  for (size_t p = 0; p < planes; p++, image += plane)
    for (int y = 0; y < w->height; y++, x += w->width)
      memcpy(image + (y + w->padding_height) * row + w->padding_width, x,
             w->width * sizeof(float));
}

// a[i][v] = bias[v] + sum over the taps t of weight[t][v] * x[i][offset[t]].
INLINE void sum_vectors(const int V, const int N, const tile_job *job, tap_range taps,
                        const float *w, const lanes *bias, const float *const *x,
                        lanes (*a)[MOST_FILTERS]) {
  UNROLL for (int i = 0; i < N; i++)
    UNROLL for (int v = 0; v < V; v++) a[i][v] = bias[v];
  const float *cell[MOST_OUTPUTS];
  UNROLL for (int i = 0; i < N; i++) cell[i] = x[i];
  const int32_t *offset = job->offsets + taps.first, *end = job->offsets + taps.last;
  w += taps.first * 8 * V;
#pragma clang loop unroll(disable)
  for (; offset < end; offset++, w += 8 * V) {
    ptrdiff_t at = *offset;
    lanes weight[MOST_FILTERS];
    UNROLL for (int v = 0; v < V; v++) {
      weight[v] = *(const lanes *)(w + 8 * v);
      HOLD(weight[v]);
    }
    UNROLL for (int i = 0; i < N; i++) {
      lanes wide = all(cell[i][at]);
      HOLD(wide);
      UNROLL for (int v = 0; v < V; v++) a[i][v] += weight[v] * wide;
    }
  }
}

// Up to eight filters of one output.
INLINE void store_filters(float *y, size_t plane, int filters, lanes a) {
  for (int o = 0; o < filters; o++) y[o * plane] = a[o];
}

// Up to eight filters of four outputs beside each other.
INLINE void store_four(float *y, size_t plane, int filters, lanes a, lanes b, lanes c, lanes d) {
  lanes r[8] = {a, b, c, d, {0}, {0}, {0}, {0}};
  transpose(r);
  UNROLL for (int o = 0; o < 8; o++)
    if (o < filters) *(quad *)(y + o * plane) = __builtin_shufflevector(r[o], r[o], 0, 1, 2, 3);
}

// The filters 8 v... of a tile's outputs.
INLINE void store_vector(const int V, const int N, const tile_job *job, int first,
                         const size_t *to, lanes (*a)[MOST_FILTERS], int v) {
  int filters = job->filters - first < 8 ? job->filters - first : 8;
  float *y = job->y + first * job->plane;
  if (job->relu && !job->pools)
    UNROLL for (int i = 0; i < N; i++) a[i][v] = relu_lanes(a[i][v]);
  UNROLL for (int i = 0; i < N; i += 4) {
    if (job->pools) {
      lanes four[4] = {a[i][v], a[i + 1][v], a[i + 2][v], a[i + 3][v]};
      lanes_mask place;
      lanes m = greatest(four, &place);
      store_filters(y + to[i], job->plane, filters, job->relu ? relu_lanes(m) : m);
    } else if (to[i + 3] == to[i] + 3) {
      store_four(y + to[i], job->plane, filters, a[i][v], a[i + 1][v], a[i + 2][v], a[i + 3][v]);
    } else {
      for (int k = i; k < i + 4; k++) store_filters(y + to[k], job->plane, filters, a[k][v]);
    }
  }
}

// The bias of the filters first..., zero past the last.
INLINE lanes bias_vector(const tile_job *job, int first) {
  lanes b = {0};
  if (!job->bias) return b;
  if (first + 8 <= job->filters) return *(const lanes *)(job->bias + first);
  for (int o = first; o < job->filters; o++) b[o - first] = job->bias[o];
  return b;
}

INLINE void direct_tile(const int V, const int N, const tile_job *job, tap_range taps, int first,
                        const float *w, const float *const *x, const size_t *to) {
  lanes a[MOST_OUTPUTS][MOST_FILTERS];
  lanes bias[MOST_FILTERS];
  UNROLL for (int v = 0; v < V; v++) bias[v] = bias_vector(job, first + 8 * v);
  sum_vectors(V, N, job, taps, w, bias, x, a);
  UNROLL for (int v = 0; v < V; v++) store_vector(V, N, job, first + 8 * v, to, a, v);
}

static void run_direct(const tile_job *job, tap_range taps, const float *const *x,
                       const size_t *to) {
  const float *w = job->weight;
  int vectors = (job->filters + 7) / 8;
  for (int first = 0; first < vectors;) {
    int n = tile_filters(vectors - first);
    switch (n) {
    case 4: direct_tile(4, 4, job, taps, 8 * first, w, x, to); break;
    case 3: direct_tile(3, 4, job, taps, 8 * first, w, x, to); break;
    case 2: direct_tile(2, 4, job, taps, 8 * first, w, x, to); break;
    default: direct_tile(1, 8, job, taps, 8 * first, w, x, to); break;
    }
    w += (size_t)8 * n * job->taps;
    first += n;
  }
}

// One filter of one channel: lanes are outputs beside each other.
static void lone_direct(const tile_job *job, const tile_grid *g, const float *x) {
  size_t columns = g->columns, right = g->x_right;
  for (int row = 0; row < g->rows; row++, x += g->x_down) {
    float *y = job->y + row * g->y_down;
    tap_range taps = reading(job, g, row, row);
    for (size_t i = 0; i < columns; i++) y[i] = job->bias ? job->bias[0] : 0.0f;
    for (int t = taps.first; t < taps.last; t++) {
      // A tap's filters are eight, of which one is there.
      float w = job->weight[8 * t];
      const float *cell = x + job->offsets[t];
      if (right == 1)
        for (size_t i = 0; i < columns; i++) y[i] += w * cell[i];
      else
        for (size_t i = 0; i < columns; i++) y[i] += w * cell[i * right];
    }
    if (job->relu)
      for (size_t i = 0; i < columns; i++) y[i] = act(CK_RELU, y[i], 0.0f);
  }
}

void CK(ck_direct_forward)(const ck_convolution *c, const float *image, const float *packed,
                           const float *bias, int first, int last, float *y) {
  const ck_window *w = &c->window;
  size_t row = w->width + 2 * w->padding_width;
  size_t group = row * (w->height + 2 * w->padding_height) * w->channels;
  int width = c->pools ? w->out_width / 2 : w->out_width, vectors = vectors_of(c);
  size_t plane = (size_t)(c->pools ? w->out_height / 2 : w->out_height) * width;
  int f = c->function, filters = c->filters / c->groups;
  tile_grid grid = {.rows = last - first, .columns = width, .y_down = width, .y_right = 1};
  grid.x_down = w->stride_height * row;
  grid.x_right = w->stride_width;
  grid.plane_row = (c->pools ? 2 : 1) * first * w->stride_height - w->padding_height;
  grid.plane_step = w->stride_height;
  grid.plane_rows = w->height;
  tile_job job = {.offsets = (const int32_t *)packed, .taps = (int)direct_taps(w)};
  job.tap_rows = w->kernel_height;
  job.filters = filters;
  job.plane = plane;
  job.relu = f == CK_RELU;
  job.pools = c->pools;
  image += (c->pools ? 2 : 1) * first * grid.x_down;
  y += (size_t)first * width;
  for (int g = 0; g < c->groups; g++) {
    job.weight = packed + job.taps * (1 + (size_t)g * vectors * 8);
    job.bias = bias ? bias + g * filters : NULL;
    job.y = y + (size_t)g * filters * plane;
    if (filters == 1 && w->channels == 1 && !c->pools)
      lone_direct(&job, &grid, image + g * group);
    else
      run_grid(&job, &grid, image + g * group, vectors == 1 ? 8 : 4, run_direct);
  }
  if (f == CK_IDENTITY || f == CK_RELU) return;
  size_t count = (size_t)(last - first) * width;
  for (int o = 0; o < c->filters; o++)
    CK(ck_activate)(f, c->slope, y + o * plane, count, y + o * plane);
}
