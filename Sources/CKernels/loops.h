// Elementwise loops, activations and reductions. Included once per kernel set, with CK(name) set.

static inline float from_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

// e^x: x = n ln 2 + r, the Taylor polynomial of r, n into the exponent. About 1 ulp; NaN stays.
INLINE float exp1(float x) {
  x = x > 88.37f ? 88.37f : x;
  x = x < -87.33f ? -87.33f : x;
  float shifted = x * 1.44269504f + 12582912.0f;
  uint32_t bits;
  memcpy(&bits, &shifted, 4);
  float n = shifted - 12582912.0f;
  float r = x - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float p = 1.0f / 5040.0f;
  p = p * r + 1.0f / 720.0f;
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  return p * from_bits((bits - 0x4B400000u + 127u) << 23);
}

// The share of a normal distribution that lies below x, within 1e-7. Hastings 1955, in Abramowitz and
// Stegun 1964, 7.1.26.
INLINE float share_below(float x) {
  float z = fabsf(x) * 0.707106781f;
  float t = 1.0f / (1.0f + 0.3275911f * z);
  float p = 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  float tail = 0.5f * p * t * exp1(-z * z);
  return x > 0.0f ? 1.0f - tail : tail;
}

// A NaN goes through every activation: comparisons are written so that it is not taken for 0.
INLINE float act(int f, float x, float slope) {
  switch (f) {
  case CK_RELU: return 0.0f > x ? 0.0f : x;
  case CK_RELU6: x = 0.0f > x ? 0.0f : x; return 6.0f < x ? 6.0f : x;
  case CK_LEAKY: return 0.0f > x ? slope * x : x;
  case CK_SIGMOID: return 1.0f / (1.0f + exp1(-x));
  case CK_TANH: return tanhf(x);
  case CK_GELU: return x * share_below(x);
  case CK_SILU: return x / (1.0f + exp1(-x));
  default: return x;
  }
}

// The derivative: from the input for gelu and silu, from the output for the others.
INLINE float act_slope(int f, float v, float slope) {
  switch (f) {
  case CK_RELU: return v > 0.0f ? 1.0f : 0.0f;
  case CK_RELU6: return (v > 0.0f && v < 6.0f) ? 1.0f : 0.0f;
  case CK_LEAKY: return v > 0.0f ? 1.0f : slope;
  case CK_SIGMOID: return v * (1.0f - v);
  case CK_TANH: return 1.0f - v * v;
  case CK_GELU: return share_below(v) + v * 0.398942280f * exp1(-0.5f * v * v);
  case CK_SILU: {
    float s = 1.0f / (1.0f + exp1(-v));
    return s * (1.0f + v * (1.0f - s));
  }
  default: return 1.0f;
  }
}

// Runs what follows `f` with F a constant, so that each activation has a loop of its own.
#define FOR_ACTIVATION(f, ...) \
  switch (f) { \
  case CK_RELU: { enum { F = CK_RELU }; __VA_ARGS__ } break; \
  case CK_RELU6: { enum { F = CK_RELU6 }; __VA_ARGS__ } break; \
  case CK_LEAKY: { enum { F = CK_LEAKY }; __VA_ARGS__ } break; \
  case CK_SIGMOID: { enum { F = CK_SIGMOID }; __VA_ARGS__ } break; \
  case CK_TANH: { enum { F = CK_TANH }; __VA_ARGS__ } break; \
  case CK_GELU: { enum { F = CK_GELU }; __VA_ARGS__ } break; \
  case CK_SILU: { enum { F = CK_SILU }; __VA_ARGS__ } break; \
  default: { enum { F = CK_IDENTITY }; __VA_ARGS__ } break; \
  }

void CK(ck_bias_rows)(int f, float slope, const float *x, size_t ldx, const float *bias,
                      size_t rows, size_t columns, float *y, size_t ldy) {
  FOR_ACTIVATION(f, {
    for (size_t r = 0; r < rows; r++) {
      const float *a = x + r * ldx;
      float *b = y + r * ldy;
      float t = bias ? bias[r] : 0.0f;
      for (size_t c = 0; c < columns; c++) b[c] = act(F, a[c] + t, slope);
    }
  })
}

void CK(ck_bias_columns)(int f, float slope, float *x, size_t ld, const float *bias,
                         size_t rows, size_t columns) {
  FOR_ACTIVATION(f, {
    for (size_t r = 0; r < rows; r++) {
      float *a = x + r * ld;
      if (bias)
        for (size_t c = 0; c < columns; c++) a[c] = act(F, a[c] + bias[c], slope);
      else
        for (size_t c = 0; c < columns; c++) a[c] = act(F, a[c], slope);
    }
  })
}

