// Batch normalization by channel, layer normalization and softmax over units, and gates of units.
// Statistics are summed in double precision, in a fixed order.

// The numbers of a vector that count, in run `i` of a channel: all bits, or none.
INLINE lanes_mask counted_in(const ck_channel *c, size_t i) {
  lanes_mask place = {0, 1, 2, 3, 4, 5, 6, 7};
  return place < (i + 1 == c->n ? (int32_t)c->last : 8);
}

INLINE lanes kept_lanes(lanes v, lanes_mask counted) {
  return (lanes)((lanes_mask)v & counted);
}

// The last, shorter vector of a run, zero behind its end.
INLINE lanes tail_lanes(const float *x, size_t n) {
  lanes v = {0};
  for (size_t j = 0; j < n; j++) v[j] = x[j];
  return v;
}

// The sum over runs begin..<end of what x is above `shift`, or of its square.
static double run_sum(const float *x, const ck_channel *c, size_t begin, size_t end,
                          float shift, int squares) {
  double total = 0.0;
  for (size_t i = begin; i < end; i++) {
    const float *a = x + i * c->stride;
    lanes_mask counted = counted_in(c, i);
    lanes s = {0};
    size_t j = 0;
    for (; j + 8 <= c->p; j += 8) {
      lanes d = kept_lanes(*(const lanes *)(a + j) - shift, counted);
      s += squares ? d * d : d;
    }
    if (j < c->p) {
      lanes_mask place = {0, 1, 2, 3, 4, 5, 6, 7};
      lanes d = kept_lanes(tail_lanes(a + j, c->p - j) - shift, place < (int32_t)(c->p - j));
      s += squares ? d * d : d;
    }
    total += (double)TREE(s);
  }
  return total;
}

// Twice over a group of runs while it is in the cache; then the groups are joined.
// Chan, Golub and LeVeque 1983, doi:10.1080/00031305.1983.10483115.
void CK(ck_moments)(const float *x, const ck_channel *c, float *mean, float *variance) {
  size_t group = c->p < 8192 ? 8192 / c->p : 1;
  double seen = 0.0, middle = 0.0, squares = 0.0;
  for (size_t i = 0; i < c->n; i += group) {
    size_t end = i + group < c->n ? i + group : c->n;
    double count = (double)(end - i) * (double)c->p;
    if (end == c->n) count -= (double)c->p / 8.0 * (double)(8 - c->last);
    float shift = x[i * c->stride];
    double local = (double)shift + run_sum(x, c, i, end, shift, 0) / count;
    float near = (float)local;
    double rest = local - (double)near;
    double spread = run_sum(x, c, i, end, near, 1) - count * rest * rest;
    double apart = local - middle, all = seen + count;
    middle += apart * count / all;
    squares += spread + apart * apart * seen * count / all;
    seen = all;
  }
  *mean = (float)middle;
  *variance = (float)((squares > 0.0 ? squares : 0.0) / seen);
}

void CK(ck_affine)(int f, float slope, const float *x, const ck_channel *c, float gain,
                   float offset, float *y) {
  FOR_ACTIVATION(f, {
    for (size_t i = 0; i < c->n; i++) {
      const float *a = x + i * c->stride;
      float *b = y + i * c->stride;
      for (size_t j = 0; j < c->p; j++) b[j] = act(F, a[j] * gain + offset, slope);
    }
  })
}

// dy f'(y), for functions whose slope follows from the output.
INLINE lanes slopes_lanes(int f, float slope, lanes dy, lanes y) {
  if (f == CK_IDENTITY) return dy;
  if (f == CK_RELU) return (lanes)((lanes_mask)dy & (lanes_mask)(y > 0.0f));
  return dy * slope_lanes(f, slope, y);
}

