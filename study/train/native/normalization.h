// Batch normalization as in Keras: momentum 0.99, epsilon 0.001, the variance of the batch divided by its rows.

#define NORMAL_EPSILON 0.001f

// y = gamma * (z - mean) / sqrt(variance + epsilon) + beta, with the batch's moments in training and the moving ones
// else. Training keeps (z - mean) / sqrt(...) in `scaled` and 1 / sqrt(...) in `inverse`. y may be z.
static void normalize(Layer *l, const float *z, float *y, float *scaled, float *inverse, int rows, int training) {
  int N = l->padded;
  V n = set1((float)rows), one = set1(1.0f), epsilon = set1(NORMAL_EPSILON);
  for (int j = 0; j < N; j += 8) {
    V mean, variance, gamma = ld(l->gamma.w + j), beta = ld(l->beta.w + j), r;
    if (training) {
      mean = variance = zero();
      for (int b = 0; b < rows; b++) mean = add(mean, ld(z + (size_t)b * N + j));
      mean = over(mean, n);
      for (int b = 0; b < rows; b++) {
        V d = sub(ld(z + (size_t)b * N + j), mean);
        variance = muladd(d, d, variance);
      }
      variance = over(variance, n);
      st(l->moving_mean + j, muladd(ld(l->moving_mean + j), set1(0.99f), mul(mean, set1(0.01f))));
      st(l->moving_variance + j, muladd(ld(l->moving_variance + j), set1(0.99f), mul(variance, set1(0.01f))));
    } else {
      mean = ld(l->moving_mean + j), variance = ld(l->moving_variance + j);
    }
    r = over(one, root(add(variance, epsilon)));
    if (training) st(inverse + j, r);
    for (int b = 0; b < rows; b++) {
      size_t at = (size_t)b * N + j;
      V x = mul(sub(ld(z + at), mean), r);
      if (training) st(scaled + at, x);
      st(y + at, muladd(x, gamma, beta));
    }
  }
}

// gradient: of y -> of z. sums (2, padded): the gradients of gamma and beta.
static void derive_normalized(const Layer *l, float *gradient, const float *scaled, const float *inverse, float *sums,
                              int rows) {
  int N = l->padded;
  V n = set1((float)rows);
  for (int j = 0; j < N; j += 8) {
    V by_gamma = zero(), by_beta = zero();
    for (int b = 0; b < rows; b++) {
      size_t at = (size_t)b * N + j;
      by_gamma = muladd(ld(gradient + at), ld(scaled + at), by_gamma);
      by_beta = add(by_beta, ld(gradient + at));
    }
    st(sums + j, by_gamma), st(sums + N + j, by_beta);
    V factor = mul(ld(l->gamma.w + j), ld(inverse + j)), slope = over(by_gamma, n), mean = over(by_beta, n);
    for (int b = 0; b < rows; b++) {
      size_t at = (size_t)b * N + j;
      st(gradient + at, mul(factor, mulsub(slope, ld(scaled + at), sub(ld(gradient + at), mean))));
    }
  }
}
