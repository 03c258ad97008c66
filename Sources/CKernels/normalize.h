// Batch normalization by channel, layer normalization and softmax over units.
// Statistics are summed in double precision, in a fixed order.

void CK(ck_moments)(const float *x, size_t n, size_t stride, size_t p, float *mean,
                    float *variance) {
  double sum = 0.0, squares = 0.0;
  for (size_t i = 0; i < n; i++)
    sum += p == 1 ? (double)x[i * stride] : (double)CK(ck_sum)(x + i * stride, p);
  double m = sum / (double)(n * p);
  float c = (float)m;
  for (size_t i = 0; i < n; i++) {
    const float *a = x + i * stride;
    lanes s = {0};
    for (size_t j = 0; j < p; j++) {
      float d = a[j] - c;
      s[j & 7] += d * d;
    }
    squares += (double)TREE(s);
  }
  *mean = c;
  *variance = (float)(squares / (double)(n * p));
}

void CK(ck_affine)(const float *x, size_t n, size_t stride, size_t p, float gain, float offset,
                   float *y) {
  for (size_t i = 0; i < n; i++) {
    const float *a = x + i * stride;
    float *b = y + i * stride;
    for (size_t j = 0; j < p; j++) b[j] = a[j] * gain + offset;
  }
}

void CK(ck_channel_sums)(const float *dy, const float *x, size_t n, size_t stride, size_t p,
                         float mean, float *sums) {
  double first = 0.0, second = 0.0;
  for (size_t i = 0; i < n; i++) {
    const float *d = dy + i * stride;
    const float *a = x + i * stride;
    lanes s = {0}, t = {0};
    for (size_t j = 0; j < p; j++) {
      s[j & 7] += d[j];
      t[j & 7] += d[j] * (a[j] - mean);
    }
    first += (double)TREE(s);
    second += (double)TREE(t);
  }
  sums[0] = (float)first;
  sums[1] = (float)second;
}

void CK(ck_channel_back)(const float *dy, const float *x, size_t n, size_t stride, size_t p,
                         float mean, float a, float b, float c, float *dx) {
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < p; j++) {
      size_t k = i * stride + j;
      dx[k] = a * dy[k] + b * (x[k] - mean) + c;
    }
}

void CK(ck_layernorm)(const float *x, size_t units, size_t p, const float *gain,
                      const float *bias, float epsilon, float *y, float *saved) {
  for (size_t j = 0; j < p; j++) {
    double sum = 0.0, squares = 0.0;
    for (size_t u = 0; u < units; u++) sum += x[u * p + j];
    float mean = (float)(sum / (double)units);
    for (size_t u = 0; u < units; u++) {
      float d = x[u * p + j] - mean;
      squares += (double)(d * d);
    }
    float scale = 1.0f / sqrtf((float)(squares / (double)units) + epsilon);
    saved[j] = mean;
    saved[p + j] = scale;
    for (size_t u = 0; u < units; u++)
      y[u * p + j] = (x[u * p + j] - mean) * scale * gain[u] + bias[u];
  }
}

void CK(ck_layernorm_back)(const float *dy, const float *x, const float *saved, size_t units,
                           size_t p, const float *gain, float *dx, float *dgain, float *dbias) {
  for (size_t j = 0; j < p; j++) {
    float mean = saved[j], scale = saved[p + j];
    double first = 0.0, second = 0.0;
    for (size_t u = 0; u < units; u++) {
      size_t k = u * p + j;
      float h = (x[k] - mean) * scale, g = dy[k] * gain[u];
      dgain[u] += dy[k] * h;
      dbias[u] += dy[k];
      first += g;
      second += (double)(g * h);
    }
    float a = (float)(first / (double)units), b = (float)(second / (double)units);
    for (size_t u = 0; u < units; u++) {
      size_t k = u * p + j;
      dx[k] = scale * (dy[k] * gain[u] - a - (x[k] - mean) * scale * b);
    }
  }
}

void CK(ck_softmax)(const float *x, size_t units, size_t p, float *y) {
  for (size_t j = 0; j < p; j++) {
    float top = x[j];
    for (size_t u = 1; u < units; u++) top = x[u * p + j] > top ? x[u * p + j] : top;
    float sum = 0.0f;
    for (size_t u = 0; u < units; u++) {
      y[u * p + j] = exp1(x[u * p + j] - top);
      sum += y[u * p + j];
    }
    for (size_t u = 0; u < units; u++) y[u * p + j] /= sum;
  }
}

void CK(ck_softmax_back)(const float *dy, const float *y, size_t units, size_t p, float *dx) {
  for (size_t j = 0; j < p; j++) {
    float sum = 0.0f;
    for (size_t u = 0; u < units; u++) sum += dy[u * p + j] * y[u * p + j];
    for (size_t u = 0; u < units; u++) {
      size_t k = u * p + j;
      dx[k] = y[k] * (dy[k] - sum);
    }
  }
}
