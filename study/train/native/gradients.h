// Gradients of weights, over the batch, with the optimizer's step on each block while it is in registers: a gradient is
// never written. Each returns whether all weights are still numbers.

// `wrong` becomes NaN as soon as a weight is infinite or no number.
INL V watched(V wrong, V now) { return muladd(now, zero(), wrong); }
INL int sound(V wrong) { return nonzero(wrong) == 0; }

#define UPDATE(R, C, kind)                                                                                              \
  INL V update##R##C##kind(const float *x, int stride, const float *g, int rows, const Spread *s, Parameters *p,       \
                           size_t at, int pw, V wrong) {                                                                \
    V a[R][C];                                                                                                          \
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++) a[r][c] = zero();                             \
    for (int b = 0; b < rows; b++) {                                                                                    \
      V v[C];                                                                                                           \
      UNROLL for (int c = 0; c < C; c++) v[c] = ld(g + (size_t)b * (8 * C) + 8 * c);                                    \
      UNROLL for (int r = 0; r < R; r++) {                                                                              \
        V e = set1(x[(size_t)b * stride + r]);                                                                          \
        UNROLL for (int c = 0; c < C; c++) a[r][c] = muladd(e, v[c], a[r][c]);                                             \
      }                                                                                                                 \
    }                                                                                                                   \
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++) {                                             \
      size_t o = at + (size_t)r * pw + 8 * c;                                                                           \
      wrong = watched(wrong, step8(kind, s, a[r][c], p->w + o, p->first + o, p->second + o));                           \
    }                                                                                                                   \
    return wrong;                                                                                                       \
  }

#define UPDATE_LAYER(kind)                                                                                              \
  UPDATE(6, 2, kind) UPDATE(4, 2, kind) UPDATE(1, 2, kind) UPDATE(6, 1, kind) UPDATE(1, 1, kind)                        \
  static int update_##kind(Layer *l, const Spread *s, const float *x, int stride, const float *gradient, int rows,      \
                           float *block) {                                                                              \
    int K = l->in, N = l->padded;                                                                                       \
    V wrong = zero();                                                                                                   \
    for (int n = 0; n < N;) {                                                                                           \
      int first = n / l->panel * l->panel, pw = panel_width(l, first), two = first + pw - n >= 16, k = 0;               \
      size_t at = (size_t)first * K + (n - first);                                                                      \
      if (two) {                                                                                                        \
        for (int b = 0; b < rows; b++) {                                                                                \
          st(block + b * 16, ld(gradient + (size_t)b * N + n));                                                         \
          st(block + b * 16 + 8, ld(gradient + (size_t)b * N + n + 8));                                                 \
        }                                                                                                               \
        for (; (K - k) % 6 && K - k >= 4; k += 4)                                                                       \
          wrong = update42##kind(x + k, stride, block, rows, s, &l->kernel, at + (size_t)k * pw, pw, wrong);            \
        for (; K - k >= 6; k += 6)                                                                                      \
          wrong = update62##kind(x + k, stride, block, rows, s, &l->kernel, at + (size_t)k * pw, pw, wrong);            \
        for (; k < K; k++)                                                                                              \
          wrong = update12##kind(x + k, stride, block, rows, s, &l->kernel, at + (size_t)k * pw, pw, wrong);            \
      } else {                                                                                                          \
        for (int b = 0; b < rows; b++) st(block + b * 8, ld(gradient + (size_t)b * N + n));                             \
        for (; K - k >= 6; k += 6)                                                                                      \
          wrong = update61##kind(x + k, stride, block, rows, s, &l->kernel, at + (size_t)k * pw, pw, wrong);            \
        for (; k < K; k++)                                                                                              \
          wrong = update11##kind(x + k, stride, block, rows, s, &l->kernel, at + (size_t)k * pw, pw, wrong);            \
      }                                                                                                                 \
      n += two ? 16 : 8;                                                                                                \
    }                                                                                                                   \
    return sound(wrong);                                                                                                \
  }
UPDATE_LAYER(ADAM) UPDATE_LAYER(ADAMW) UPDATE_LAYER(SGD) UPDATE_LAYER(RMSPROP)

static int update(Layer *l, const Rule *rule, const float *x, int stride, const float *gradient, int rows,
                  float *block) {
  Spread s = spread(rule, 1);
  switch (rule->kind) {
    case ADAMW: return update_ADAMW(l, &s, x, stride, gradient, rows, block);
    case SGD: return update_SGD(l, &s, x, stride, gradient, rows, block);
    case RMSPROP: return update_RMSPROP(l, &s, x, stride, gradient, rows, block);
    default: return update_ADAM(l, &s, x, stride, gradient, rows, block);
  }
}

