// Softmax with cross-entropy, and squared error: gradients by the logits, and what each row comes to. Rows of logits are
// `stride` apart, filled up with zeros; sums run over classes in their order.

INL float largest(const float *z, int classes, int *place) {
  float top = z[0];
  *place = 0;
  for (int c = 1; c < classes; c++)
    if (z[c] > top) top = z[c], *place = c;
  return top;
}

// e = exp(z - top), 0 in the filling; returns their sum.
INL float exponentials(const float *z, int stride, int classes, float top, float *e) {
  float sum = 0;
  for (int c = 0; c < stride; c += 8) st(e + c, exp_(sub(ld(z + c), set1(top))));
  for (int c = classes; c < stride; c++) e[c] = 0;
  for (int c = 0; c < classes; c++) sum += e[c];
  return sum;
}

static void softmax(const float *logits, int stride, int classes, const int32_t *labels, int rows, float *gradient) {
  V n = set1((float)rows);
  for (int i = 0; i < rows; i++) {
    const float *z = logits + (size_t)i * stride;
    float *g = gradient + (size_t)i * stride;
    int place;
    V sum = set1(exponentials(z, stride, classes, largest(z, classes, &place), g));
    for (int c = 0; c < stride; c += 8) st(g + c, over(ld(g + c), sum));
    g[labels[i]] -= 1.0f;
    for (int c = 0; c < stride; c += 8) st(g + c, over(ld(g + c), n));
    for (int c = classes; c < stride; c++) g[c] = 0;  // once more: 0 / NaN is NaN
  }
}

// `gradient` is room for the exponentials of one row.
static void judge(const float *logits, int stride, int classes, const int32_t *labels, int rows, uint8_t *correct,
                  float *losses) {
  for (int i = 0; i < rows; i++) {
    const float *z = logits + (size_t)i * stride;
    int place;
    float top = largest(z, classes, &place), sum = 0;
    for (int c = 0; c < classes; c += 8) {
      float e[8];
      int end = classes - c < 8 ? classes - c : 8;
      st(e, exp_(sub(ld(z + c), set1(top))));
      for (int j = 0; j < end; j++) sum += e[j];
    }
    correct[i] = place == labels[i];
    losses[i] = log1_(sum) - (z[labels[i]] - top);
  }
}

static void squared(const float *y, int stride, int outputs, const float *targets, int rows, float *gradient) {
  float all = (float)rows * (float)outputs;
  for (int i = 0; i < rows; i++)
    for (int c = 0; c < stride; c++)
      gradient[(size_t)i * stride + c] =
          c < outputs ? 2.0f * (y[(size_t)i * stride + c] - targets[(size_t)i * outputs + c]) / all : 0.0f;
}

static void judge_squared(const float *y, int stride, int outputs, const float *targets, int rows, float *losses) {
  for (int i = 0; i < rows; i++) {
    float sum = 0;
    for (int c = 0; c < outputs; c++) {
      float d = y[(size_t)i * stride + c] - targets[(size_t)i * outputs + c];
      sum = fma1(d, d, sum);
    }
    losses[i] = sum / (float)outputs;
  }
}
