// A stack of dense layers, the rows it learns from, and the table of kernels that compute with both.
//
// Layout. Widths are filled up with zeros to a multiple of 8. Activations are rows of that length. Weights lie in panels
// of `panel` columns (the last one narrower): all inputs of the first panel, then all of the next. Nothing of it changes
// a result: every sum has one order (forward over inputs, gradients over the batch, back over outputs, metrics over
// rows), every multiply-add is rounded once, and a lane never sees its neighbours.
#ifndef NATIVE_NETWORK_H
#define NATIVE_NETWORK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define INL static inline __attribute__((always_inline))
#define EVALUATION_ROWS 96  // in one chunk: their activations stay in the first-level cache
#define LARGEST_SPARSE 65535  // inputs that a list of nonzero columns can name

enum activation { RELU, GELU, TANH, SELU, SIGMOID, ACTIVATIONS };
enum optimizer { ADAM, ADAMW, SGD, RMSPROP, OPTIMIZERS };
enum loss { CROSS_ENTROPY, SQUARED_ERROR, ABSOLUTE_ERROR, HUBER_ERROR, LOSSES };

// Weights and what an optimizer remembers of them: its first and second moment.
typedef struct {
  float *w, *first, *second;
} Parameters;

typedef struct {
  int in, out, padded, panel;  // padded: out filled up to a multiple of 8
  int normalized;              // batch normalization, in place of a bias
  float rate;                  // of dropout behind the layer, in [0, 1)
  uint32_t threshold;          // a unit is dropped where its random word lies below it
  Parameters kernel, bias, gamma, beta;
  float *moving_mean, *moving_variance;
} Layer;

// One step of an optimizer in numbers: what all weights of a step share.
typedef struct {
  enum optimizer kind;
  float rate;            // learning rate; for Adam the one with its correction of bias
  float decay;           // weight decay times learning rate, for AdamW
  float penalty;         // gradient of the L2 penalty is penalty * w
} Rule;

// For each row its nonzero columns, ascending, and their values; for each column (word i of it) the rows where it is.
typedef struct {
  const uint16_t **columns;
  float **values;
  int *count, *position;
  uint32_t *mask;
  uint16_t *own_columns;
  float *own_values;
} Lists;

// Rows of a data set as they were given, and how a network sees them: bytes or floats over a scale, or standardised.
typedef struct {
  const uint8_t *bytes;
  const float *floats;
  int64_t rows;
  int features;
  float scale;                       // 0: standardised by the next two
  const float *shift, *deviation;    // (features)
  int64_t *start;                    // where few are nonzero: row i's are start[i] .. start[i + 1]; else NULL
  uint16_t *columns;
  void *values;                      // bytes, or floats already over the scale
} Inputs;

typedef struct Kernels Kernels;

typedef struct {
  const Kernels *kernels;
  int depth, features, outputs, batch, room;  // hidden layers; rows of a step; rows that buffers hold
  enum activation activation;
  enum optimizer optimizer;
  enum loss loss;
  float learning_rate, l2;
  uint32_t key[2];     // of dropout
  int64_t steps;       // taken so far
  double power1, power2;  // Adam's betas to the power of steps
  int finite;          // whether all weights are numbers: only then are zeros skipped
  Layer *layers;       // depth + 1
  // Buffers. Of each hidden layer: before the activation, behind it, behind dropout; the factors of dropout; of
  // normalization what its gradient needs. Pointers may be the same where a network needs fewer.
  float **before, **active, **hidden, **factor, **scaled, **inverse;
  Lists *lists;        // of the inputs and of each hidden layer
  float *x, *xt, *logits, *gradient, *gradient_t, *back_t, *panel, *sums;
  void **owned;
  int owns;
} Network;