void CK(ck_channel_sums)(int f, float slope, const float *dy, const float *y, const float *x,
                         const ck_channel *c, float mean, float *sums) {
  double first = 0.0, second = 0.0;
  FOR_ACTIVATION(f, {
    for (size_t i = 0; i < c->n; i++) {
      const float *d = dy + i * c->stride, *o = y + i * c->stride, *a = x + i * c->stride;
      lanes_mask counted = counted_in(c, i);
      lanes s = {0}, t = {0};
      size_t j = 0;
      for (; j + 8 <= c->p; j += 8) {
        lanes g = slopes_lanes(F, slope, *(const lanes *)(d + j), *(const lanes *)(o + j));
        g = kept_lanes(g, counted);
        s += g;
        t += g * (*(const lanes *)(a + j) - mean);
      }
      if (j < c->p) {
        size_t n = c->p - j;
        lanes g = slopes_lanes(F, slope, tail_lanes(d + j, n), tail_lanes(o + j, n));
        s += g;
        t += g * (tail_lanes(a + j, n) - mean);
      }
      first += (double)TREE(s);
      second += (double)TREE(t);
    }
  })
  sums[0] = (float)first;
  sums[1] = (float)second;
}

void CK(ck_channel_back)(int f, float slope, const float *dy, const float *y, const float *x,
                         const ck_channel *c, const ck_combination *w, float *dx) {
  FOR_ACTIVATION(f, {
    for (size_t i = 0; i < c->n; i++) {
      size_t at = i * c->stride, j = 0;
      lanes_mask counted = counted_in(c, i);
      for (; j + 8 <= c->p; j += 8) {
        size_t k = at + j;
        lanes g = slopes_lanes(F, slope, *(const lanes *)(dy + k), *(const lanes *)(y + k));
        lanes r = w->dy * g + w->x * (*(const lanes *)(x + k) - w->mean) + w->constant;
        *(lanes *)(dx + k) = kept_lanes(r, counted);
      }
      for (; j < c->p; j++) {
        size_t k = at + j;
        dx[k] = w->dy * dy[k] * act_slope(F, y[k], slope) + w->x * (x[k] - w->mean) + w->constant;
      }
    }
  })
}

// Positions beside each other that go through the units together: rows of memory are read as they lie.
enum { POSITIONS = 16 };

// Runs `tile` for all positions, with a count of them that the compiler knows where it can.
#define FOR_POSITIONS(p, tile, ...) \
  for (size_t j = 0; j < (p); j += POSITIONS) { \
    if (j + POSITIONS <= (p)) \
      tile(POSITIONS, j, __VA_ARGS__); \
    else \
      tile((p) - j, j, __VA_ARGS__); \
  }

INLINE void layernorm_tile(const size_t n, size_t j, const float *x, size_t units, size_t p,
                           const float *gain, const float *bias, float epsilon, float *y,
                           float *saved) {
  double sums[POSITIONS] = {0}, squares[POSITIONS] = {0};
  float mean[POSITIONS], scale[POSITIONS];
  for (size_t u = 0; u < units; u++)
    for (size_t i = 0; i < n; i++) sums[i] += x[u * p + j + i];
  for (size_t i = 0; i < n; i++) mean[i] = (float)(sums[i] / (double)units);
  for (size_t u = 0; u < units; u++)
    for (size_t i = 0; i < n; i++) {
      float d = x[u * p + j + i] - mean[i];
      squares[i] += (double)(d * d);
    }
  for (size_t i = 0; i < n; i++) {
    scale[i] = 1.0f / sqrtf((float)(squares[i] / (double)units) + epsilon);
    saved[j + i] = mean[i];
    saved[p + j + i] = scale[i];
  }
  for (size_t u = 0; u < units; u++)
    for (size_t i = 0; i < n; i++)
      y[u * p + j + i] = (x[u * p + j + i] - mean[i]) * scale[i] * gain[u] + bias[u];
}

void CK(ck_layernorm)(const float *x, size_t units, size_t p, const float *gain,
                      const float *bias, float epsilon, float *y, float *saved) {
  FOR_POSITIONS(p, layernorm_tile, x, units, p, gain, bias, epsilon, y, saved)
}

