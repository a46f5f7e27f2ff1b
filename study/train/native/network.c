// Memory: a network's weights and buffers, from its plan; weights in and out in Keras's order and shapes.
#define _POSIX_C_SOURCE 200809L  // posix_memalign
#include "network.h"

#include <stdlib.h>

#define ALIGNMENT 64

static void *room_for(Network *n, size_t count, size_t size) {
  void *p = NULL;
  if (count > SIZE_MAX / 2 / size) return NULL;
  if (posix_memalign(&p, ALIGNMENT, count * size + ALIGNMENT)) return NULL;
  memset(p, 0, count * size + ALIGNMENT);
  n->owned[n->owns++] = p;
  return p;
}

#define FLOATS(count) ((float *)room_for(n, (size_t)(count), sizeof(float)))

static int parameters(Network *n, Parameters *p, size_t count) {
  return (p->w = FLOATS(count)) && (p->first = FLOATS(count)) && (p->second = FLOATS(count));
}

static int layer(Network *n, Layer *l, const Plan *plan, int i) {
  int hidden = i < plan->depth, lists = i ? plan->activation == RELU : plan->sparse_inputs;
  l->in = i ? plan->widths[i - 1] : plan->features;
  l->out = hidden ? plan->widths[i] : plan->outputs;
  l->padded = pad8(l->out);
  l->panel = lists && hidden ? 64 : 16;
  l->normalized = hidden && plan->normalized;
  l->rate = hidden ? plan->dropout[i] : 0;
  l->threshold = (uint32_t)((double)l->rate * 4294967296.0);
  if (!parameters(n, &l->kernel, (size_t)l->in * (size_t)l->padded)) return 0;
  if (!parameters(n, &l->bias, (size_t)l->padded)) return 0;
  if (!l->normalized) return 1;
  if (!parameters(n, &l->gamma, (size_t)l->padded) || !parameters(n, &l->beta, (size_t)l->padded)) return 0;
  return (l->moving_mean = FLOATS(l->padded)) && (l->moving_variance = FLOATS(l->padded));
}

static int lists(Network *n, Lists *s, size_t stride, int own) {
  size_t rows = (size_t)n->room, words = (size_t)(n->batch + 31) / 32;
  s->columns = room_for(n, rows, sizeof *s->columns);
  s->values = room_for(n, rows, sizeof *s->values);
  s->count = room_for(n, rows, sizeof *s->count);
  s->position = room_for(n, rows, sizeof *s->position);
  s->mask = room_for(n, words * stride, sizeof *s->mask);
  s->own_values = FLOATS(rows * stride);
  s->own_columns = own ? room_for(n, rows * stride, sizeof *s->own_columns) : NULL;
  return s->columns && s->values && s->count && s->position && s->mask && s->own_values && (s->own_columns || !own);
}

static int buffers_of_layer(Network *n, int i) {
  const Layer *l = &n->layers[i];
  size_t cells = (size_t)n->room * (size_t)l->padded;
  int dropout = l->rate > 0, from_output = n->activation == TANH || n->activation == SELU || n->activation == SIGMOID;
  if (!(n->hidden[i] = FLOATS(cells))) return 0;
  n->active[i] = dropout && from_output ? FLOATS(cells) : n->hidden[i];
  n->before[i] = n->activation == GELU ? FLOATS(cells) : n->active[i];
  if (!n->active[i] || !n->before[i]) return 0;
  if (dropout && n->activation != RELU && !(n->factor[i] = FLOATS(cells))) return 0;
  if (l->normalized && !((n->scaled[i] = FLOATS(cells)) && (n->inverse[i] = FLOATS(l->padded)))) return 0;
  return n->activation != RELU || l->padded > LARGEST_SPARSE || lists(n, &n->lists[i + 1], (size_t)l->padded, 1);
}

static int build(Network *n, const Plan *plan) {
  int lanes = pad8(n->batch), widest = 8;
  size_t rows = (size_t)n->room;
  for (int i = 0; i <= n->depth; i++) {
    if (!layer(n, &n->layers[i], plan, i)) return 0;
    if (n->layers[i].padded > widest) widest = n->layers[i].padded;
    if (i < n->depth && !buffers_of_layer(n, i)) return 0;
  }
  if (plan->sparse_inputs) {
    if (!lists(n, &n->lists[0], (size_t)n->features, 0)) return 0;
    if (!(n->xt = FLOATS((size_t)n->features * (size_t)lanes))) return 0;
  }
  n->x = FLOATS(rows * (size_t)n->features);
  n->logits = FLOATS(rows * (size_t)n->layers[n->depth].padded);
  n->gradient = FLOATS((size_t)lanes * (size_t)widest);
  n->gradient_t = FLOATS((size_t)lanes * (size_t)widest);
  n->back_t = FLOATS((size_t)lanes * (size_t)widest);
  n->panel = FLOATS(rows * 16);
  n->sums = FLOATS(2 * (size_t)widest);
  return n->x && n->logits && n->gradient && n->gradient_t && n->back_t && n->panel && n->sums;
}

