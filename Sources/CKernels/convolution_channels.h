// Normalization of one channel of blocks of eight, with the activation that follows it. Lanes past
// the last example count for nothing.

// Ones in the lanes of block `b` that hold examples.
INLINE lanes_mask living(size_t examples, size_t b) {
  lanes_mask number = {0, 1, 2, 3, 4, 5, 6, 7};
  size_t left = examples - 8 * b;
  return number < (int32_t)(left < 8 ? left : 8);
}

INLINE lanes act_lanes(int f, float slope, lanes x) {
  if (f == CK_IDENTITY) return x;
  if (f == CK_RELU) return relu_lanes(x);
  UNROLL for (int i = 0; i < 8; i++) x[i] = act(f, x[i], slope);
  return x;
}

INLINE double total(lanes_mask alive, const lanes *sums) {
  lanes s = pick_lanes(alive, (sums[0] + sums[2]) + (sums[1] + sums[3]), (lanes){0});
  return (double)TREE(s);
}

void CK(ck_lane_moments)(const float *x, size_t examples, size_t stride, size_t p, float *mean,
                         float *variance) {
  double sum = 0.0, squares = 0.0;
  size_t blocks = (examples + 7) / 8;
  for (size_t b = 0; b < blocks; b++) {
    const lanes *a = (const lanes *)(x + b * stride);
    lanes s[4] = {0};
    size_t i = 0;
    for (; i + 4 <= p; i += 4) UNROLL for (int k = 0; k < 4; k++) s[k] += a[i + k];
    for (; i < p; i++) s[0] += a[i];
    sum += total(living(examples, b), s);
  }
  double m = sum / (double)(examples * p);
  lanes c = all((float)m);
  for (size_t b = 0; b < blocks; b++) {
    const lanes *a = (const lanes *)(x + b * stride);
    lanes s[4] = {0};
    size_t i = 0;
    for (; i + 4 <= p; i += 4)
      UNROLL for (int k = 0; k < 4; k++) s[k] += (a[i + k] - c) * (a[i + k] - c);
    for (; i < p; i++) s[0] += (a[i] - c) * (a[i] - c);
    squares += total(living(examples, b), s);
  }
  *mean = (float)m;
  *variance = (float)(squares / (double)(examples * p));
}

void CK(ck_lane_affine)(int f, float slope, const float *x, size_t blocks, size_t stride, size_t p,
                        float gain, float offset, float *y) {
  FOR_ACTIVATION(f, {
    for (size_t b = 0; b < blocks; b++)
      for (size_t i = b * stride; i < b * stride + 8 * p; i += 8)
        *(lanes *)(y + i) = act_lanes(F, slope, *(const lanes *)(x + i) * gain + offset);
  })
}

INLINE void add_slope(int f, float slope, const float *dy, const float *y, const float *x,
                      float mean, lanes *sum, lanes *product) {
  lanes d = *(const lanes *)dy * slope_lanes(f, slope, *(const lanes *)y);
  *sum += d;
  *product += d * (*(const lanes *)x - mean);
}

void CK(ck_lane_channel_sums)(int f, float slope, const float *dy, const float *y, const float *x,
                              size_t examples, size_t stride, size_t p, float mean, float *sums) {
  double first = 0.0, second = 0.0;
  FOR_ACTIVATION(f, {
    for (size_t b = 0; b < (examples + 7) / 8; b++) {
      lanes s[4] = {0};
      lanes t[4] = {0};
      size_t i = b * stride;
      size_t end = i + 8 * p;
      for (; i + 32 <= end; i += 32)
        UNROLL for (int k = 0; k < 4; k++)
          add_slope(F, slope, dy + i + 8 * k, y + i + 8 * k, x + i + 8 * k, mean, s + k, t + k);
      for (; i < end; i += 8) add_slope(F, slope, dy + i, y + i, x + i, mean, s, t);
      first += total(living(examples, b), s);
      second += total(living(examples, b), t);
    }
  })
  sums[0] = (float)first;
  sums[1] = (float)second;
}

void CK(ck_lane_channel_back)(int f, float slope, const float *dy, const float *y, const float *x,
                              size_t examples, size_t stride, size_t p, float mean, float a,
                              float b, float c, float *dx) {
  FOR_ACTIVATION(f, {
    for (size_t k = 0; k < (examples + 7) / 8; k++) {
      lanes_mask alive = living(examples, k);
      for (size_t i = k * stride; i < k * stride + 8 * p; i += 8) {
        lanes d = *(const lanes *)(dy + i) * slope_lanes(F, slope, *(const lanes *)(y + i));
        lanes v = a * d + b * (*(const lanes *)(x + i) - mean) + c;
        *(lanes *)(dx + i) = (lanes)((lanes_mask)v & alive);
      }
    }
  })
}
