// The three products of a layer: forward, back, and (in gradients.h) of the weights. Dense ones in blocks of R rows and
// C vectors that stay in registers, sparse ones along lists of what is not zero.

#ifndef UNROLL
#define UNROLL _Pragma("GCC unroll 8")
#endif
#define KEPT 128  // inputs of a panel at a time, so that they stay in the first-level cache

INL V cut(V x, int relu) { return relu ? except(less(x, zero()), x) : x; }  // keeps NaN, as Keras does

// y[R][8C] = bias or y, + x[R][k0 .. k1) w
#define FORWARD(R, C)                                                                                              \
  static void forward##R##C(const float *x, int stride, const float *w, int pw, const float *bias, float *y, int ly, \
                            int k0, int k1, int relu) {                                                            \
    V a[R][C];                                                                                                     \
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++)                                          \
        a[r][c] = ld((k0 ? y + (size_t)r * ly : bias) + 8 * c);                                                    \
    for (int k = k0; k < k1; k++) {                                                                                \
      V v[C];                                                                                                      \
      UNROLL for (int c = 0; c < C; c++) v[c] = ld(w + (size_t)k * pw + 8 * c);                                    \
      UNROLL for (int r = 0; r < R; r++) {                                                                         \
        V s = set1(x[(size_t)r * stride + k]);                                                                     \
        UNROLL for (int c = 0; c < C; c++) a[r][c] = muladd(s, v[c], a[r][c]);                                        \
      }                                                                                                            \
    }                                                                                                              \
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++)                                          \
        st(y + (size_t)r * ly + 8 * c, cut(a[r][c], relu));                                                        \
  }
FORWARD(6, 2) FORWARD(4, 2) FORWARD(1, 2) FORWARD(6, 1) FORWARD(4, 1) FORWARD(1, 1)

static void forward(const Layer *l, const float *x, int stride, float *y, int rows, int relu) {
  int K = l->in, N = l->padded;
  for (int n = 0; n < N;) {
    int first = n / l->panel * l->panel, pw = panel_width(l, first), two = first + pw - n >= 16;
    const float *w = l->kernel.w + (size_t)first * K + (n - first);
    for (int k0 = 0; k0 < K; k0 += KEPT) {
      int k1 = k0 + KEPT < K ? k0 + KEPT : K, cutting = relu && k1 == K;
      for (int i = 0; i < rows;) {
        int left = rows - i, take = left >= 6 && left != 8 ? 6 : left >= 4 ? 4 : 1;
        const float *a = x + (size_t)i * stride;
        float *b = y + (size_t)i * N + n;
        (take == 6 ? two ? forward62 : forward61 : take == 4 ? two ? forward42 : forward41 : two ? forward12 : forward11)(
            a, stride, w, pw, l->bias.w + n, b, N, k0, k1, cutting);
        i += take;
      }
    }
    n += two ? 16 : 8;
  }
}

#define FORWARD_SPARSE(J)                                                                                       \
  static void forward_sparse##J(const float *w, int K, const float *bias, Lists *s, float *y, int ly, int rows, \
                                int relu) {                                                                     \
    for (int i = 0; i < rows; i++) s->position[i] = 0;                                                          \
    for (int k0 = 0; k0 < K; k0 += 96) {                                                                        \
      int k1 = k0 + 96 < K ? k0 + 96 : K;                                                                       \
      for (int i = 0; i < rows; i++) {                                                                          \
        V a[J];                                                                                                 \
        float *out = y + (size_t)i * ly;                                                                        \
        const float *from = k0 ? out : bias, *values = s->values[i];                                            \
        const uint16_t *columns = s->columns[i];                                                                \
        int p = s->position[i], end = s->count[i];                                                              \
        UNROLL for (int j = 0; j < J; j++) a[j] = ld(from + 8 * j);                                             \
        for (; p < end && columns[p] < k1; p++) {                                                               \
          const float *row = w + (size_t)columns[p] * (8 * J);                                                  \
          V v = set1(values[p]);                                                                                \
          UNROLL for (int j = 0; j < J; j++) a[j] = muladd(v, ld(row + 8 * j), a[j]);                              \
        }                                                                                                       \
        s->position[i] = p;                                                                                     \
        UNROLL for (int j = 0; j < J; j++) st(out + 8 * j, cut(a[j], relu && k1 == K));                         \
      }                                                                                                         \
    }                                                                                                           \
  }