// J vectors of the weights of one input: only rows of the batch where that input is not zero.
#define UPDATE_SPARSE(J)                                                                                               \
  INL V update_sparse##J(enum optimizer kind, const Spread *s, const uint32_t *mask, const float *x, int next_row,     \
                         const float *g, int N, int words, Parameters *p, size_t at, V wrong) {                        \
    V a[J];                                                                                                            \
    UNROLL for (int j = 0; j < J; j++) a[j] = zero();                                                                  \
    for (int i = 0; i < words; i++)                                                                                    \
      for (uint32_t m = mask[i]; m; m &= m - 1) {                                                                      \
        int b = 32 * i + __builtin_ctz(m);                                                                             \
        const float *row = g + (size_t)b * N;                                                                          \
        V e = set1(x[(size_t)b * next_row]);                                                                           \
        UNROLL for (int j = 0; j < J; j++) a[j] = muladd(e, ld(row + 8 * j), a[j]);                                       \
      }                                                                                                                \
    UNROLL for (int j = 0; j < J; j++) {                                                                               \
      size_t o = at + 8 * j;                                                                                           \
      wrong = watched(wrong, step8(kind, s, a[j], p->w + o, p->first + o, p->second + o));                             \
    }                                                                                                                  \
    return wrong;                                                                                                      \
  }
UPDATE_SPARSE(1) UPDATE_SPARSE(2) UPDATE_SPARSE(3) UPDATE_SPARSE(4)
UPDATE_SPARSE(5) UPDATE_SPARSE(6) UPDATE_SPARSE(7) UPDATE_SPARSE(8)

#define PANEL_SPARSE(J)                                                                                             \
  case J:                                                                                                           \
    for (int k = 0; k < l->in; k++)                                                                                 \
      wrong = update_sparse##J(kind, s, mask + (size_t)k * words, x + (size_t)k * next_column, next_row, gradient + n, \
                               l->padded, words, &l->kernel, at + (size_t)k * (8 * J), wrong);                      \
    break;

INL int update_panels(enum optimizer kind, Layer *l, const Spread *s, const uint32_t *mask, const float *x,
                      int next_column, int next_row, const float *gradient, int words) {
  V wrong = zero();
  for (int n = 0; n < l->padded; n += l->panel) {
    size_t at = (size_t)n * l->in;
    switch (panel_width(l, n) / 8) {
      PANEL_SPARSE(1) PANEL_SPARSE(2) PANEL_SPARSE(3) PANEL_SPARSE(4)
      PANEL_SPARSE(5) PANEL_SPARSE(6) PANEL_SPARSE(7) PANEL_SPARSE(8)
    }
  }
  return sound(wrong);
}

static int update_sparse(Layer *l, const Rule *rule, const uint32_t *mask, const float *x, int next_column,
                         int next_row, const float *gradient, int rows) {
  Spread s = spread(rule, 1);
  int words = (rows + 31) / 32;
  switch (rule->kind) {
    case ADAMW: return update_panels(ADAMW, l, &s, mask, x, next_column, next_row, gradient, words);
    case SGD: return update_panels(SGD, l, &s, mask, x, next_column, next_row, gradient, words);
    case RMSPROP: return update_panels(RMSPROP, l, &s, mask, x, next_column, next_row, gradient, words);
    default: return update_panels(ADAM, l, &s, mask, x, next_column, next_row, gradient, words);
  }
}

#define UPDATE_VECTOR(kind) \
  case kind:                \
    for (int j = 0; j < count; j += 8) \
      wrong = watched(wrong, step8(kind, &s, ld(gradient + j), p->w + j, p->first + j, p->second + j)); \
    break;

// Biases, and the scales and shifts of normalization: no penalty on them.
static int update_vector(Parameters *p, const Rule *rule, const float *gradient, int count) {
  Spread s = spread(rule, 0);
  V wrong = zero();
  switch (rule->kind) {
    UPDATE_VECTOR(ADAM) UPDATE_VECTOR(ADAMW) UPDATE_VECTOR(SGD) UPDATE_VECTOR(RMSPROP)
    default: break;
  }
  return sound(wrong);
}

static void sum_rows(const float *x, int rows, int width, float *sums) {
  for (int j = 0; j < width; j += 8) {
    V s = zero();
    for (int b = 0; b < rows; b++) s = add(s, ld(x + (size_t)b * width + j));
    st(sums + j, s);
  }
}
