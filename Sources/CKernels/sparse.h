// Products with weights that are mostly zero. Included once per kernel set, behind the dense ones.
//
// Every result is the same sum in the same order, whatever else is computed beside it: its terms go
// round a fixed number of chains, which are added up at the end.

// One number of each row of a slot: sixteen bytes choose among the 32 numbers of a tile.
PANEL_INLINE panel_row look_up(const float *tile, const uint8_t *places) {
#if CK_LEVEL >= 4
  __m512i at = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)places));
  return (panel_row)_mm512_permutex2var_ps(_mm512_loadu_ps(tile), at, _mm512_loadu_ps(tile + 16));
#elif CK_LEVEL >= 3
  panel_row found;
  UNROLL for (int h = 0; h < 2; h++) {
    __m256i at = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(places + 8 * h)));
    __m256 part[4];
    UNROLL for (int i = 0; i < 4; i++)
      part[i] = _mm256_permutevar8x32_ps(_mm256_loadu_ps(tile + 8 * i), at);
    // The fourth and fifth bit of a place say which of the four.
    __m256 odd = _mm256_castsi256_ps(_mm256_slli_epi32(at, 28));
    __m256 upper = _mm256_castsi256_ps(_mm256_slli_epi32(at, 27));
    __m256 all = _mm256_blendv_ps(_mm256_blendv_ps(part[0], part[1], odd),
                                  _mm256_blendv_ps(part[2], part[3], odd), upper);
    memcpy((float *)&found + 8 * h, &all, sizeof all);
  }
  return found;
#else
  float found[CK_TILE_ROWS];
  for (int r = 0; r < CK_TILE_ROWS; r++) found[r] = tile[places[r]];
  return *(const panel_row *)found;
#endif
}

WIDE void CK(ck_sparse_tiles)(const ck_tiles *a, const float *x, size_t first, size_t last, float *y) {
  size_t tiles = (a->columns + CK_TILE_COLUMNS - 1) / CK_TILE_COLUMNS;
  float rest[CK_TILE_COLUMNS] = {0};
  if (a->columns > 0) {
    size_t begin = (tiles - 1) * CK_TILE_COLUMNS;
    memcpy(rest, x + begin, (a->columns - begin) * sizeof *x);
  }
  for (size_t panel = first; panel < last; panel++) {
    const float *values = a->values + a->starts[panel] * CK_TILE_ROWS;
    const uint8_t *places = a->places + a->starts[panel] * CK_TILE_ROWS;
    panel_row even = {0}, odd = {0};
    for (size_t t = 0; t < tiles; t++) {
      const float *tile = t + 1 < tiles ? x + t * CK_TILE_COLUMNS : rest;
      size_t slots = a->counts ? a->counts[panel * tiles + t] : a->count;
      for (; slots > 1; slots -= 2, places += 2 * CK_TILE_ROWS, values += 2 * CK_TILE_ROWS) {
        even += look_up(tile, places) * *(const panel_row *)values;
        odd += look_up(tile, places + CK_TILE_ROWS) * *(const panel_row *)(values + CK_TILE_ROWS);
      }
      if (slots == 0) continue;
      even += look_up(tile, places) * *(const panel_row *)values;
      places += CK_TILE_ROWS, values += CK_TILE_ROWS;
    }
    even += odd;
    store_part(y + panel * CK_TILE_ROWS, &even, a->rows - panel * CK_TILE_ROWS);
  }
}