FORWARD_SPARSE(1) FORWARD_SPARSE(2) FORWARD_SPARSE(3) FORWARD_SPARSE(4)
FORWARD_SPARSE(5) FORWARD_SPARSE(6) FORWARD_SPARSE(7) FORWARD_SPARSE(8)

static void forward_sparse(const Layer *l, Lists *s, float *y, int rows, int relu) {
  void (*const kernel[])(const float *, int, const float *, Lists *, float *, int, int, int) = {
      forward_sparse1, forward_sparse2, forward_sparse3, forward_sparse4,
      forward_sparse5, forward_sparse6, forward_sparse7, forward_sparse8};
  for (int n = 0; n < l->padded; n += l->panel)
    kernel[panel_width(l, n) / 8 - 1](l->kernel.w + (size_t)n * l->in, l->in, l->bias.w + n, s, y + n, l->padded, rows,
                                      relu);
}

// Rows and columns are multiples of 8.
static void transpose(const float *s, int rows, int columns, float *d) {
  for (int i = 0; i < rows; i += 8)
    for (int j = 0; j < columns; j += 8) transpose8(s + (size_t)i * columns + j, columns, d + (size_t)j * rows + i, rows);
}

// d[R inputs][8C rows of the batch] = w gradient_t, over the outputs
#define BACK(R, C)                                                                                                  \
  static void back##R##C(const Layer *l, int k, const float *gradient_t, int lanes_, float *d) {                    \
    V a[R][C];                                                                                                      \
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++) a[r][c] = zero();                         \
    for (int n = 0; n < l->padded; n += l->panel) {                                                                 \
      int pw = panel_width(l, n);                                                                                   \
      const float *w = l->kernel.w + (size_t)n * l->in + (size_t)k * pw, *g = gradient_t + (size_t)n * lanes_;      \
      for (int j = 0; j < pw; j++, g += lanes_) {                                                                   \
        V v[C];                                                                                                     \
        UNROLL for (int c = 0; c < C; c++) v[c] = ld(g + 8 * c);                                                    \
        UNROLL for (int r = 0; r < R; r++) {                                                                        \
          V s = set1(w[(size_t)r * pw + j]);                                                                        \
          UNROLL for (int c = 0; c < C; c++) a[r][c] = muladd(s, v[c], a[r][c]);                                       \
        }                                                                                                           \
      }                                                                                                             \
    }                                                                                                               \
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++)                                           \
        st(d + (size_t)(k + r) * lanes_ + 8 * c, a[r][c]);                                                          \
  }
BACK(3, 4) BACK(2, 4) BACK(1, 4) BACK(6, 1) BACK(1, 1)

static void back(const Layer *l, const float *gradient_t, int lanes_, float *d) {
  int K = l->in, b = 0;
  for (; b + 32 <= lanes_; b += 32) {
    int k = 0;
    for (; K - k > 0 && (K - k) % 3 && K - k >= 2; k += 2) back24(l, k, gradient_t + b, lanes_, d + b);
    for (; K - k >= 3; k += 3) back34(l, k, gradient_t + b, lanes_, d + b);
    for (; k < K; k++) back14(l, k, gradient_t + b, lanes_, d + b);
  }
  for (; b < lanes_; b += 8) {
    int k = 0;
    for (; K - k >= 6; k += 6) back61(l, k, gradient_t + b, lanes_, d + b);
    for (; k < K; k++) back11(l, k, gradient_t + b, lanes_, d + b);
  }
  memset(d + (size_t)K * lanes_, 0, sizeof(float) * (size_t)(pad8(K) - K) * lanes_);
}
