// The way back. dx is a convolution of dz with a border: for a stride s, one for each residue of
// row and column, of the kernel's cells that reach it.

// Of the kernel's cells those that reach the inputs i with (i + padding) % stride == residue.
typedef struct {
  int y, x;  // the residue
  int rows, columns;
} reached;

static reached reached_by(const ck_window *w, int residue) {
  reached r = {residue / w->stride_width, residue % w->stride_width};
  r.rows = cells(w->kernel_height, w->stride_height, r.y);
  r.columns = cells(w->kernel_width, w->stride_width, r.x);
  return r;
}

static void pack_residue(const conv_plan *p, reached r, const float *w, float *packed) {
  const ck_window *k = &p->w;
  size_t kernel = (size_t)k->kernel_height * k->kernel_width;
  int32_t *offsets = (int32_t *)packed;
  for (int y = r.rows - 1; y >= 0; y--)
    for (int o = 0; o < p->filters; o++)
      for (int x = 0; x < r.columns; x++)
        *offsets++ = o * p->z.plane - y * p->z.pitch - x * 8;
  packed += (size_t)p->filters * r.rows * r.columns;
  for (int g = 0; g < p->c->groups; g++, w += (size_t)p->filters * p->taps)
    for (int first = 0; first < p->channels;) {
      int n = tile_filters(p->channels - first);
      for (int y = r.rows - 1; y >= 0; y--)
        for (int o = 0; o < p->filters; o++)
          for (int x = 0; x < r.columns; x++) {
            int cell = (y * k->stride_height + r.y) * k->kernel_width + x * k->stride_width + r.x;
            for (int c = 0; c < n; c++)
              *packed++ = w[(size_t)o * p->taps + (first + c) * kernel + cell];
          }
      first += n;
    }
}

static size_t residue_floats(const conv_plan *p, reached r) {
  return (size_t)p->filters * r.rows * r.columns * (1 + (size_t)p->c->groups * p->channels);
}

size_t CK(ck_lane_scratch)(const ck_convolution *c) {
  conv_plan plan = plan_of(c), *p = &plan;
  size_t forward = x_floats(p) + (p->winograd ? winograd_scratch(p, p->channels) : 0);
  size_t back = x_floats(p) + (size_t)p->filters * p->z.plane +
                (p->winograd_weight ? c->groups * winograd_weight_sums(p) : 0) +
                most(p->winograd_back ? winograd_scratch(p, p->filters) : 0,
                     p->winograd_weight ? winograd_weight_scratch(p) : 0);
  return most(forward, p->sparse ? sparse_floats(p) : back) + 32;
}

size_t CK(ck_lane_packed)(const ck_convolution *c, int backward) {
  conv_plan plan = plan_of(c), *p = &plan;
  size_t weights = (size_t)c->filters * p->taps;
  size_t offsets = (size_t)p->filters * p->w.kernel_height * p->w.kernel_width;
  if (!backward) return forward_floats(p);
  if (p->winograd_back) weights = c->groups * winograd_weights(p);
  return forward_floats(p) + (p->sparse ? sums_floats(p) : offsets + weights);
}

void CK(ck_lane_pack)(const ck_convolution *c, const float *w, int backward, float *packed) {
  conv_plan plan = plan_of(c), *p = &plan;
  pack_forward(p, w, packed);
  if (!backward) return;
  packed += forward_floats(p);
  if (p->sparse) {
    pack_rows(p, w, packed);
    return;
  }
  if (p->winograd_back) {
    pack_winograd(p, w, 1, packed);
    return;
  }
  for (int i = 0; i < p->w.stride_height * p->w.stride_width; i++) {
    reached r = reached_by(&p->w, i);
    pack_residue(p, r, w, packed);
    packed += residue_floats(p, r);
  }
}

// The first i >= from with (i + padding) % stride == residue.
static int first_reached(int from, int padding, int stride, int residue) {
  return from + ((residue - from - padding) % stride + stride) % stride;
}

// Rows first..<last of one group's dx by minimal filtering: a convolution with kernels turned
// around.
static void input_tiles(const conv_plan *p, int group, const float *packed, const float *z, int top,
                        int first, int last, float *dx, float *work) {
  const ck_window *w = &p->w;
  int kernel = w->kernel_height;
  tile_grid grid = {last - first, w->width, p->z.pitch, 8, (size_t)w->width * 8, 8};
  tile_job job = {.filters = p->channels};
  job.weight = packed + group * winograd_weights(p);
  job.y = dx + (size_t)first * w->width * 8;
  job.plane = (size_t)w->height * w->width * 8;
  wino_tiles tiles = {.plane = p->z.plane, .pitch = p->z.pitch, .channels = p->filters};
  tiles.work = work;
  int row = first + w->padding_height - (kernel - 1) - top;
  int column = w->padding_width - (kernel - 1) - p->left;
  run_winograd(&job, &grid, kernel, &tiles, z + (size_t)row * p->z.pitch + (size_t)column * 8);
}

