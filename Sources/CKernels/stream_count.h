// Extremes, counts and masks. Included once per kernel set.

// What the lanes span so far, and how many elements in each were no numbers.
typedef struct {
  reals low, high;
  wholes odd;
} stream_span;

INLINE stream_span stream_no_span(void) {
  const reals infinity = stream_all(__builtin_inff());
  return (stream_span){infinity, -infinity, {0}};
}

// Comparisons with what is no number are false: it never gets in.
INLINE stream_span stream_spread(stream_span s, reals v) {
  s.low = stream_pick(v < s.low, v, s.low);
  s.high = stream_pick(v > s.high, v, s.high);
  s.odd -= v != v;
  return s;
}

// The ends of what the lanes and n elements more span; answers how many were no numbers.
INLINE size_t stream_close(stream_span s, const float *x, size_t n, float *out) {
  size_t i = 0;
  for (; i + STREAM_STEP <= n; i += STREAM_STEP) s = stream_spread(s, stream_load(x + i));
  float lows[STREAM_STEP], highs[STREAM_STEP];
  memcpy(lows, &s.low, sizeof lows);
  memcpy(highs, &s.high, sizeof highs);
  for (int half = STREAM_STEP / 2; half > 0; half /= 2)
    for (int l = 0; l < half; l++) {
      lows[l] = lows[l + half] < lows[l] ? lows[l + half] : lows[l];
      highs[l] = highs[l + half] > highs[l] ? highs[l + half] : highs[l];
    }
  size_t strange = stream_total(s.odd);
  for (; i < n; i++) {
    lows[0] = x[i] < lows[0] ? x[i] : lows[0];
    highs[0] = x[i] > highs[0] ? x[i] : highs[0];
    strange += x[i] != x[i];
  }
  out[0] = lows[0];
  out[1] = highs[0];
  return strange;
}

size_t CK(ck_extremes)(const float *x, size_t n, float *out) {
  return stream_close(stream_no_span(), x, n, out);
}

// Elements that are not 0, or that have any bit set.
INLINE wholes stream_found(reals v, const int bits) { return bits ? (wholes)v != 0 : v != 0; }

INLINE size_t stream_count(const float *x, size_t n, const int bits) {
  wholes found = {0};
  size_t i = 0;
  for (; i + STREAM_STEP <= n; i += STREAM_STEP) found -= stream_found(stream_load(x + i), bits);
  found -= stream_found(stream_load_rest(x + i, n - i), bits);
  return stream_total(found);
}

size_t CK(ck_count_nonzero)(const float *x, size_t n) { return stream_count(x, n, 0); }

size_t CK(ck_count_bits)(const float *x, size_t n) { return stream_count(x, n, 1); }

// What is no number is as high as can be.
INLINE reals stream_tamed(reals v) {
  return stream_pick(v != v, stream_all(__builtin_inff()), v);
}

INLINE float stream_tamed1(float v) { return v != v ? __builtin_inff() : v; }

size_t CK(ck_count_below)(const float *x, size_t n, float limit, size_t *equal) {
  wholes less = {0}, even = {0};
  size_t i = 0;
  for (; i + STREAM_STEP <= n; i += STREAM_STEP) {
    reals v = stream_tamed(stream_load(x + i));
    less -= v < limit;
    even -= v == limit;
  }
  size_t below = stream_total(less), same = stream_total(even);
  for (; i < n; i++) {
    below += stream_tamed1(x[i]) < limit;
    same += stream_tamed1(x[i]) == limit;
  }
  *equal = same;
  return below;
}

void CK(ck_mask_below)(const float *x, size_t n, float limit, size_t ties, uint8_t *mask) {
  size_t i = 0;
  for (; i + STREAM_STEP <= n; i += STREAM_STEP) {
    reals v = stream_tamed(stream_load(x + i));
    wholes chosen = v < limit, even = v == limit;
    if (stream_any(even)) {
      size_t count = (size_t)__builtin_popcount(stream_bits(even));
      // The last ties are given out one by one, below.
      if (count > ties) break;
      ties -= count;
      chosen |= even;
    }
    *(octets *)(mask + i) = __builtin_convertvector(-chosen, octets);
  }
  for (; i < n && ties > 0; i++) {
    float v = stream_tamed1(x[i]);
    mask[i] = v <= limit;
    ties -= v == limit;
  }
  // No ties left: from here on only what is below.
  for (; i + STREAM_STEP <= n; i += STREAM_STEP) {
    wholes chosen = stream_tamed(stream_load(x + i)) < limit;
    *(octets *)(mask + i) = __builtin_convertvector(-chosen, octets);
  }
  for (; i < n; i++) mask[i] = stream_tamed1(x[i]) < limit;
}

void CK(ck_zero_where)(const uint8_t *mask, const float *x, size_t n, float *y) {
  size_t i = 0;
  for (; i + STREAM_STEP <= n; i += STREAM_STEP) {
    wholes kept = __builtin_convertvector(*(const octets *)(mask + i), wholes) == 0;
    *(wholes *)(y + i) = *(const wholes *)(x + i) & kept;
  }
  for (; i < n; i++) y[i] = mask[i] ? 0.0f : x[i];
}

void CK(ck_magnitudes)(const float *x, size_t n, float *y) {
  for (size_t i = 0; i < n; i++) y[i] = __builtin_fabsf(x[i]);
}

size_t CK(ck_collect_bits)(const float *x, size_t n, int32_t first, int32_t *places,
                           float *values) {
  size_t i = 0, found = 0;
  for (; i + STREAM_STEP <= n; i += STREAM_STEP) {
    uint32_t set = stream_bits((wholes)stream_load(x + i) != 0);
    for (; set; set &= set - 1) {
      size_t at = i + (size_t)__builtin_ctz(set);
      places[found] = first + (int32_t)at;
      values[found++] = x[at];
    }
  }
  for (; i < n; i++) {
    uint32_t bits;
    memcpy(&bits, x + i, 4);
    if (!bits) continue;
    places[found] = first + (int32_t)i;
    values[found++] = x[i];
  }
  return found;
}
