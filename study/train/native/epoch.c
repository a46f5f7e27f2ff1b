// A step of training and an evaluation: which kernel runs when.
#include "network.h"

// Whether layer i reads its inputs along lists of what is not zero. The rule knows nothing of the machine. Measured on
// 32 x 128 x 128: with half of the inputs behind relu zero, evaluation gains a fifth and training nothing; with dropout,
// training gains too.
static int along_lists(const Network *n, const Inputs *in, int i, int training) {
  const Layer *l = &n->layers[i];
  if (!n->finite) return 0;  // 0 times infinity is no number, and shall be seen
  if (i == 0) return in->start && n->xt;
  if (n->activation != RELU || l->in < 48 || l->padded < 48 || !n->lists[i].own_columns) return 0;
  return !training || n->layers[i - 1].rate > 0;
}

// Logits of `rows` rows that x or the lists of the inputs hold.
static void forward_all(Network *n, const Inputs *in, int rows, int training) {
  const Kernels *f = n->kernels;
  for (int i = 0; i <= n->depth; i++) {
    Layer *l = &n->layers[i];
    int hidden = i < n->depth, cut = hidden && n->activation == RELU && !l->normalized;
    float *z = hidden ? n->before[i] : n->logits;
    const float *x = i ? n->hidden[i - 1] : n->x;
    int stride = i ? n->layers[i - 1].padded : n->features;
    if (along_lists(n, in, i, training)) {
      if (i) f->list(x, stride, l->in, rows, &n->lists[i], training);
      f->forward_sparse(l, &n->lists[i], z, rows, cut);
    } else {
      f->forward(l, x, stride, z, rows, cut);
    }
    if (!hidden) return;
    size_t cells = (size_t)rows * (size_t)l->padded;
    float *h = training ? n->active[i] : n->hidden[i];
    if (l->normalized) f->normalize(l, z, z, n->scaled[i], n->inverse[i], rows, training);
    if (!cut) f->activate(n->activation, z, h, cells);
    if (training && l->rate > 0) f->drop(l, n->key, n->steps, i, h, n->hidden[i], n->factor[i], rows);
  }
}

// The gradient by a layer's outputs becomes the one by its product.
static void derive_all(Network *n, int i, int rows) {
  const Kernels *f = n->kernels;
  const Layer *l = &n->layers[i];
  size_t cells = (size_t)rows * (size_t)l->padded;
  if (n->activation == RELU && l->rate > 0) {
    f->derive_relu(n->hidden[i], 1.0f / (1.0f - l->rate), n->gradient, cells);
  } else {
    if (l->rate > 0) f->multiply(n->gradient, n->factor[i], cells);
    f->derive(n->activation, n->before[i], n->active[i], n->gradient, cells);
  }
  if (l->normalized) f->derive_normalized(l, n->gradient, n->scaled[i], n->inverse[i], n->sums, rows);
}

static Rule next_rule(Network *n) {
  Rule r = {n->optimizer, n->learning_rate, 0, 0};
  if (n->optimizer == ADAM || n->optimizer == ADAMW) {
    n->power1 *= (double)0.9f, n->power2 *= (double)0.999f;
    float p1 = (float)n->power1, p2 = (float)n->power2;
    r.rate = n->learning_rate * __builtin_sqrtf(1.0f - p2) / (1.0f - p1);
    r.decay = 0.004f * n->learning_rate;
  }
  return r;
}

static void backward_all(Network *n, const Inputs *in, int rows) {
  const Kernels *f = n->kernels;
  Rule rule = next_rule(n);
  int lanes = pad8(rows), finite = 1;
  for (int i = n->depth; i >= 0; i--) {
    Layer *l = &n->layers[i];
    int along = along_lists(n, in, i, 1);
    const float *x = i ? n->hidden[i - 1] : n->x;
    int stride = i ? n->layers[i - 1].padded : n->features;
    size_t used = (size_t)rows * (size_t)l->padded, filled = (size_t)lanes * (size_t)l->padded;
    if (i) {  // before the step: it needs the weights as they were
      memset(n->gradient + used, 0, sizeof(float) * (filled - used));
      f->transpose(n->gradient, lanes, l->padded, n->gradient_t);
      f->back(l, n->gradient_t, lanes, n->back_t);
    }
    rule.penalty = i < n->depth ? 2.0f * n->l2 : 0.0f;
    if (l->normalized) {  // its gradients are in sums: derive_all has left them there
      finite &= f->update_vector(&l->gamma, &rule, n->sums, l->padded);
      finite &= f->update_vector(&l->beta, &rule, n->sums + l->padded, l->padded);
    } else {
      f->sum_rows(n->gradient, rows, l->padded, n->sums);
      finite &= f->update_vector(&l->bias, &rule, n->sums, l->padded);
    }
    if (!along)
      finite &= f->update(l, &rule, x, stride, n->gradient, rows, n->panel);
    else if (i)
      finite &= f->update_sparse(l, &rule, n->lists[i].mask, x, 1, stride, n->gradient, rows);
    else
      finite &= f->update_sparse(l, &rule, n->lists[0].mask, n->xt, lanes, 1, n->gradient, rows);
    if (i) {
      f->transpose(n->back_t, pad8(l->in), lanes, n->gradient);
      derive_all(n, i - 1, rows);
    }
  }
  n->finite &= finite;
}

static void read_rows(Network *n, const Inputs *in, const int32_t *rows, int count, int training) {
  if (along_lists(n, in, 0, training))
    n->kernels->gather_sparse(in, rows, count, &n->lists[0], training ? n->xt : NULL, pad8(count), n->features);
  else
    n->kernels->gather(in, rows, count, n->x);
}

void train_step(Network *n, const Inputs *in, const int32_t *rows, const void *y, const float *weights, int count) {
  int stride = n->layers[n->depth].padded;
  read_rows(n, in, rows, count, 1);
  forward_all(n, in, count, 1);
  if (n->loss == CROSS_ENTROPY) n->kernels->softmax(n->logits, stride, n->outputs, y, count, n->gradient);
  else n->kernels->distances(n->loss, n->logits, stride, n->outputs, y, count, n->gradient);
  if (weights) n->kernels->weigh(n->gradient, stride, weights, count);
  backward_all(n, in, count);
  n->steps++;
}

void evaluate_rows(Network *n, const Inputs *in, const int32_t *rows, const void *y, int count, int32_t *predicted,
                   float *confidence, float *losses, float *outputs) {
  int stride = n->layers[n->depth].padded;
  read_rows(n, in, rows, count, 0);
  forward_all(n, in, count, 0);
  if (n->loss == CROSS_ENTROPY)
    n->kernels->judge(n->logits, stride, n->outputs, y, count, predicted, confidence, losses);
  else n->kernels->judge_squared(n->logits, stride, n->outputs, y, count, losses);
  for (int i = 0; outputs && i < count; i++)
    memcpy(outputs + (size_t)i * n->outputs, n->logits + (size_t)i * stride, sizeof(float) * (size_t)n->outputs);
}