void CK(ck_slope_rows)(int f, float slope, const float *dy, const float *y, size_t ldy,
                       size_t rows, size_t columns, float *dz, size_t ldz) {
  FOR_ACTIVATION(f, {
    for (size_t r = 0; r < rows; r++) {
      const float *a = dy + r * ldy;
      const float *b = y + r * ldy;
      float *d = dz + r * ldz;
      for (size_t c = 0; c < columns; c++) d[c] = a[c] * act_slope(F, b[c], slope);
    }
  })
}

void CK(ck_activate)(int f, float slope, const float *x, size_t n, float *y) {
  FOR_ACTIVATION(f, { for (size_t i = 0; i < n; i++) y[i] = act(F, x[i], slope); })
}

void CK(ck_activate_back)(int f, float slope, const float *dy, const float *x, const float *y,
                          size_t n, float *dx) {
  const float *v = f == CK_GELU || f == CK_SILU ? x : y;
  FOR_ACTIVATION(f, { for (size_t i = 0; i < n; i++) dx[i] = dy[i] * act_slope(F, v[i], slope); })
}


// Eight lanes to one number, always in this order.
#define TREE(a) (((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7])))

float CK(ck_sum)(const float *x, size_t n) {
  lanes a = {0};
  size_t i = 0;
  for (; i + 8 <= n; i += 8) a += *(const lanes *)(x + i);
  for (; i < n; i++) a[i & 7] += x[i];
  return TREE(a);
}

float CK(ck_dot)(const float *x, const float *y, size_t n) {
  lanes a = {0};
  size_t i = 0;
  for (; i + 8 <= n; i += 8) a += *(const lanes *)(x + i) * *(const lanes *)(y + i);
  for (; i < n; i++) a[i & 7] += x[i] * y[i];
  return TREE(a);
}

float CK(ck_mean_magnitude)(const float *x, size_t n, float above) {
  double sums[8] = {0}, total = 0;
  int64_t counts[8] = {0}, count = 0;
  for (size_t i = 0; i < n; i += 8) {
    const size_t width = n - i < 8 ? n - i : 8;
    for (size_t l = 0; l < width; l++) {
      const float magnitude = fabsf(x[i + l]);
      const int counted = magnitude > above;
      sums[l] += counted ? (double)magnitude : 0.0;
      counts[l] += counted;
    }
  }
  for (size_t l = 0; l < 8; l++) {
    total += sums[l];
    count += counts[l];
  }
  return count > 0 ? (float)(total / (double)count) : 0.0f;
}

void CK(ck_sum_rows)(const float *x, size_t ld, size_t rows, size_t columns, float *out) {
  for (size_t r = 0; r < rows; r++) out[r] += CK(ck_sum)(x + r * ld, columns);
}

void CK(ck_sum_columns)(const float *x, size_t ld, size_t rows, size_t columns, float *out) {
  for (size_t c = 0; c < columns; c++) out[c] = 0.0f;
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < columns; c++) out[c] += x[r * ld + c];
}

void CK(ck_add)(const float *x, size_t n, float *y) {
  for (size_t i = 0; i < n; i++) y[i] += x[i];
}

void CK(ck_sum_parts)(const float *parts, size_t stride, size_t count, size_t n, float *out) {
  memcpy(out, parts, n * sizeof(float));
  for (size_t k = 1; k < count; k++) CK(ck_add)(parts + k * stride, n, out);
}

// What is kept is a hash of seed and place, so that threads and order do not matter.
void CK(ck_dropout)(const float *x, size_t n, float share, uint64_t seed, float *y) {
  float gain = 1.0f / (1.0f - share);
  uint32_t limit = (uint32_t)(share * 16777216.0f);
  uint32_t low = (uint32_t)seed, high = (uint32_t)(seed >> 32);
  for (size_t i = 0; i < n; i++) {
    uint32_t h = (uint32_t)i * 0x9E3779B1u + low;
    h ^= h >> 16;
    h *= 0x7FEB352Du;
    h ^= (h >> 15) ^ high;
    h *= 0x846CA68Bu;
    h ^= h >> 16;
    y[i] = (h >> 8) >= limit ? x[i] * gain : 0.0f;
  }
}
