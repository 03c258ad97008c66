// Forward: strip by strip, and in a strip output by output with all filters.

// Taps go row by row of the kernel, then channel by channel, so that rows may be left out. The
// place of tap t among a filter's weights [C][kh][kw].
static size_t tap_in_order(const ck_window *w, size_t t) {
  size_t row = (size_t)w->channels * w->kernel_width, y = t / row, c = t % row / w->kernel_width;
  return (c * w->kernel_height + y) * w->kernel_width + t % w->kernel_width;
}

// Where the taps of the weights lie, in the weights' own order.
static void pack_offsets(const conv_plan *p, float *packed) {
  int32_t *offsets = (int32_t *)packed;
  for (int c = 0; c < p->channels; c++)
    for (int y = 0; y < p->w.kernel_height; y++)
      for (int x = 0; x < p->w.kernel_width; x++)
        *offsets++ = c * p->x.plane + y * p->x.pitch + x * 8;
}

// The packed weights of one group.
static size_t group_floats(const conv_plan *p) {
  return p->winograd ? winograd_weights(p) : (size_t)p->filters * p->taps;
}

static size_t forward_floats(const conv_plan *p) {
  return 2 * (size_t)p->taps + p->c->groups * group_floats(p);
}

// Offsets for the sums, offsets for the gradient of the weights, and weights, tile by tile.
static void pack_forward(const conv_plan *p, const float *w, float *packed) {
  const ck_window *k = &p->w;
  int32_t *offsets = (int32_t *)packed;
  for (int y = 0; y < k->kernel_height; y++)
    for (int c = 0; c < p->channels; c++)
      for (int x = 0; x < k->kernel_width; x++)
        *offsets++ = c * p->x.plane + y * p->x.pitch + x * 8;
  pack_offsets(p, packed + p->taps);
  packed += 2 * p->taps;
  if (p->winograd) {
    pack_winograd(p, w, 0, packed);
    return;
  }
  for (int g = 0; g < p->c->groups; g++)
    for (int first = 0; first < p->filters;) {
      int n = tile_filters(p->filters - first);
      for (int t = 0; t < p->taps; t++)
        for (int o = 0; o < n; o++) *packed++ = w[(size_t)o * p->taps + tap_in_order(k, t)];
      w += (size_t)n * p->taps;
      first += n;
    }
}

// `rows` rows of outputs from `first` on (before pooling); `x` is the first cell that they read.
static void forward_strip(const conv_plan *p, const tile_job *job, const float *x, int first,
                          int rows, float *work) {
  tile_grid grid = {p->c->pools ? rows / 2 : rows, p->pooled_width};
  grid.x_down = (size_t)p->w.stride_height * p->x.pitch;
  grid.x_right = (size_t)p->w.stride_width * 8;
  grid.y_down = (size_t)p->pooled_width * 8;
  grid.y_right = 8;
  grid.plane_row = first * p->w.stride_height - p->w.padding_height;
  grid.plane_step = p->w.stride_height;
  grid.plane_rows = p->w.height;
  if (p->winograd) {
    wino_tiles tiles = {.plane = p->x.plane, .pitch = p->x.pitch, .channels = p->channels};
    tiles.work = work;
    run_winograd(job, &grid, p->w.kernel_height, &tiles, x);
  } else {
    run_filters(job, &grid, x);
  }
}

static void forward_group(const conv_plan *p, tile_job job, const float *x, float *strip) {
  const ck_window *w = &p->w;
  float *work = strip + x_floats(p);
  int shrink = p->c->pools ? 2 : 1, rows = p->c->pools ? 2 * p->pooled_height : w->out_height;
  if (!p->copies) {
    forward_strip(p, &job, x, 0, rows, work);
    return;
  }
  for (int next = 0; next < rows; next += p->out_rows) {
    int part = (int)least(p->out_rows, rows - next), row = next;
    // Minimal filtering makes no single row: it makes the one before it, too.
    if (p->winograd && part == 1) {
      row--;
      part++;
    }
    int cells = (part - 1) * w->stride_height + w->kernel_height;
    copy_strip(p, x, row * w->stride_height, cells, strip);
    tile_job here = job;
    size_t at = (size_t)(row / shrink) * p->pooled_width * 8;
    here.y += at;
    if (here.places) here.places += at;
    forward_strip(p, &here, strip, row, part, work);
  }
}

void CK(ck_lane_forward)(const ck_convolution *c, const float *x, size_t blocks,
                         const float *packed, const float *bias, float *y, uint8_t *places,
                         float *scratch) {
  conv_plan plan = plan_of(c), *p = &plan;
  size_t plane = (size_t)p->pooled_height * p->pooled_width * 8;
  size_t group = (size_t)p->channels * p->w.height * p->w.width * 8;
  int later = c->function != CK_IDENTITY && c->function != CK_RELU;
  tile_job job = {(const int32_t *)packed, p->taps, p->filters, p->w.kernel_height};
  job.plane = plane;
  job.relu = c->function == CK_RELU;
  job.pools = c->pools;
  for (size_t b = 0; b < blocks; b++) {
    float *block = y + b * c->filters * plane;
    for (int g = 0; g < c->groups; g++, x += group) {
      size_t first = (size_t)g * p->filters;
      job.weight = packed + 2 * p->taps + g * group_floats(p);
      job.bias = bias ? bias + first : NULL;
      job.y = block + first * plane;
      job.places = places ? places + (b * c->filters + first) * plane : NULL;
      forward_group(p, job, x, aligned64(scratch));
    }
    if (later) CK(ck_activate)(c->function, c->slope, block, c->filters * plane, block);
  }
}