// Rows first..<last of one group's dx from dz, whose row `top` is the strip's first.
static void input_rows(const conv_plan *p, int group, const float *packed, const float *z, int top,
                       int first, int last, float *dx) {
  const ck_window *w = &p->w;
  int down = w->stride_height, right = w->stride_width;
  for (int i = 0; i < down * right; i++) {
    reached r = reached_by(w, i);
    int y = first_reached(first, w->padding_height, down, r.y);
    int x = first_reached(0, w->padding_width, right, r.x);
    tile_grid grid = {0};
    grid.rows = y < last ? (last - 1 - y) / down + 1 : 0;
    grid.columns = x < w->width ? (w->width - 1 - x) / right + 1 : 0;
    grid.x_down = p->z.pitch;
    grid.x_right = 8;
    grid.y_down = (size_t)down * w->width * 8;
    grid.y_right = (size_t)right * 8;
    int taps = p->filters * r.rows * r.columns;
    tile_job job = {(const int32_t *)packed, taps, p->channels, r.rows};
    job.weight = packed + job.taps + (size_t)group * p->channels * job.taps;
    job.y = dx + ((size_t)y * w->width + x) * 8;
    job.plane = (size_t)w->height * w->width * 8;
    packed += residue_floats(p, r);
    if (grid.rows <= 0 || grid.columns <= 0) continue;
    grid.plane_row = (y + w->padding_height) / down - (r.rows - 1);
    grid.plane_step = 1;
    grid.plane_rows = w->out_height;
    int from_y = (y + w->padding_height) / down - top;
    int from_x = (x + w->padding_width) / right - p->left;
    const float *cell = z + (size_t)from_y * p->z.pitch + (size_t)from_x * 8;
    run_filters(&job, &grid, cell);
  }
}

// What one group of one block reads and writes; gradients are none where not asked for.
typedef struct {
  const float *x;
  outcome from;
  float *dx, *dw, *db;
  float *x_strip, *z_strip, *work;
  float *sums;  // of the gradient of the weights at the points of minimal filtering
} group_job;

// Adds to dw what the rows first..<last of dz give; z_strip begins with row `top`.
static void weight_rows(const conv_plan *p, const group_job *job, const int32_t *offsets, int top,
                        int first, int last) {
  const ck_window *w = &p->w;
  weight_job part = {.offsets = offsets, .columns = w->out_width};
  part.filters = p->filters;
  part.taps = p->taps;
  part.x_down = (size_t)w->stride_height * p->x.pitch;
  part.x_right = (size_t)w->stride_width * 8;
  part.z_down = p->z.pitch;
  part.z_plane = p->z.plane;
  part.dw = job->dw;
  for (int row = first; row < last; row += p->out_rows) {
    part.rows = (int)least(p->out_rows, last - row);
    int cells = (part.rows - 1) * w->stride_height + w->kernel_height;
    part.x = job->x + row * part.x_down;
    if (p->copies) {
      copy_strip(p, job->x, row * w->stride_height, cells, job->x_strip);
      part.x = job->x_strip;
    }
    part.z = job->z_strip + (size_t)(row - top) * p->z.pitch - p->left * 8;
    if (p->winograd_weight && part.rows >= 2) {
      add_points(p, &part, job->sums, job->work);
      int done = part.rows & ~1;
      part.x += done * part.x_down;
      part.z += done * part.z_down;
      part.rows -= done;
    }
    if (part.rows) add_weight_gradient(&part);
  }
}

// Without dx, strips of dz are short and do not overlap.
static void group_weight(const conv_plan *p, const group_job *job, const int32_t *offsets) {
  enum { SHORT_BYTES = 64 << 10 };
  int rows = (int)most(1, SHORT_BYTES / ((long)p->filters * p->z.pitch * (long)sizeof(float)));
  rows = (int)least(rows, p->z.rows);
  for (int row = 0; row < p->w.out_height; row += rows) {
    int last = (int)least(row + rows, p->w.out_height);
    copy_slopes(p, job->from, row, last, job->z_strip);
    weight_rows(p, job, offsets, row, row, last);
  }
}

