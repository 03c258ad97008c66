// Products of a large matrix with thin ones, and of thin ones with themselves: in single precision
// what is large, in double precision what decides whether vectors are orthonormal.

// Doubles of a row.
enum { DOUBLE_ROW = 8 };

// Rows of A go by in runs, whose part under some columns lies in panels for all of y.
enum { BACK_RUN = 64, BACK_PANELS = 8 };

// What a run of rows adds to a few rows of z.
PANEL_INLINE void back_tile(
    const float *y, size_t ldy, const panel_row *panels, size_t run, float *z, size_t ldz,
    size_t width, int adding, const int rows) {
  panel_row sums[TILE_MOST];
  dense_tile(sums, y, 1, ldy, (const float *)panels, BACK_RUN * CK_PANEL, run, rows, TILE_PANELS);
  UNROLL for (int r = 0; r < rows; r++)
    for (size_t p = 0; p < TILE_PANELS && p * CK_PANEL < width; p++) {
      float *to = z + (size_t)r * ldz + p * CK_PANEL;
      panel_row before = {0};
      if (adding) load_part(&before, to, width - p * CK_PANEL);
      before += sums[(size_t)r * TILE_PANELS + p];
      store_part(to, &before, width - p * CK_PANEL);
    }
}

WIDE void CK(ck_back_product)(
    const float *y, size_t count, const float *a, size_t lda, size_t rows, size_t start,
    size_t end, float *z, size_t ldz) {
  panel_row panels[BACK_PANELS * BACK_RUN];
  for (size_t row = 0; row < rows; row += BACK_RUN)
    for (size_t from = start; from < end; from += BACK_PANELS * CK_PANEL) {
      size_t width = least(end - from, BACK_PANELS * CK_PANEL), run = least(rows - row, BACK_RUN);
      for (size_t r = 0; r < run; r++)
        for (size_t p = 0; p < BACK_PANELS; p++)
          load_part(
              panels + p * BACK_RUN + r, a + (row + r) * lda + from + p * CK_PANEL,
              width > p * CK_PANEL ? width - p * CK_PANEL : 0);
      for (size_t j = 0; j < width; j += TILE_PANELS * CK_PANEL) {
        const panel_row *under = panels + j / CK_PANEL * BACK_RUN;
        const float *from_y = y + row * count;
        float *to = z + from + j;
        size_t k = 0;
        for (; count - k >= TILE_ROWS; k += TILE_ROWS)
          back_tile(
              from_y + k, count, under, run, to + k * ldz, ldz, width - j, row > 0, TILE_ROWS);
        for (; k < count; k++)
          back_tile(from_y + k, count, under, run, to + k * ldz, ldz, width - j, row > 0, 1);
      }
    }
}

// The tile of doubles: so many rows by so many panels of eight.
#if CK_LEVEL >= 4
enum { DOUBLE_ROWS = 8, DOUBLE_PANELS = 3 };
#else
enum { DOUBLE_ROWS = 2, DOUBLE_PANELS = 1 };
#endif
enum { DOUBLE_TILE = DOUBLE_ROWS * DOUBLE_PANELS, THIN_RUN = 64 };

// sums[r][p] = the sum over the depth of a[r, k] b[k][p]; `panel` and `next` step through b.
PANEL_INLINE void double_tile(double_row sums[], const double *a, const double *b, size_t panel,
                              size_t next, size_t depth, const int panels) {
  UNROLL for (int i = 0; i < DOUBLE_ROWS * panels; i++) sums[i] = (double_row){0};
  for (size_t k = 0; k < depth; k++, a += DOUBLE_ROW, b += next) {
    double_row v[DOUBLE_PANELS];
    UNROLL for (int p = 0; p < panels; p++) v[p] = *(const double_row *)(b + (size_t)p * panel);
    UNROLL for (int r = 0; r < DOUBLE_ROWS; r++)
      UNROLL for (int p = 0; p < panels; p++) sums[r * panels + p] += a[r] * v[p];
  }
}