// A strip of so many rows, a column of them at a time; and a row, so many columns at a time. Blocks go
// round four chains.
#define BLOCK_LOOPS(name, vector, size) \
  PANEL_INLINE void tall_##name(const ck_blocks *a, const float *x, size_t strip, float *sums) { \
    const int32_t *at = a->places + a->starts[strip]; \
    const float *w = a->values + a->starts[strip] * size; \
    size_t left = a->starts[strip + 1] - a->starts[strip]; \
    vector chains[4] = {{0}}; \
    for (; left >= 4; left -= 4, at += 4, w += 4 * size) \
      UNROLL for (int c = 0; c < 4; c++) \
        chains[c] += x[at[c]] * *(const vector *)(w + c * size); \
    UNROLL for (size_t c = 0; c < 3; c++) \
      if (c < left) chains[c] += x[at[c]] * *(const vector *)(w + c * size); \
    *(vector *)sums = (chains[0] + chains[1]) + (chains[2] + chains[3]); \
  } \
  PANEL_INLINE float wide_##name(const ck_blocks *a, const float *x, size_t row) { \
    const int32_t *at = a->places + a->starts[row]; \
    const float *w = a->values + a->starts[row] * size; \
    size_t left = a->starts[row + 1] - a->starts[row]; \
    vector chains[4] = {{0}}; \
    for (; left >= 4; left -= 4, at += 4, w += 4 * size) \
      UNROLL for (int c = 0; c < 4; c++) \
        chains[c] += *(const vector *)(x + at[c]) * *(const vector *)(w + c * size); \
    UNROLL for (size_t c = 0; c < 3; c++) \
      if (c < left) chains[c] += *(const vector *)(x + at[c]) * *(const vector *)(w + c * size); \
    float all[size], sum = 0; \
    *(vector *)all = (chains[0] + chains[1]) + (chains[2] + chains[3]); \
    for (int k = 0; k < size; k++) sum += all[k]; \
    return sum; \
  }
BLOCK_LOOPS(quad, quad, 4)
BLOCK_LOOPS(lanes, lanes, 8)
BLOCK_LOOPS(row, panel_row, 16)
#undef BLOCK_LOOPS

WIDE void CK(ck_sparse_blocks)(const ck_blocks *a, const float *x, size_t first, size_t last, float *y) {
  for (size_t strip = first; strip < last; strip++) {
    float sums[16];
    size_t row = strip * a->tall;
    if (a->wide == 16) y[row] = wide_row(a, x, strip);
    else if (a->wide == 8) y[row] = wide_lanes(a, x, strip);
    else if (a->wide == 4) y[row] = wide_quad(a, x, strip);
    if (a->wide > 1) continue;
    if (a->tall == 16) tall_row(a, x, strip, sums);
    else if (a->tall == 8) tall_lanes(a, x, strip, sums);
    else tall_quad(a, x, strip, sums);
    memcpy(y + row, sums, (size_t)least((long)a->tall, (long)(a->rows - row)) * sizeof *y);
  }
}

// How many vectors go side by side: of single rows with one chain, with four, and of groups of rows.
#if CK_LEVEL >= 4
enum { TERM_VECTORS = 8, CHAIN_VECTORS = 2, GROUP_VECTORS = 4 };
#elif CK_LEVEL >= 3 || defined(__aarch64__)
enum { TERM_VECTORS = 4, CHAIN_VECTORS = 1, GROUP_VECTORS = 1 };
#else
enum { TERM_VECTORS = 2, CHAIN_VECTORS = 1, GROUP_VECTORS = 1 };
#endif
enum { TERM_CHAINS = 4, TERM_ROWS = 4, TERM_SUMS = 16 };

// What one place adds to a group of rows.
PANEL_INLINE void add_term(const ck_terms *a, size_t k, const float *x, const ck_spread *s,
                           panel_row sums[], size_t part, const int tall, const int vectors) {
  const float *from = x + a->places[k], *w = a->values + k * (size_t)tall;
  UNROLL for (int v = 0; v < vectors; v++) {
    panel_row by;
    load_part(&by, from + (size_t)v * s->step, part);
    UNROLL for (int r = 0; r < tall; r++) sums[r * vectors + v] += w[r] * by;
  }
}

