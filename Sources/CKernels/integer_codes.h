// Floats to codes of eight bits, in runs, in rows and in lanes. Included once per kernel set.

// Codes as whole numbers: rint(x * inverse), halves to even, in -127...127; NaN gives 0.
INLINE i8_sums i8_round(lanes x, lanes inverse) {
#pragma clang fp contract(off)
  const lanes top = all(127.0f);
  lanes t = x * inverse;
  t = (lanes)((i8_sums)t & (t == t));
#if CK_LEVEL >= 3
  t = (lanes)_mm256_max_ps(_mm256_min_ps((__m256)t, (__m256)top), (__m256)-top);
  return (i8_sums)_mm256_cvtps_epi32((__m256)t);
#else
  // Adding 1.5 * 2^23 rounds. It must not be fused with the product.
  t = -i8_at_least(-i8_at_least(t, -top), -top);
  return (i8_sums)(t + all(12582912.0f)) - i8_splat(0x4B400000);
#endif
}

INLINE int32_t i8_round1(float x, float inverse) {
  return i8_round(all(x), all(inverse))[0];
}

// Four codes of each lane, side by side.
INLINE i8_words i8_pack(i8_sums a, i8_sums b, i8_sums c, i8_sums d) {
#if CK_LEVEL >= 3
  __m256i low = _mm256_packs_epi32((__m256i)a, (__m256i)b);
  __m256i high = _mm256_packs_epi32((__m256i)c, (__m256i)d);
  const __m256i order = _mm256_broadcastsi128_si256(
    _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
  return (i8_words)_mm256_shuffle_epi8(_mm256_packs_epi16(low, high), order);
#else
  const i8_words byte = (i8_words)i8_splat(255);
  return ((i8_words)a & byte) | (((i8_words)b & byte) << 8) | (((i8_words)c & byte) << 16)
    | ((i8_words)d << 24);
#endif
}

// 32 codes after the other.
INLINE i8_bytes i8_narrow(i8_sums a, i8_sums b, i8_sums c, i8_sums d) {
#if CK_LEVEL >= 3
  __m256i low = _mm256_packs_epi32((__m256i)a, (__m256i)b);
  __m256i high = _mm256_packs_epi32((__m256i)c, (__m256i)d);
  // Packing goes by halves: first those of a, b, c, d, then the other ones.
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  return (i8_bytes)_mm256_permutevar8x32_epi32(_mm256_packs_epi16(low, high), order);
#else
  typedef int8_t eight __attribute__((vector_size(8)));
  const eight parts[4] = {
    __builtin_convertvector(a, eight), __builtin_convertvector(b, eight),
    __builtin_convertvector(c, eight), __builtin_convertvector(d, eight)};
  i8_bytes bytes;
  memcpy(&bytes, parts, sizeof bytes);
  return bytes;
#endif
}

INLINE int i8_any_negative(i8_sums seen) {
  int32_t any = 0;
  for (int i = 0; i < 8; i++) any |= seen[i];
  return any < 0;
}

int CK(ck_int8_codes)(const float *x, size_t n, float inverse, int8_t *codes) {
  const lanes scale = all(inverse);
  i8_sums seen = i8_splat(0);
  size_t i = 0;
  for (; i + 32 <= n; i += 32) {
    i8_sums v[4];
    UNROLL for (int j = 0; j < 4; j++) {
      v[j] = i8_round(*(const lanes *)(x + i + 8 * j), scale);
      seen |= v[j];
    }
    *(i8_bytes *)(codes + i) = i8_narrow(v[0], v[1], v[2], v[3]);
  }
  for (; i + 8 <= n; i += 8) {
    i8_sums v = i8_round(*(const lanes *)(x + i), scale);
    seen |= v;
    typedef int8_t eight __attribute__((vector_size(8)));
    eight bytes = __builtin_convertvector(v, eight);
    memcpy(codes + i, &bytes, 8);
  }
  int negative = i8_any_negative(seen);
  for (; i < n; i++) {
    int32_t v = i8_round1(x[i], inverse);
    negative |= v < 0;
    codes[i] = (int8_t)v;
  }
  return negative;
}

float CK(ck_int8_greatest)(const float *x, size_t n) {
  lanes a = all(0), b = a, c = a, d = a;
  size_t i = 0;
  for (; i + 32 <= n; i += 32) {
    a = i8_raise(a, *(const lanes *)(x + i));
    b = i8_raise(b, *(const lanes *)(x + i + 8));
    c = i8_raise(c, *(const lanes *)(x + i + 16));
    d = i8_raise(d, *(const lanes *)(x + i + 24));
  }
  a = i8_raise(i8_raise(a, b), i8_raise(c, d));
  for (; i < n; i++) a = i8_raise(a, all(x[i]));
  const i8_sums bits = (i8_sums)a;
  int32_t greatest = 0;
  for (int l = 0; l < 8; l++) greatest = bits[l] > greatest ? bits[l] : greatest;
  float result;
  memcpy(&result, &greatest, 4);
  return result;
}

void CK(ck_int8_lane_greatest)(const float *x, size_t n, float *greatest) {
  lanes a = all(0), b = a;
  size_t i = 0;
  for (; i + 2 <= n; i += 2) {
    a = i8_raise(a, *(const lanes *)(x + 8 * i));
    b = i8_raise(b, *(const lanes *)(x + 8 * i + 8));
  }
  if (i < n) a = i8_raise(a, *(const lanes *)(x + 8 * i));
  *(lanes *)greatest = i8_raise(a, b);
}

// A plane of codes: four channels of a pixel side by side. The border stays as it is: zero.
INLINE i8_sums i8_channel_codes(
  const float *x, const ck_window *w, size_t channels, lanes inverse, int8_t *codes
) {
  const size_t plane = (size_t)w->height * w->width * 8;
  const size_t row = (size_t)(w->width + 2 * w->padding_width) * 32;
  i8_sums seen = i8_splat(0);
  codes += w->padding_height * row + (size_t)w->padding_width * 32;
  for (int y = 0; y < w->height; y++, codes += row, x += (size_t)w->width * 8) {
    for (int i = 0; i < w->width; i++) {
      i8_sums v[4];
      UNROLL for (size_t j = 0; j < 4; j++) {
        v[j] = j < channels
          ? i8_round(*(const lanes *)(x + j * plane + 8 * i), inverse) : i8_splat(0);
        seen |= v[j];
      }
      *(i8_words *)(codes + 32 * i) = i8_pack(v[0], v[1], v[2], v[3]);
    }
  }
  return seen;
}

// A plane of codes of one channel: four neighbours in the row side by side.
static i8_sums i8_row_codes(
  const float *x, const ck_window *w, lanes inverse, int8_t *codes
) {
  const int left = w->padding_width, width = w->width, whole = width + 2 * left;
  i8_sums seen = i8_splat(0);
  codes += (size_t)w->padding_height * whole * 32;
  for (int y = 0; y < w->height; y++, x += (size_t)width * 8) {
    i8_words four = (i8_words)i8_splat(0);
    for (int i = 0; i < whole + 3; i++) {
      i8_sums v = i8_splat(0);
      if (i >= left && i < left + width)
        v = i8_round(*(const lanes *)(x + 8 * (i - left)), inverse);
      seen |= v;
      four = (four >> 8) | ((i8_words)v << 24);
      if (i < 3) continue;
      *(i8_words *)codes = four;
      codes += 32;
    }
  }
  return seen;
}

int CK(ck_int8_lane_codes)(
  const float *x, const ck_window *w, size_t groups, const float *inverses, int8_t *codes
) {
  const lanes inverse = *(const lanes *)inverses;
  const size_t channels = w->channels, plane = (size_t)w->height * w->width * 8;
  const size_t step = (size_t)(w->height + 2 * w->padding_height)
    * (w->width + 2 * w->padding_width) * 32;
  i8_sums seen = i8_splat(0);
  for (size_t g = 0; g < groups; g++, x += channels * plane) {
    if (channels == 1) {
      seen |= i8_row_codes(x, w, inverse, codes);
      codes += step;
      continue;
    }
    for (size_t c = 0; c < channels; c += 4, codes += step) {
      size_t left = channels - c;
      seen |= left >= 4 ? i8_channel_codes(x + c * plane, w, 4, inverse, codes)
        : i8_channel_codes(x + c * plane, w, left, inverse, codes);
    }
  }
  return i8_any_negative(seen);
}

int CK(ck_int8_lane_rows)(
  const float *x, size_t images, size_t n, const float *inverses, int8_t *codes, size_t ld
) {
  const lanes inverse = *(const lanes *)inverses;
  i8_sums seen = i8_splat(0);
  for (size_t i = 0; i < n; i += 4) {
    const size_t size = n - i < 4 ? n - i : 4;
    i8_sums v[4];
    UNROLL for (size_t j = 0; j < 4; j++) {
      v[j] = j < size ? i8_round(*(const lanes *)(x + 8 * (i + j)), inverse) : i8_splat(0);
      seen |= v[j];
    }
    i8_words four = i8_pack(v[0], v[1], v[2], v[3]);
    if (size == 4) {
      for (size_t l = 0; l < images; l++) memcpy(codes + l * ld + i, (char *)&four + 4 * l, 4);
    } else {
      for (size_t l = 0; l < images; l++) memcpy(codes + l * ld + i, (char *)&four + 4 * l, size);
    }
  }
  return i8_any_negative(seen);
}