struct Kernels {
  const char *name;
  void (*gather)(const Inputs *, const int32_t *rows, int n, float *x);
  void (*gather_sparse)(const Inputs *, const int32_t *rows, int n, Lists *, float *xt, int lanes, int features);
  void (*list)(const float *h, int stride, int width, int rows, Lists *, int training);
  void (*forward)(const Layer *, const float *x, int stride, float *y, int rows, int relu);
  void (*forward_sparse)(const Layer *, Lists *, float *y, int rows, int relu);
  void (*transpose)(const float *s, int rows, int columns, float *d);
  void (*back)(const Layer *, const float *gradient_t, int lanes, float *d);
  int (*update)(Layer *, const Rule *, const float *x, int stride, const float *gradient, int rows, float *panel);
  int (*update_sparse)(Layer *, const Rule *, const uint32_t *mask, const float *x, int next_column, int next_row,
                       const float *gradient, int rows);
  int (*update_vector)(Parameters *, const Rule *, const float *gradient, int count);
  void (*sum_rows)(const float *x, int rows, int width, float *sums);
  void (*activate)(enum activation, const float *z, float *h, size_t count);
  void (*derive)(enum activation, const float *z, const float *h, float *gradient, size_t count);
  void (*drop)(const Layer *, const uint32_t *key, int64_t step, int place, const float *h, float *dropped,
               float *factor, int rows);
  void (*multiply)(float *x, const float *y, size_t count);
  void (*derive_relu)(const float *h, float scale, float *gradient, size_t count);
  void (*normalize)(Layer *, const float *z, float *y, float *scaled, float *inverse, int rows, int training);
  void (*derive_normalized)(const Layer *, float *gradient, const float *scaled, const float *inverse, float *sums,
                            int rows);
  void (*softmax)(const float *logits, int stride, int classes, const int32_t *labels, int rows, float *gradient);
  void (*weigh)(float *gradient, int stride, const float *weights, int rows);
  void (*judge)(const float *logits, int stride, int classes, const int32_t *labels, int rows, int32_t *predicted,
                float *confidence, float *losses);
  void (*distances)(enum loss, const float *y, int stride, int outputs, const float *targets, int rows,
                    float *gradient);
  void (*judge_squared)(const float *y, int stride, int outputs, const float *targets, int rows, float *losses);
  void (*function)(int which, const float *x, float *y, size_t count);  // for tests: those of functions.h
};

const Kernels *choose_kernels(const char *name);  // NULL: the best of this machine; unknown or not there: NULL

typedef struct {
  int depth, features, outputs, batch;
  const int *widths;        // (depth)
  const float *dropout;     // (depth), in [0, 1)
  enum activation activation;
  enum optimizer optimizer;
  enum loss loss;
  int normalized;
  int sparse_inputs;        // whether rows will come as lists of what is not zero
  float learning_rate, l2;
  uint32_t key[2];
  const char *kernels;      // NULL: the best of this machine
} Plan;

Network *network_new(const Plan *);  // NULL without memory, or where the kernels are not there
void network_free(Network *);
int network_arrays(const Network *);                              // in the order of keras.Model.get_weights
size_t network_array(const Network *, int i, int shape[2]);       // its length; shape[1] is 0 for a vector
void network_get(const Network *, int i, float *values);
void network_set(Network *, int i, const float *values);

int inputs_open(Inputs *, const void *x, int is_bytes, int64_t rows, int features, float scale, const float *shift,
                const float *deviation);  // 0 without memory
void inputs_close(Inputs *);

// One step on rows[0 .. n), at most a batch, with their labels (int32) or targets (float, outputs a row), and what each
// row counts; without weights, 1. The caller has checked every index and label.
void train_step(Network *, const Inputs *, const int32_t *rows, const void *y, const float *weights, int n);
// The class that each row is taken for and its probability (cross-entropy only), its loss and, unless NULL, its outputs,
// in inference mode; at most EVALUATION_ROWS.
void evaluate_rows(Network *, const Inputs *, const int32_t *rows, const void *y, int n, int32_t *predicted,
                   float *confidence, float *losses, float *outputs);

INL int pad8(int n) { return (n + 7) & ~7; }
INL int panel_width(const Layer *l, int first) { return l->padded - first < l->panel ? l->padded - first : l->panel; }

#endif
