// The native engine without Python: prints a hash of the weights and losses of each of its cases.
//
//   cc -O2 -ffp-contract=off -I study/train/native tests/train/native_driver.c study/train/native/{network,inputs,epoch,choose,kernels_avx2,kernels_neon,kernels_portable}.c -lm
//   ./a.out [kernels [MANY]]       the cases, or the first of them, compared with tests/train/native_hashes.txt by test_native_bits.py
//   ./a.out fuzz ROUNDS SEED       shapes, options and numbers at random, for sanitizers
//
// Data are made of whole numbers, so that they do not depend on the machine either.
#include <stdio.h>
#include <stdlib.h>

#include "network.h"

static uint64_t state;

static uint64_t word(void) {  // splitmix64
  uint64_t z = (state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}
static int below(int n) { return (int)(word() % (uint64_t)n); }
static float share(void) { return (float)(word() >> 40) / 16777216.0f; }  // [0, 1)

enum kind { BYTES, SPARSE_BYTES, FLOATS, SPARSE_FLOATS, STANDARDISED, KINDS };

typedef struct {
  Plan plan;
  int widths[8];
  float dropout[8];
  enum kind kind;
  int rows, steps, weighted;
  float wild;  // start weights of this size
} Case;

static uint64_t hash_of(uint64_t h, const void *data, size_t bytes) {  // FNV-1a
  const unsigned char *p = data;
  for (size_t i = 0; i < bytes; i++) h = (h ^ p[i]) * 0x100000001B3u;
  return h;
}

static void fill_inputs(const Case *c, size_t count, uint8_t *bytes, float *floats) {
  int sparse = c->kind == SPARSE_BYTES || c->kind == SPARSE_FLOATS;
  for (size_t i = 0; i < count; i++) {
    int empty = sparse && below(10) < 7;
    bytes[i] = empty ? 0 : (uint8_t)below(256);
    floats[i] = empty ? 0 : share() * 4 - 1;
    if (c->kind == STANDARDISED && below(10) == 0) floats[i] = __builtin_nanf("");
  }
}

static void start(Network *n, float wild) {
  for (int i = 0; i < network_arrays(n); i++) {
    int shape[2];
    size_t count = network_array(n, i, shape);
    float *values = malloc(sizeof *values * (count + 1)), size = shape[1] ? 1.0f / (float)(1 + shape[0] / 16) : 0.25f;
    for (size_t j = 0; j < count; j++) values[j] = (share() * 2 - 1) * size * wild + (shape[1] ? 0 : 0.5f);
    network_set(n, i, values);
    free(values);
  }
}

static uint64_t run(Case *c) {
  uint64_t h = 0xCBF29CE484222325u;
  c->plan.widths = c->widths, c->plan.dropout = c->dropout;
  size_t rows = (size_t)c->rows, cells = rows * (size_t)c->plan.features, K = (size_t)c->plan.outputs;
  uint8_t *bytes = malloc(cells + 1), *correct = calloc(rows + 1, 1);
  float *floats = malloc(sizeof(float) * (cells + 1)), *shift = malloc(sizeof(float) * (size_t)c->plan.features);
  float *deviation = malloc(sizeof(float) * (size_t)c->plan.features), *losses = malloc(sizeof(float) * (rows + 1));
  float *targets = malloc(sizeof(float) * (rows * K + 1)), *outputs = malloc(sizeof(float) * (rows * K + 1));
  float *confidence = malloc(sizeof(float) * (rows + 1));
  int32_t *predicted = malloc(sizeof(int32_t) * (rows + 1));
  int32_t *index = malloc(sizeof(int32_t) * (rows + 1)), *labels = malloc(sizeof(int32_t) * (rows + 1));
  fill_inputs(c, cells, bytes, floats);
  for (int k = 0; k < c->plan.features; k++) shift[k] = share(), deviation[k] = share() + 0.5f;
  for (size_t i = 0; i < rows; i++) index[i] = below(c->rows), labels[i] = below(c->plan.outputs);
  for (size_t i = 0; i < rows * K; i++) targets[i] = share();
  float *weights = malloc(sizeof(float) * (rows + 1));
  for (size_t i = 0; c->weighted && i < rows; i++) weights[i] = 3 * share();
  Inputs in;
  int is_bytes = c->kind == BYTES || c->kind == SPARSE_BYTES;
  float scale = c->kind == STANDARDISED ? 0 : is_bytes ? 255.0f : 2.0f;
  if (!inputs_open(&in, is_bytes ? (void *)bytes : floats, is_bytes, c->rows, c->plan.features, scale, shift, deviation))
    exit(1);
  c->plan.sparse_inputs = in.start != NULL;
  Network *n = network_new(&c->plan);
  if (!n) exit(1);
  start(n, c->wild);
  const void *y = c->plan.loss == CROSS_ENTROPY ? (void *)labels : targets;
  size_t wide = c->plan.loss == CROSS_ENTROPY ? 1 : K;
  for (int s = 0, at = 0; s < c->steps; s++) {
    int count = c->rows - at < c->plan.batch ? c->rows - at : c->plan.batch;
    train_step(n, &in, index + at, (const float *)y + (size_t)at * wide, c->weighted ? weights + at : NULL, count);
    at = at + count < c->rows ? at + count : 0;
  }
  for (int at = 0; at < c->rows; at += EVALUATION_ROWS) {
    int count = c->rows - at < EVALUATION_ROWS ? c->rows - at : EVALUATION_ROWS;
    evaluate_rows(n, &in, index + at, (const float *)y + (size_t)at * wide, count, predicted + at,
                  confidence + at, losses + at, outputs + (size_t)at * K);
  }
  for (int i = 0; i < network_arrays(n); i++) {
    int shape[2];
    size_t count = network_array(n, i, shape);
    float *values = malloc(sizeof *values * (count + 1));
    network_get(n, i, values);
    h = hash_of(h, values, sizeof *values * count);
    free(values);
  }
  for (size_t i = 0; i < rows && c->plan.loss == CROSS_ENTROPY; i++) correct[i] = predicted[i] == labels[i];
  h = hash_of(hash_of(h, losses, sizeof *losses * rows), correct, rows);
  network_free(n), inputs_close(&in);
  free(bytes), free(correct), free(floats), free(shift), free(deviation), free(losses), free(targets), free(outputs);
  free(index), free(labels), free(weights), free(predicted), free(confidence);
  return h;
}

static const char *const kinds[] = {"bytes", "sparse-bytes", "floats", "sparse-floats", "standardised"};
static const char *const activations[] = {"relu", "gelu", "tanh", "selu", "sigmoid"};
static const char *const optimizers[] = {"adam", "adamw", "sgd", "rmsprop"};

static void cases(const char *kernels, int many) {
  for (int i = 0; i < many; i++) {
    state = (uint64_t)i;
    Case c = {.kind = (enum kind)(i % KINDS), .rows = 77, .steps = 12, .weighted = i >= 50, .wild = 1};
    c.plan = (Plan){.depth = i % 4, .features = 50 + i, .outputs = 3 + i % 20, .batch = 1 + (i * 13) % 64,
                    .activation = (enum activation)(i % 3 ? i / 3 % ACTIVATIONS : RELU),
                    .optimizer = (enum optimizer)(i / 2 % OPTIMIZERS), .loss = i % 7 == 6 ? SQUARED_ERROR : CROSS_ENTROPY,
                    .normalized = i % 5 == 3, .learning_rate = 0.01f, .l2 = i % 2 ? 0.001f : 0, .key = {7, (uint32_t)i},
                    .kernels = kernels};
    for (int j = 0; j < 4; j++) c.widths[j] = 20 + (i * 17 + j * 31) % 120, c.dropout[j] = i % 3 == 1 ? 0.3f : 0;
    uint64_t h = run(&c);
    printf("%02d-%s-%s-%s %016llx\n", i, kinds[c.kind], activations[c.plan.activation], optimizers[c.plan.optimizer],
           (unsigned long long)h);
  }
}

static void fuzz(int rounds, uint64_t seed) {
  for (int i = 0; i < rounds; i++) {
    state = seed + (uint64_t)i * 1000003u;
    Case c = {.kind = (enum kind)below(KINDS), .rows = 1 + below(150), .steps = 1 + below(6), .weighted = below(3) == 0};
    c.wild = below(8) ? 1 : 1e30f;  // some run away
    c.plan = (Plan){.depth = below(5), .features = 1 + below(300), .outputs = 1 + below(40), .batch = 1 + below(140),
                    .activation = (enum activation)below(ACTIVATIONS), .optimizer = (enum optimizer)below(OPTIMIZERS),
                    .loss = (enum loss)below(LOSSES), .normalized = below(3) == 0,
                    .learning_rate = below(8) ? 0.01f : 1e30f, .l2 = below(2) ? 0.001f : 0,
                    .key = {(uint32_t)word(), (uint32_t)word()}, .kernels = below(4) ? NULL : "portable"};
    if (below(10) == 0) c.plan.batch = 400;  // larger than the data
    for (int j = 0; j < 8; j++) c.widths[j] = 1 + below(200), c.dropout[j] = below(2) ? share() : 0;
    run(&c);
  }
  printf("%d shapes\n", rounds);
}

int main(int count, char **arguments) {
  if (count == 4 && !strcmp(arguments[1], "fuzz")) fuzz(atoi(arguments[2]), strtoull(arguments[3], NULL, 10));
  else cases(count > 1 ? arguments[1] : NULL, count > 2 ? atoi(arguments[2]) : 60);
  return 0;
}