// What `panels` panels from `right` on have in common with all up to them.
PANEL_INLINE void gram_tiles(const double *x, size_t run, size_t right, double *sums, size_t ld,
                             const int panels) {
  for (size_t i = 0; i < (right + (size_t)panels) * DOUBLE_ROW; i += DOUBLE_ROWS) {
    double_row tile[DOUBLE_TILE];
    double_tile(tile, x + i / DOUBLE_ROW * THIN_RUN * DOUBLE_ROW + i % DOUBLE_ROW,
                x + right * THIN_RUN * DOUBLE_ROW, THIN_RUN * DOUBLE_ROW, DOUBLE_ROW, run, panels);
    UNROLL for (int r = 0; r < DOUBLE_ROWS; r++)
      UNROLL for (int p = 0; p < panels; p++)
        *(double_row *)(sums + (i + (size_t)r) * ld + (right + (size_t)p) * DOUBLE_ROW) +=
            tile[r * panels + p];
  }
}

// Some numbers of a row, in panels that have a row each `step` doubles apart; zeros fill the last.
PANEL_INLINE void spread_row(const float *x, size_t count, double *to, size_t step) {
  for (size_t j = 0; j < count; j += DOUBLE_ROW, to += step)
    for (size_t c = 0; c < DOUBLE_ROW; c++) to[c] = j + c < count ? x[j + c] : 0;
}

WIDE void CK(ck_thin_gram)(const float *x, size_t count, size_t rows, double *sums, size_t ld) {
  double panels[CK_THIN_MOST * THIN_RUN];
  size_t all = ld / DOUBLE_ROW;
  memset(sums, 0, ld * ld * sizeof *sums);
  for (size_t row = 0; row < rows; row += THIN_RUN) {
    size_t run = least(rows - row, THIN_RUN), right = 0;
    for (size_t r = 0; r < run; r++)
      spread_row(x + (row + r) * count, count, panels + r * DOUBLE_ROW, THIN_RUN * DOUBLE_ROW);
    for (; all - right >= DOUBLE_PANELS; right += DOUBLE_PANELS)
      gram_tiles(panels, run, right, sums, ld, DOUBLE_PANELS);
    for (; right < all; right++) gram_tiles(panels, run, right, sums, ld, 1);
  }
}

// A few rows of y under some panels.
PANEL_INLINE void turn_tile(const double *x, const double *factor, size_t ld, size_t left,
                            size_t rows, float *y, size_t count, const int panels) {
  double_row tile[DOUBLE_TILE];
  // What lies below the diagonal is zero.
  double_tile(tile, x, factor + left, DOUBLE_ROW, ld, least(count, left + (size_t)panels * 8),
              panels);
  for (size_t r = 0; r < rows; r++)
    for (size_t p = 0; p < (size_t)panels; p++)
      for (size_t c = 0; c < least(DOUBLE_ROW, count - left - p * DOUBLE_ROW); c++)
        y[r * count + left + p * DOUBLE_ROW + c] = (float)tile[r * (size_t)panels + p][c];
}

WIDE void CK(ck_thin_turn)(
    const float *x, size_t count, size_t rows, const double *factor, size_t ld, float *y) {
  double few[CK_THIN_MOST * DOUBLE_ROW] = {0};
  for (size_t row = 0; row < rows; row += DOUBLE_ROWS) {
    size_t present = least(rows - row, DOUBLE_ROWS), left = 0;
    for (size_t r = 0; r < present; r++)
      for (size_t k = 0; k < count; k++) few[k * DOUBLE_ROW + r] = x[(row + r) * count + k];
    for (; ld - left >= DOUBLE_PANELS * DOUBLE_ROW; left += DOUBLE_PANELS * DOUBLE_ROW)
      turn_tile(few, factor, ld, left, present, y + row * count, count, DOUBLE_PANELS);
    for (; left < ld; left += DOUBLE_ROW)
      turn_tile(few, factor, ld, left, present, y + row * count, count, 1);
  }
}
