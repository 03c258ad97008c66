// Extremes, counts and masks. Included once per kernel set.

size_t CK(ck_extremes)(const float *x, size_t n, float *out) {
  const float infinity = __builtin_inff();
  float least = infinity, greatest = -infinity;
  size_t i = 0, strange = 0;
  while (i + STREAM_STEP <= n) {
    reals low = (reals){0} + infinity, high = -low;
    wholes odd = {0};
    size_t end = n - i > stream_stretch ? i + stream_stretch : n;
    for (; i + STREAM_STEP <= end; i += STREAM_STEP) {
      reals v = stream_load(x + i);
      // Comparisons with what is no number are false: it never gets in.
      low = stream_pick(v < low, v, low);
      high = stream_pick(v > high, v, high);
      odd -= v != v;
    }
    float lows[STREAM_STEP], highs[STREAM_STEP];
    memcpy(lows, &low, sizeof low);
    memcpy(highs, &high, sizeof high);
    for (int half = STREAM_STEP / 2; half > 0; half /= 2)
      for (int l = 0; l < half; l++) {
        lows[l] = lows[l + half] < lows[l] ? lows[l + half] : lows[l];
        highs[l] = highs[l + half] > highs[l] ? highs[l + half] : highs[l];
      }
    least = lows[0] < least ? lows[0] : least;
    greatest = highs[0] > greatest ? highs[0] : greatest;
    strange += stream_total(odd);
  }
  for (; i < n; i++) {
    least = x[i] < least ? x[i] : least;
    greatest = x[i] > greatest ? x[i] : greatest;
    strange += x[i] != x[i];
  }
  out[0] = least;
  out[1] = greatest;
  return strange;
}

size_t CK(ck_count_nonzero)(const float *x, size_t n) {
  size_t i = 0, count = 0;
  while (i + STREAM_STEP <= n) {
    wholes found = {0};
    size_t end = n - i > stream_stretch ? i + stream_stretch : n;
    for (; i + STREAM_STEP <= end; i += STREAM_STEP) found -= stream_load(x + i) != 0;
    count += stream_total(found);
  }
  for (; i < n; i++) count += x[i] != 0;
  return count;
}

size_t CK(ck_count_bits)(const float *x, size_t n) {
  size_t i = 0, count = 0;
  while (i + STREAM_STEP <= n) {
    wholes found = {0};
    size_t end = n - i > stream_stretch ? i + stream_stretch : n;
    for (; i + STREAM_STEP <= end; i += STREAM_STEP) found -= (wholes)stream_load(x + i) != 0;
    count += stream_total(found);
  }
  for (; i < n; i++) {
    uint32_t bits;
    memcpy(&bits, x + i, 4);
    count += bits != 0;
  }
  return count;
}

// What is no number is as high as can be.
STREAM_INLINE reals stream_tamed(reals v) {
  return stream_pick(v != v, (reals){0} + __builtin_inff(), v);
}

STREAM_INLINE float stream_tamed1(float v) { return v != v ? __builtin_inff() : v; }

size_t CK(ck_count_below)(const float *x, size_t n, float limit, size_t *equal) {
  size_t i = 0, below = 0, same = 0;
  while (i + STREAM_STEP <= n) {
    wholes less = {0}, even = {0};
    size_t end = n - i > stream_stretch ? i + stream_stretch : n;
    for (; i + STREAM_STEP <= end; i += STREAM_STEP) {
      reals v = stream_tamed(stream_load(x + i));
      less -= v < limit;
      even -= v == limit;
    }
    below += stream_total(less);
    same += stream_total(even);
  }
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