// Some vectors of a group of rows; the last one may have a part of its floats only.
PANEL_INLINE void spread_terms(const ck_terms *a, size_t group, const float *x, const ck_spread *s,
                               float *y, size_t part, const int tall, const int chains,
                               const int vectors) {
  panel_row sums[TERM_SUMS];
  UNROLL for (int i = 0; i < tall * chains * vectors; i++) sums[i] = (panel_row){0};
  size_t k = a->starts[group], end = a->starts[group + 1];
  for (; end - k >= (size_t)chains; k += (size_t)chains)
    UNROLL for (int c = 0; c < chains; c++)
      add_term(a, k + (size_t)c, x, s, sums + c * tall * vectors, part, tall, vectors);
  UNROLL for (int c = 0; c < chains - 1; c++)
    if (k + (size_t)c < end)
      add_term(a, k + (size_t)c, x, s, sums + c * tall * vectors, part, tall, vectors);
  UNROLL for (int r = 0; r < tall; r++)
    UNROLL for (int v = 0; v < vectors; v++) {
      panel_row sum = sums[r * vectors + v];
      UNROLL for (int c = 1; c < chains; c++) sum += sums[(c * tall + r) * vectors + v];
      store_part(y + (size_t)r * s->row + (size_t)v * s->out_step, &sum, part);
    }
}

// All vectors: as many as go side by side, for all groups while what they read of x is near; then fewer.
PANEL_INLINE void spread_vectors(const ck_terms *a, const float *x, size_t first, size_t last,
                                 const ck_spread *s, float *y, const int tall, const int chains,
                                 const int most) {
  size_t all = s->span / CK_PANEL, rest = s->span % CK_PANEL, v = 0;
  size_t next = (size_t)tall * s->row;
#define SPREAD(vectors, part) \
  { \
    float *to = y + v * s->out_step; \
    for (size_t g = first; g < last; g++, to += next) \
      spread_terms(a, g, x + v * s->step, s, to, part, tall, chains, vectors); \
    v += vectors; \
  }
  while (most >= 8 && all - v >= 8) SPREAD(least(most, 8), CK_PANEL)
  while (most >= 4 && all - v >= 4) SPREAD(least(most, 4), CK_PANEL)
  while (most >= 2 && all - v >= 2) SPREAD(least(most, 2), CK_PANEL)
  while (all > v) SPREAD(1, CK_PANEL)
  if (rest > 0) SPREAD(1, rest)
#undef SPREAD
}

WIDE void CK(ck_sparse_spread)(const ck_terms *a, const float *x, size_t first, size_t last,
                               const ck_spread *s, float *y) {
  if (a->tall == TERM_ROWS) spread_vectors(a, x, first, last, s, y, TERM_ROWS, 1, GROUP_VECTORS);
  else if (a->chains == TERM_CHAINS)
    spread_vectors(a, x, first, last, s, y, 1, TERM_CHAINS, CHAIN_VECTORS);
  else spread_vectors(a, x, first, last, s, y, 1, 1, TERM_VECTORS);
}

void CK(ck_sparse_phases)(const ck_phases *p, const float *x, float *out) {
  size_t unit = (size_t)p->unit, plane = (size_t)p->phase_height * (size_t)p->phase_width * unit;
  size_t phases = (size_t)p->stride_height * (size_t)p->stride_width;
  memset(out, 0, (size_t)p->channels * phases * plane * sizeof *out);
  for (int c = 0; c < p->channels; c++, out += phases * plane)
    for (int i = 0; i < p->height; i++) {
      int row = i + p->padding_height;
      float *to = out + (size_t)(row % p->stride_height) * (size_t)p->stride_width * plane +
                  (size_t)(row / p->stride_height) * (size_t)p->phase_width * unit;
      if (p->stride_width == 1) {
        memcpy(to + (size_t)p->padding_width * unit, x, (size_t)p->width * unit * sizeof *x);
        x += (size_t)p->width * unit;
        continue;
      }
      for (int j = 0; j < p->width; j++, x += unit) {
        int column = j + p->padding_width;
        memcpy(to + (size_t)(column % p->stride_width) * plane +
                   (size_t)(column / p->stride_width) * unit,
               x, unit * sizeof *x);
      }
    }
}

void CK(ck_sparse_crop)(int f, float slope, const float *x, const float *bias, size_t planes,
                        size_t plane, size_t rows, size_t pitch, size_t width, float *y,
                        size_t out_plane) {
  for (size_t p = 0; p < planes; p++)
    for (size_t r = 0; r < rows; r++)
      CK(ck_bias_rows)(f, slope, x + p * plane + r * pitch, pitch, bias ? bias + p : 0, 1, width,
                       y + p * out_plane + r * width, width);
}
