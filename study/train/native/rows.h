// What a network sees: rows of a data set as floats, or as lists of what is not zero; lists of hidden activations.

static void gather(const Inputs *in, const int32_t *rows, int n, float *x) {
  int F = in->features;
  float scale = in->scale;
  for (int i = 0; i < n; i++) {
    float *d = x + (size_t)i * F;
    size_t at = (size_t)rows[i] * (size_t)F;
    if (in->bytes) {
      const uint8_t *s = in->bytes + at;
      for (int k = 0; k < F; k++) d[k] = (float)s[k] / scale;
    } else if (scale != 0) {
      const float *s = in->floats + at;
      for (int k = 0; k < F; k++) d[k] = s[k] / scale;
    } else {
      const float *s = in->floats + at;
      for (int k = 0; k < F; k++) {
        float z = (s[k] - in->shift[k]) / in->deviation[k];
        d[k] = z == z ? z : 0;  // a gap: the mean of the training rows stands in for it
      }
    }
  }
}

// With `xt`, for training: xt[column][row of `lanes_`] holds what is not zero, and the masks say where.
static void gather_sparse(const Inputs *in, const int32_t *rows, int n, Lists *s, float *xt, int lanes_, int features) {
  size_t words = (size_t)(n + 31) / 32;
  float scale = in->scale;
  if (xt) memset(s->mask, 0, sizeof(uint32_t) * words * (size_t)features);
  for (int i = 0; i < n; i++) {
    int64_t from = in->start[rows[i]];
    int count = (int)(in->start[rows[i] + 1] - from);
    float *own = s->own_values + (size_t)i * features;
    s->columns[i] = in->columns + from;
    s->count[i] = count;
    if (in->bytes) {
      const uint8_t *bytes = (const uint8_t *)in->values + from;
      for (int j = 0; j < count; j++) own[j] = (float)bytes[j] / scale;
      s->values[i] = own;
    } else {
      s->values[i] = (float *)in->values + from;
    }
    if (xt) {
      const uint16_t *columns = s->columns[i];
      const float *values = s->values[i];
      uint32_t bit = 1u << (i & 31), *mask = s->mask + i / 32;
      float *to = xt + i;
      for (int j = 0; j < count; j++) {
        size_t k = columns[j];
        mask[k * words] |= bit;
        to[k * (size_t)lanes_] = values[j];
      }
    }
  }
}

static void list(const float *h, int stride, int width, int rows, Lists *s, int training) {
  size_t words = (size_t)(rows + 31) / 32;
  if (training) memset(s->mask, 0, sizeof(uint32_t) * words * (size_t)stride);
  for (int i = 0; i < rows; i++) {
    const float *row = h + (size_t)i * stride;
    uint16_t *columns = s->own_columns + (size_t)i * stride;
    float *values = s->own_values + (size_t)i * stride;
    uint32_t bit = 1u << (i & 31), *mask = s->mask + i / 32;
    int c = 0;
    for (int k0 = 0; k0 < stride; k0 += 8)
      for (unsigned m = nonzero(ld(row + k0)); m; m &= m - 1) {
        int k = k0 + __builtin_ctz(m);
        if (k >= width) break;  // filling
        columns[c] = (uint16_t)k;
        values[c++] = row[k];
        if (training) mask[(size_t)k * words] |= bit;
      }
    s->count[i] = c;
    s->columns[i] = columns;
    s->values[i] = values;
  }
}