// A strip of dz serves the rows of dx that it reaches, and the weights with the rows that are new.
static void group_back(const conv_plan *p, const group_job *job, int group, const float *packed) {
  const ck_window *w = &p->w;
  if (job->db) add_bias_gradient(p, job->from, job->db);
  if (job->dw && !job->dx) group_weight(p, job, (const int32_t *)packed + p->taps);
  if (!job->dx) return;
  int reach = (w->kernel_height - 1) / w->stride_height, done = 0;
  int rows = (p->z.rows - reach - 1) * w->stride_height + 1;
  if (p->winograd_back) rows &= ~1;
  if (p->z.rows == p->all_rows) rows = w->height;
  for (int next = 0; next < w->height; next += rows) {
    int last = (int)least(next + rows, w->height);
    int row = p->winograd_back && last - next == 1 ? next - 1 : next;
    int top = (row + w->padding_height) / w->stride_height - reach;
    int bottom = (last - 1 + w->padding_height) / w->stride_height;
    copy_slopes(p, job->from, top, bottom + 1, job->z_strip);
    const float *weights = packed + forward_floats(p);
    if (p->winograd_back)
      input_tiles(p, group, weights, job->z_strip, top, row, last, job->dx, job->work);
    else
      input_rows(p, group, weights, job->z_strip, top, row, last, job->dx);
    int known = (int)least(bottom + 1, w->out_height);
    if (job->dw) weight_rows(p, job, (const int32_t *)packed + p->taps, top, done, known);
    done = known;
  }
}

// What block b and group g of all read and write.
static group_job job_of(const conv_plan *p, const outcome *from, const float *x, float *dx,
                        size_t b, int g) {
  size_t out = (size_t)p->pooled_height * p->pooled_width * 8 * p->filters;
  size_t in = (size_t)p->channels * p->w.height * p->w.width * 8;
  size_t at = b * p->c->groups + g;
  group_job job = {.x = x + at * in, .dx = dx ? dx + at * in : NULL};
  job.from.dy = from->dy + at * out;
  job.from.y = from->y + at * out;
  job.from.places = from->places ? from->places + at * out : NULL;
  return job;
}

static void sparse_back(const conv_plan *p, outcome from, const float *x, size_t blocks,
                        const float *packed, float *dx, float *dw, float *db, float *scratch) {
  sparse_scratch s = split_scratch(p, scratch);
  const float *rows = packed + forward_floats(p);
  if (dw) memset(s.sums, 0, sums_floats(p) * sizeof(float));
  for (size_t b = 0; b < blocks; b++) {
    group_job job = job_of(p, &from, x, dx, b, 0);
    if (db) add_bias_gradient(p, job.from, db);
    sparse_block(p, job.from, job.x, rows, job.dx, dw != NULL, s);
  }
  if (dw) unpack_rows(p, s.sums, dw);
}

void CK(ck_lane_backward)(const ck_convolution *c, const float *dy, const float *x,
                          const float *y, size_t blocks, const uint8_t *places,
                          const float *packed, float *dx, float *dw, float *db, float *scratch) {
  conv_plan plan = plan_of(c), *p = &plan;
  outcome from = {dy, y, places};
  if (db) memset(db, 0, (size_t)c->filters * sizeof(float));
  if (p->sparse) {
    sparse_back(p, from, x, blocks, packed, dx, dw, db, scratch);
    return;
  }
  if (dw) memset(dw, 0, (size_t)c->filters * p->taps * sizeof(float));
  size_t sums = dw && p->winograd_weight ? winograd_weight_sums(p) : 0;
  float *x_strip = aligned64(scratch), *z_strip = x_strip + x_floats(p);
  float *all_sums = z_strip + (size_t)p->filters * p->z.plane;
  memset(all_sums, 0, c->groups * sums * sizeof(float));
  for (size_t b = 0; b < blocks; b++)
    for (int g = 0; g < c->groups; g++) {
      group_job job = job_of(p, &from, x, dx, b, g);
      job.dw = dw ? dw + (size_t)g * p->filters * p->taps : NULL;
      job.db = db ? db + (size_t)g * p->filters : NULL;
      job.x_strip = x_strip;
      job.z_strip = z_strip;
      job.sums = all_sums + g * sums;
      job.work = all_sums + c->groups * sums;
      group_back(p, &job, g, packed);
    }
  for (int g = 0; sums && g < c->groups; g++)
    add_point_sums(p, all_sums + g * sums, dw + (size_t)g * p->filters * p->taps);
}
