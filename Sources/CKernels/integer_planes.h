// Codes of eight bits in planes, channels side by side: what is done to each channel by itself.
// Included once per kernel set.

// Channels whose sums fit in a small buffer at a time.
#define I8_CHANNELS 64

void CK(ck_int8_depthwise)(
  const int8_t *x, size_t ld, size_t rows, const int32_t *offsets, size_t taps, const int8_t *w,
  const ck_int8_rescale *f, size_t n, int8_t *y, size_t ldy
) {
  for (size_t c = 0; c < n; c += I8_CHANNELS) {
    const size_t width = n - c < I8_CHANNELS ? n - c : I8_CHANNELS;
    const ck_int8_rescale part = {
      .bias = f->bias + c, .factors = f->factors + c, .shifts = f->shifts + c, .zero = f->zero,
      .low = f->low, .high = f->high};
    for (size_t r = 0; r < rows; r++) {
      int32_t sums[I8_CHANNELS] = {0};
      for (size_t t = 0; t < taps; t++) {
        const int8_t *codes = x + r * ld + offsets[t] + c, *weights = w + t * n + c;
        for (size_t i = 0; i < width; i++) sums[i] += (int32_t)codes[i] * weights[i];
      }
      i8_rescaled(sums, &part, width, y + r * ldy + c);
    }
  }
}

void CK(ck_int8_greatest_of)(
  const int8_t *x, const int32_t *offsets, size_t taps, size_t n, int8_t *y
) {
  memcpy(y, x + offsets[0], n);
  for (size_t t = 1; t < taps; t++) {
    const int8_t *codes = x + offsets[t];
    for (size_t i = 0; i < n; i++) y[i] = codes[i] > y[i] ? codes[i] : y[i];
  }
}

void CK(ck_int8_sum_of)(
  const int8_t *x, const int32_t *offsets, size_t taps, size_t n, int32_t *y
) {
  memset(y, 0, n * sizeof *y);
  for (size_t t = 0; t < taps; t++) {
    const int8_t *codes = x + offsets[t];
    for (size_t i = 0; i < n; i++) y[i] += codes[i];
  }
}

// Adding 1.5 * 2^23 rounds a number of this size, halves to even.
void CK(ck_int8_encode)(
  const float *x, size_t n, float scale, int32_t zero, int32_t low, int32_t high, int8_t *y
) {
#pragma clang fp contract(off) reassociate(off)
  const float least = (float)(low - zero), most = (float)(high - zero), magic = 12582912.0f;
  for (size_t i = 0; i < n; i++) {
    float v = x[i] / scale;
    v = v == v ? v : 0.0f;
    v = v < least ? least : v;
    v = v > most ? most : v;
    int32_t bits;
    const float moved = v + magic;
    memcpy(&bits, &moved, 4);
    y[i] = (int8_t)(bits - 0x4B400000 + zero);
  }
}
