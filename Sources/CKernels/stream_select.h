// Exact selection by rank: keys, counting around a bracket, digits. Included once per kernel set.

enum { KEY_DIGIT = 11, KEY_DIGITS = 1 << KEY_DIGIT };

INLINE wholes keys_of(reals v, int order) {
  wholes bits = (wholes)v;
  if (order == CK_BY_MAGNITUDE) return bits & INT32_MAX;
  // Of numbers below 0, the greater the bits the smaller the number.
  wholes key = bits ^ ((bits >> 31) & INT32_MAX), strange = v != v;
  return (key & ~strange) | (strange & INT32_MAX);
}

INLINE int32_t key_of(float v, int order) {
  int32_t bits;
  memcpy(&bits, &v, 4);
  if (order == CK_BY_MAGNITUDE) return bits & INT32_MAX;
  return v != v ? INT32_MAX : bits ^ ((bits >> 31) & INT32_MAX);
}

// Runs BODY with ORDER a constant.
#define FOR_ORDER(order, BODY) \
  if (order == CK_BY_MAGNITUDE) { enum { ORDER = CK_BY_MAGNITUDE }; BODY } \
  else { enum { ORDER = CK_BY_VALUE }; BODY }

void CK(ck_keys)(const float *x, size_t n, int order, int32_t *keys) {
  FOR_ORDER(order, {
    size_t i = 0;
    for (; i + STREAM_STEP <= n; i += STREAM_STEP)
      *(wholes *)(keys + i) = keys_of(stream_load(x + i), ORDER);
    for (; i < n; i++) keys[i] = key_of(x[i], ORDER);
  })
}

// One run in each of `runs` equal parts, at a place in it that looks random, so that no regular
// pattern of the elements goes with it.
void CK(ck_sample_keys)(const float *x, size_t n, int order, size_t runs, int32_t *keys) {
  size_t part = n / runs;
  for (size_t r = 0; r < runs; r++) {
    uint64_t h = (r + 1) * 0x9E3779B97F4A7C15u;
    h ^= h >> 29;
    h *= 0xBF58476D1CE4E5B9u;
    const float *run = x + r * part + (h >> 33) % (part - 15);
    for (size_t i = 0; i < 16; i++) keys[16 * r + i] = key_of(run[i], order);
  }
}

// Writes the keys whose bits are set, in order; answers how many.
INLINE size_t stream_compress(wholes key, wholes mask, int32_t *out) {
#if CK_LEVEL >= 4
  __m512i halves[2];
  memcpy(halves, &key, sizeof key);
  uint32_t set = stream_bits(mask);
  __mmask16 first = (__mmask16)set, second = (__mmask16)(set >> 16);
  size_t count = (size_t)__builtin_popcount(first);
  // Compressing in a register and storing all of it is far quicker than a store that compresses.
  _mm512_storeu_si512(out, _mm512_maskz_compress_epi32(first, halves[0]));
  _mm512_storeu_si512(out + count, _mm512_maskz_compress_epi32(second, halves[1]));
  return (size_t)__builtin_popcount(set);
#else
  int32_t keys[STREAM_STEP];
  memcpy(keys, &key, sizeof key);
  size_t count = 0;
  for (uint32_t set = stream_bits(mask); set; set &= set - 1)
    out[count++] = keys[__builtin_ctz(set)];
  return count;
#endif
}

INLINE size_t stream_collect(const float *x, size_t n, int order, int32_t low, int32_t high,
                             ck_ranks *ranks, int32_t *keys) {
  wholes below = {0}, to_low = {0}, to_high = {0};
  size_t i = 0, found = 0;
  for (; i + STREAM_STEP <= n; i += STREAM_STEP) {
    wholes key = keys_of(stream_load(x + i), order);
    wholes over = key > low, inside = over & (key < high);
    below -= key < low;
    to_low -= ~over;
    to_high -= key <= high;
    if (__builtin_expect(stream_any(inside), 0))
      found += stream_compress(key, inside, keys + found);
  }
  ranks->below_low += stream_total(below);
  ranks->to_low += stream_total(to_low);
  ranks->to_high += stream_total(to_high);
  for (; i < n; i++) {
    int32_t key = key_of(x[i], order);
    ranks->below_low += key < low;
    ranks->to_low += key <= low;
    ranks->to_high += key <= high;
    if (key > low && key < high) keys[found++] = key;
  }
  return found;
}

size_t CK(ck_collect)(const float *x, size_t n, int order, int32_t low, int32_t high,
                      ck_ranks *ranks, int32_t *keys) {
  FOR_ORDER(order, { return stream_collect(x, n, ORDER, low, high, ranks, keys); })
}

// Ever narrower: a histogram over the range that is left, then only the keys of one of its bins.
// Each round takes eleven bits off the range, so that three are enough, whatever the keys.
int32_t CK(ck_select_key)(int32_t *keys, size_t n, size_t rank) {
  for (;;) {
    int32_t least = keys[0], greatest = keys[0];
    for (size_t i = 1; i < n; i++) {
      least = keys[i] < least ? keys[i] : least;
      greatest = keys[i] > greatest ? keys[i] : greatest;
    }
    uint32_t range = (uint32_t)greatest - (uint32_t)least;
    if (range == 0) return least;
    int shift = 32 - __builtin_clz(range) - KEY_DIGIT;
    shift = shift > 0 ? shift : 0;
    // Two histograms: equal keys one after the other wait less for each other.
    uint32_t counts[2][KEY_DIGITS] = {{0}};
    for (size_t i = 0; i < n; i++) counts[i & 1][((uint32_t)keys[i] - (uint32_t)least) >> shift]++;
    uint32_t digit = 0;
    for (;; digit++) {
      size_t here = (size_t)counts[0][digit] + counts[1][digit];
      if (rank < here) break;
      rank -= here;
    }
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
      int32_t key = keys[i];
      keys[kept] = key;
      kept += (((uint32_t)key - (uint32_t)least) >> shift) == digit;
    }
    n = kept;
  }
}

void CK(ck_key_digits)(const float *x, size_t n, int order, uint32_t known, uint32_t mask,
                       int shift, uint64_t *counts) {
  FOR_ORDER(order, {
    for (size_t i = 0; i < n; i++) {
      uint32_t key = (uint32_t)key_of(x[i], ORDER) ^ 0x80000000u;
      if ((key & mask) == known) counts[key >> shift & (KEY_DIGITS - 1)]++;
    }
  })
}