INLINE void layernorm_back_tile(const size_t n, size_t j, const float *dy, const float *x,
                                const float *saved, size_t units, size_t p, const float *gain,
                                float *dx, float *dgain, float *dbias) {
  const float *mean = saved + j, *scale = saved + p + j;
  double first[POSITIONS] = {0}, second[POSITIONS] = {0};
  float a[POSITIONS], b[POSITIONS];
  for (size_t u = 0; u < units; u++) {
    float gains = 0.0f, biases = 0.0f;
    for (size_t i = 0; i < n; i++) {
      size_t k = u * p + j + i;
      float h = (x[k] - mean[i]) * scale[i], g = dy[k] * gain[u];
      gains += dy[k] * h;
      biases += dy[k];
      first[i] += g;
      second[i] += (double)(g * h);
    }
    dgain[u] += gains;
    dbias[u] += biases;
  }
  for (size_t i = 0; i < n; i++) {
    a[i] = (float)(first[i] / (double)units);
    b[i] = (float)(second[i] / (double)units);
  }
  for (size_t u = 0; u < units; u++)
    for (size_t i = 0; i < n; i++) {
      size_t k = u * p + j + i;
      dx[k] = scale[i] * (dy[k] * gain[u] - a[i] - (x[k] - mean[i]) * scale[i] * b[i]);
    }
}

void CK(ck_layernorm_back)(const float *dy, const float *x, const float *saved, size_t units,
                           size_t p, const float *gain, float *dx, float *dgain, float *dbias) {
  FOR_POSITIONS(p, layernorm_back_tile, dy, x, saved, units, p, gain, dx, dgain, dbias)
}

INLINE void softmax_tile(const size_t n, size_t j, const float *x, size_t units, size_t p,
                         float *y) {
  float top[POSITIONS], sum[POSITIONS] = {0};
  for (size_t i = 0; i < n; i++) top[i] = x[j + i];
  for (size_t u = 1; u < units; u++)
    for (size_t i = 0; i < n; i++) {
      float v = x[u * p + j + i];
      top[i] = v > top[i] ? v : top[i];
    }
  for (size_t u = 0; u < units; u++)
    for (size_t i = 0; i < n; i++) {
      float e = exp1(x[u * p + j + i] - top[i]);
      y[u * p + j + i] = e;
      sum[i] += e;
    }
  for (size_t u = 0; u < units; u++)
    for (size_t i = 0; i < n; i++) y[u * p + j + i] /= sum[i];
}

void CK(ck_softmax)(const float *x, size_t units, size_t p, float *y) {
  FOR_POSITIONS(p, softmax_tile, x, units, p, y)
}

INLINE void softmax_back_tile(const size_t n, size_t j, const float *dy, const float *y,
                              size_t units, size_t p, float *dx) {
  float sum[POSITIONS] = {0};
  for (size_t u = 0; u < units; u++)
    for (size_t i = 0; i < n; i++) sum[i] += dy[u * p + j + i] * y[u * p + j + i];
  for (size_t u = 0; u < units; u++)
    for (size_t i = 0; i < n; i++) {
      size_t k = u * p + j + i;
      dx[k] = y[k] * (dy[k] - sum[i]);
    }
}

void CK(ck_softmax_back)(const float *dy, const float *y, size_t units, size_t p, float *dx) {
  FOR_POSITIONS(p, softmax_back_tile, dy, y, units, p, dx)
}

// The gates of a unit are one number in rows, and eight in lanes: `width`.
void CK(ck_gate)(const float *x, const float *gates, size_t units, size_t p, size_t width,
                 float *y) {
  for (size_t u = 0; u < units; u++, x += p * width, y += p * width, gates += width) {
    float gate = gates[0];
    if (width == 1)
      for (size_t j = 0; j < p; j++) y[j] = x[j] * gate;
    else
      for (size_t j = 0; j < p; j++)
        for (size_t i = 0; i < width; i++) y[j * width + i] = x[j * width + i] * gates[i];
  }
}

void CK(ck_gate_back)(const float *dy, const float *x, size_t units, size_t p, size_t width,
                      float *dgates) {
  for (size_t u = 0; u < units; u++, x += p * width, dy += p * width, dgates += width) {
    if (width == 1) {
      dgates[0] = CK(ck_dot)(dy, x, p);
      continue;
    }
    for (size_t i = 0; i < width; i++) dgates[i] = 0.0f;
    for (size_t j = 0; j < p; j++)
      for (size_t i = 0; i < width; i++) dgates[i] += dy[j * width + i] * x[j * width + i];
  }
}
