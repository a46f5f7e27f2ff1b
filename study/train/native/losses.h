// Softmax with cross-entropy, and squared, absolute and Huber's error: gradients by the logits, and what each row comes
// to, of the latter three in squared error. Rows of logits are `stride` apart, filled up with zeros; sums run over classes
// in their order.

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

// Gradients by rows whose loss counts more or less than 1.
static void weigh(float *gradient, int stride, const float *weights, int rows) {
  for (int i = 0; i < rows; i++) {
    V w = set1(weights[i]);
    for (int c = 0; c < stride; c += 8) st(gradient + (size_t)i * stride + c, mul(ld(gradient + (size_t)i * stride + c), w));
  }
}

// The class of the largest logit of each row, the first on ties, its probability, and what the row comes to.
static void judge(const float *logits, int stride, int classes, const int32_t *labels, int rows, int32_t *predicted,
                  float *confidence, float *losses) {
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
    predicted[i] = place;
    confidence[i] = 1.0f / sum;
    losses[i] = log1_(sum) - (z[labels[i]] - top);
  }
}

// The derivative by an output that is `d` from its target; Huber's turns at 1. NaN stays NaN.
INL float slope(enum loss loss, float d) {
  if (loss == SQUARED_ERROR) return 2.0f * d;
  if (loss == HUBER_ERROR && d >= -1.0f && d <= 1.0f) return d;
  return d > 0 ? 1.0f : d < 0 ? -1.0f : d;
}

static void distances(enum loss loss, const float *y, int stride, int outputs, const float *targets, int rows,
                      float *gradient) {
  float all = (float)rows * (float)outputs;
  for (int i = 0; i < rows; i++)
    for (int c = 0; c < stride; c++)
      gradient[(size_t)i * stride + c] =
          c < outputs ? slope(loss, y[(size_t)i * stride + c] - targets[(size_t)i * outputs + c]) / all : 0.0f;
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
