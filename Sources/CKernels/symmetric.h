// Householder's reduction of a symmetric matrix to three diagonals, row by row, and the blocks that
// workers share of it. The upper triangle is stored, row-major; nothing is read to its left.

PANEL_INLINE double row_sum(double_row x) {
  return ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]));
}

static WIDE double inner_product(const double *x, const double *y, size_t count) {
  double_row even = {0}, odd = {0};
  size_t i = 0;
  for (; count - i >= 2 * DOUBLE_ROW; i += 2 * DOUBLE_ROW) {
    even += *(const double_row *)(x + i) * *(const double_row *)(y + i);
    odd += *(const double_row *)(x + i + DOUBLE_ROW) * *(const double_row *)(y + i + DOUBLE_ROW);
  }
  double sum = row_sum(even + odd);
  for (; i < count; i++) sum += x[i] * y[i];
  return sum;
}

// y -= a v + b w
static WIDE void subtract_two(
    double *y, double a, const double *v, double b, const double *w, size_t count) {
  for (size_t i = 0; i < count; i++) y[i] -= a * v[i] + b * w[i];
}

WIDE void CK(ck_reflect)(const ck_tridiagonal *t, size_t first, size_t row) {
  size_t n = t->size, count = n - row - 1;
  double *x = t->rows + row * n + row, *v = t->v + (row - first) * n;
  for (size_t p = 0; p < row - first; p++) {
    const double *before = t->v + p * n + row, *with = t->w + p * n + row;
    subtract_two(x, *with, before, *before, with, count + 1);
  }
  t->diagonal[row] = *x++;
  double rest = sqrt(inner_product(x + 1, x + 1, count - 1)), head = *x;
  double beside = rest == 0 ? head : -copysign(hypot(head, rest), head);
  t->beside[row] = beside;
  t->scales[row] = rest == 0 ? 0 : (beside - head) / beside;
  // Without anything to reflect v is zero.
  *x = rest == 0 ? 0 : 1;
  for (size_t i = 1; rest != 0 && i < count; i++) x[i] /= head - beside;
  memcpy(v + row + 1, x, count * sizeof *v);
}

WIDE void CK(ck_symmetric_rows)(
    const double *a, size_t n, size_t start, size_t end, const double *x, double *y) {
  size_t i = start;
  for (; end - i >= 4; i += 4) {
    const double *p = a + i * n, *q = p + n, *r = q + n, *s = r + n;
    double w = x[i], u = x[i + 1], v = x[i + 2], t = x[i + 3];
    double_row sum[4] = {0};
    size_t j = i + 4;
    for (; n - j >= DOUBLE_ROW; j += DOUBLE_ROW) {
      double_row b = *(const double_row *)(p + j), c = *(const double_row *)(q + j);
      double_row d = *(const double_row *)(r + j), e = *(const double_row *)(s + j);
      double_row z = *(const double_row *)(x + j);
      sum[0] += b * z, sum[1] += c * z, sum[2] += d * z, sum[3] += e * z;
      *(double_row *)(y + j) += (b * w + c * u) + (d * v + e * t);
    }
    // The square on the diagonal, and what no vector holds.
    for (size_t k = 0; k < 4; k++) {
      const double *row = p + k * n;
      double rest = row_sum(sum[k]) + row[i + k] * x[i + k];
      for (size_t l = i + k + 1; l < i + 4; l++) rest += row[l] * x[l], y[l] += row[l] * x[i + k];
      for (size_t l = j; l < n; l++) rest += row[l] * x[l], y[l] += row[l] * x[i + k];
      y[i + k] += rest;
    }
  }
  for (; i < end; i++) {
    const double *row = a + i * n;
    double sum = row[i] * x[i];
    for (size_t j = i + 1; j < n; j++) sum += row[j] * x[j], y[j] += row[j] * x[i];
    y[i] += sum;
  }
}

WIDE void CK(ck_reflect_rest)(
    const ck_tridiagonal *t, size_t first, size_t row, const double *shares, size_t count) {
  size_t n = t->size, start = row + 1, length = n - start;
  double scale = t->scales[row];
  double *v = t->v + (row - first) * n + start, *w = t->w + (row - first) * n + start;
  memcpy(w, shares + start, length * sizeof *w);
  for (size_t share = 1; share < count; share++)
    for (size_t i = 0; i < length; i++) w[i] += shares[share * n + start + i];
  for (size_t p = 0; p < row - first; p++) {
    const double *before = t->v + p * n + start, *with = t->w + p * n + start;
    subtract_two(
        w, inner_product(with, v, length), before, inner_product(before, v, length), with, length);
  }
  for (size_t i = 0; i < length; i++) w[i] *= scale;
  double half = 0.5 * scale * inner_product(w, v, length);
  for (size_t i = 0; i < length; i++) w[i] -= half * v[i];
}
