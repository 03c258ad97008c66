// Numbers to codes on a uniform grid, and back. Included once per kernel set.

// Added to a number of at most 2^22, its last bit counts ones: it is rounded, halves to even.
static const float grid_rounder = 12582912.0f;
static const int32_t grid_rounder_bits = 0x4B400000;

// The steps from the zero point, rounded and clamped. Clamping first comes to the same, for the ends
// are whole numbers; and it divides, for a product with 1 / scale would round otherwise.
STREAM_INLINE wholes grid_steps(reals v, const ck_grid *grid) {
  float low = (float)(grid->low - grid->zero), high = (float)(grid->high - grid->zero);
  reals s = v / grid->scale;
  s = stream_pick(s > low, s, (reals){0} + low);
  s = stream_pick(s < high, s, (reals){0} + high);
  return (wholes)(s + grid_rounder) - grid_rounder_bits;
}

STREAM_INLINE int32_t grid_steps1(float v, const ck_grid *grid) {
  float low = (float)(grid->low - grid->zero), high = (float)(grid->high - grid->zero);
  float s = v / grid->scale;
  s = s > low ? s : low;
  s = s < high ? s : high;
  s += grid_rounder;
  int32_t bits;
  memcpy(&bits, &s, 4);
  return bits - grid_rounder_bits;
}

// What is read next lies behind these elements: fetched meanwhile, so that memory is never idle.
void CK(ck_quantize)(const float *x, size_t n, const ck_grid *grid, size_t ahead,
                     uint8_t *codes) {
  const ck_grid g = *grid;
  const int32_t stored = (1 << g.bits) - 1;
  size_t i = 0;
  for (; i + STREAM_STEP <= n; i += STREAM_STEP) {
    if (i < ahead) {
      const float *next = x + n + i;
      __builtin_prefetch(next, 0, 2);
      __builtin_prefetch(next + STREAM_STEP / 2, 0, 2);
    }
    wholes code = (grid_steps(stream_load(x + i), &g) + g.zero) & stored;
    *(octets *)(codes + i) = __builtin_convertvector(code, octets);
  }
  for (; i < n; i++) codes[i] = (uint8_t)((grid_steps1(x[i], &g) + g.zero) & stored);
}

void CK(ck_dequantize)(const uint8_t *codes, size_t n, const ck_grid *grid, float *y) {
  const ck_grid g = *grid;
  // Codes below 0 have the sign in their highest stored bit: flipped, it is worth its negative.
  const int32_t sign = g.low < 0 ? 1 << (g.bits - 1) : 0;
  const int32_t shift = sign + g.zero;
  size_t i = 0;
  for (; i + STREAM_STEP <= n; i += STREAM_STEP) {
    wholes code = __builtin_convertvector(*(const octets *)(codes + i), wholes);
    *(reals *)(y + i) = __builtin_convertvector((code ^ sign) - shift, reals) * g.scale;
  }
  for (; i < n; i++) y[i] = (float)((codes[i] ^ sign) - shift) * g.scale;
}

double CK(ck_grid_error)(const float *x, size_t n, const ck_grid *grid) {
  // Fused, the error would be rounded once instead of twice.
#pragma STDC FP_CONTRACT OFF
  const ck_grid g = *grid;
  double sum = 0;
  size_t i = 0;
  for (; i + STREAM_STEP <= n; i += STREAM_STEP) {
    reals v = stream_load(x + i);
    reals e = v - __builtin_convertvector(grid_steps(v, &g), reals) * g.scale;
    float errors[STREAM_STEP];
    memcpy(errors, &e, sizeof e);
    for (int l = 0; l < STREAM_STEP; l++) sum += (double)errors[l] * (double)errors[l];
  }
  for (; i < n; i++) {
    float value = (float)grid_steps1(x[i], &g) * g.scale;
    float e = x[i] - value;
    sum += (double)e * (double)e;
  }
  return sum;
}

STREAM_INLINE float brain1(float v) {
  uint32_t bits, top;
  memcpy(&bits, &v, 4);
  if (v != v) top = bits >> 16 | 0x40;
  else top = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
  // Rounded up to infinity from below it: the largest number instead.
  if (v == v && (top & 0x7FFF) == 0x7F80 && (bits & 0x7FFFFFFF) != 0x7F800000) top--;
  bits = top << 16;
  memcpy(&v, &bits, 4);
  return v;
}

STREAM_INLINE reals half32(reals v) {
  typedef _Float16 halves __attribute__((vector_size(64)));
  const float largest = 65504;
  reals size = (reals)((wholes)v & INT32_MAX);
  // Beyond the largest number, but no infinity: its sign stays.
  wholes beyond = (size > largest) & (size < __builtin_inff());
  reals capped = (reals)((wholes)((reals){0} + largest) | ((wholes)v & INT32_MIN));
  v = stream_pick(beyond, capped, v);
  return __builtin_convertvector(__builtin_convertvector(v, halves), reals);
}

void CK(ck_round_halves)(const float *x, size_t n, int brain, float *y) {
  size_t i = 0;
  if (brain) {
    for (; i < n; i++) y[i] = brain1(x[i]);
    return;
  }
  for (; i + STREAM_STEP <= n; i += STREAM_STEP) *(reals *)(y + i) = half32(stream_load(x + i));
  if (i < n) {
    float rest[STREAM_STEP] = {0};
    memcpy(rest, x + i, (n - i) * sizeof(float));
    *(reals *)rest = half32(*(reals *)rest);
    memcpy(y + i, rest, (n - i) * sizeof(float));
  }
}