Network *network_new(const Plan *plan) {
  const Kernels *kernels = choose_kernels(plan->kernels);
  Network *n = kernels ? calloc(1, sizeof *n) : NULL;
  if (!n) return NULL;
  size_t all = (size_t)plan->depth + 1;
  n->kernels = kernels, n->depth = plan->depth, n->features = plan->features, n->outputs = plan->outputs;
  n->batch = plan->batch, n->room = pad8(plan->batch) > EVALUATION_ROWS ? pad8(plan->batch) : EVALUATION_ROWS;
  n->activation = plan->activation, n->optimizer = plan->optimizer, n->loss = plan->loss;
  n->learning_rate = plan->learning_rate, n->l2 = plan->l2;
  n->key[0] = plan->key[0], n->key[1] = plan->key[1];
  n->power1 = n->power2 = 1, n->finite = 1;
  if ((n->owned = calloc(all * 40 + 40, sizeof *n->owned))) {
    n->layers = room_for(n, all, sizeof *n->layers);
    n->lists = room_for(n, all, sizeof *n->lists);
    n->before = room_for(n, all, sizeof *n->before), n->active = room_for(n, all, sizeof *n->active);
    n->hidden = room_for(n, all, sizeof *n->hidden), n->factor = room_for(n, all, sizeof *n->factor);
    n->scaled = room_for(n, all, sizeof *n->scaled), n->inverse = room_for(n, all, sizeof *n->inverse);
    if (n->layers && n->lists && n->before && n->active && n->hidden && n->factor && n->scaled && n->inverse &&
        build(n, plan))
      return n;
  }
  network_free(n);
  return NULL;
}

void network_free(Network *n) {
  if (!n) return;
  for (int i = 0; n->owned && i < n->owns; i++) free(n->owned[i]);
  free(n->owned);
  free(n);
}

// The vector or kernel that is array i, and its layer.
static float *array(const Network *n, int i, Layer **of) {
  int each = n->depth && n->layers[0].normalized ? 5 : 2, place = i / each;
  if (place >= n->depth) place = n->depth, i -= n->depth * each;
  else i %= each;
  Layer *l = *of = &n->layers[place];
  if (i == 0) return l->kernel.w;
  if (!l->normalized) return l->bias.w;
  float *const of_normalization[] = {l->gamma.w, l->beta.w, l->moving_mean, l->moving_variance};
  return of_normalization[i - 1];
}

int network_arrays(const Network *n) { return n->depth * (n->depth && n->layers[0].normalized ? 5 : 2) + 2; }

size_t network_array(const Network *n, int i, int shape[2]) {
  Layer *l;
  if (array(n, i, &l) == l->kernel.w) {
    shape[0] = l->in, shape[1] = l->out;
    return (size_t)l->in * (size_t)l->out;
  }
  shape[0] = l->out, shape[1] = 0;
  return (size_t)l->out;
}

// Where weight (k, j) lies in the panels.
static size_t place_of(const Layer *l, int k, int j) {
  int first = j / l->panel * l->panel;
  return (size_t)first * (size_t)l->in + (size_t)k * (size_t)panel_width(l, first) + (size_t)(j - first);
}

void network_get(const Network *n, int i, float *values) {
  Layer *l;
  const float *a = array(n, i, &l);
  if (a != l->kernel.w) {
    memcpy(values, a, sizeof(float) * (size_t)l->out);
    return;
  }
  for (int k = 0; k < l->in; k++)
    for (int j = 0; j < l->out; j++) *values++ = a[place_of(l, k, j)];
}

void network_set(Network *n, int i, const float *values) {
  Layer *l;
  float *a = array(n, i, &l);
  int kernel = a == l->kernel.w;
  size_t count = (size_t)l->out * (kernel ? (size_t)l->in : 1);
  for (size_t at = 0; at < count; at++) n->finite &= values[at] - values[at] == 0;
  if (!kernel) {
    memcpy(a, values, sizeof(float) * count);
    return;
  }
  for (int k = 0; k < l->in; k++)
    for (int j = 0; j < l->out; j++) a[place_of(l, k, j)] = *values++;
}
