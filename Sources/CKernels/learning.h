// Losses with their gradients, and the steps of the optimizers.

// dz becomes softmax(z / temperature); gives log(sum(exp(z / temperature))).
static inline float CK(soft)(const float *z, size_t n, float temperature, float *p) {
  float top = z[0], sum = 0.0f, t = 1.0f / temperature;
  for (size_t i = 1; i < n; i++) top = z[i] > top ? z[i] : top;
  for (size_t i = 0; i < n; i++) p[i] = exp1((z[i] - top) * t);
  for (size_t i = 0; i < n; i++) sum += p[i];
  float share = 1.0f / sum;
  for (size_t i = 0; i < n; i++) p[i] *= share;
  return logf(sum) + top * t;
}

void CK(ck_cross_entropy)(const float *z, const float *labels, size_t rows, size_t classes,
                          float smoothing, float scale, float *loss, float *dz) {
  float off = smoothing / (float)classes, on = 1.0f - smoothing;
  for (size_t r = 0; r < rows; r++, z += classes, dz += classes) {
    size_t k = (size_t)labels[r];
    float total = CK(soft)(z, classes, 1.0f, dz);
    float l = on * (total - z[k]);
    if (smoothing > 0.0f)
      for (size_t i = 0; i < classes; i++) l += off * (total - z[i]);
    loss[r] = l;
    for (size_t i = 0; i < classes; i++) dz[i] = (dz[i] - off) * scale;
    dz[k] -= on * scale;
  }
}

void CK(ck_squared_error)(const float *z, const float *labels, size_t rows, size_t classes,
                          float scale, float *loss, float *dz) {
  float share = 1.0f / (float)classes;
  for (size_t r = 0; r < rows; r++, z += classes, dz += classes) {
    size_t k = (size_t)labels[r];
    float l = 0.0f;
    for (size_t i = 0; i < classes; i++) {
      float d = z[i] - (i == k ? 1.0f : 0.0f);
      l += d * d;
      dz[i] = 2.0f * share * scale * d;
    }
    loss[r] = l * share;
  }
}

void CK(ck_distillation)(const float *z, const float *teacher, size_t rows, size_t classes,
                         float temperature, float weight, float scale, float *loss, float *dz) {
  float t = 1.0f / temperature;
  for (size_t r = 0; r < rows; r++, z += classes, teacher += classes, dz += classes) {
    float top = z[0], high = teacher[0], sum = 0.0f, mass = 0.0f;
    for (size_t i = 1; i < classes; i++) {
      top = z[i] > top ? z[i] : top;
      high = teacher[i] > high ? teacher[i] : high;
    }
    for (size_t i = 0; i < classes; i++) {
      sum += exp1((z[i] - top) * t);
      mass += exp1((teacher[i] - high) * t);
    }
    float a = logf(sum), b = logf(mass), l = 0.0f;
    for (size_t i = 0; i < classes; i++) {
      float u = (z[i] - top) * t - a, v = (teacher[i] - high) * t - b;
      float q = exp1(v);
      l += q * (v - u);
      dz[i] += weight * scale * temperature * (exp1(u) - q);
    }
    loss[r] += weight * temperature * temperature * l;
  }
}

void CK(ck_argmax)(const float *z, size_t rows, size_t classes, float *out) {
  for (size_t r = 0; r < rows; r++, z += classes) {
    size_t best = 0;
    for (size_t i = 1; i < classes; i++)
      if (z[i] > z[best]) best = i;
    out[r] = (float)best;
  }
}

// A pruned weight is 0 with all its bits: a product with 0 could leave -0, which is stored as a value.
INLINE void CK(sgd)(const ck_rule *rule, const float *g, const float *keep, size_t n, float *w,
                    float *velocity) {
  float rate = rule->rate, momentum = rule->momentum, decay = rule->decay;
  float ahead = rule->nesterov ? momentum : 0.0f, now = rule->nesterov ? 1.0f : 0.0f;
  for (size_t i = 0; i < n; i++) {
    float d = g[i] + decay * w[i];
    float v = momentum * velocity[i] + d;
    float step = rule->nesterov ? now * d + ahead * v : v;
    int lives = keep ? keep[i] != 0.0f : 1;
    float next = w[i] - rate * step;
    velocity[i] = lives ? v : 0.0f;
    w[i] = lives ? next : 0.0f;
  }
}

void CK(ck_sgd)(const ck_rule *rule, const float *g, const float *keep, size_t n, float *w,
                float *velocity) {
  if (keep)
    CK(sgd)(rule, g, keep, n, w, velocity);
  else
    CK(sgd)(rule, g, 0, n, w, velocity);
}

INLINE void CK(adam)(const ck_rule *rule, const float *g, const float *keep, size_t n, float *w,
                     float *m, float *v) {
  float b1 = rule->beta1, b2 = rule->beta2, epsilon = rule->epsilon;
  float rate = rule->rate / rule->correction1, root = 1.0f / sqrtf(rule->correction2);
  float coupled = rule->decoupled ? 0.0f : rule->decay;
  float shrink = rule->decoupled ? 1.0f - rule->rate * rule->decay : 1.0f;
  for (size_t i = 0; i < n; i++) {
    int lives = keep ? keep[i] != 0.0f : 1;
    float d = g[i] + coupled * w[i];
    float a = b1 * m[i] + (1.0f - b1) * d;
    float b = b2 * v[i] + (1.0f - b2) * d * d;
    float next = w[i] * shrink - rate * a / (sqrtf(b) * root + epsilon);
    m[i] = lives ? a : 0.0f;
    v[i] = lives ? b : 0.0f;
    w[i] = lives ? next : 0.0f;
  }
}

void CK(ck_adam)(const ck_rule *rule, const float *g, const float *keep, size_t n, float *w,
                 float *m, float *v) {
  if (keep)
    CK(adam)(rule, g, keep, n, w, m, v);
  else
    CK(adam)(rule, g, 0, n, w, m, v);
}
