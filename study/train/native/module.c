// The door to Python. One rule: every buffer's format and length, every index and label is
// checked, and what a step reads of them is copied, before the interpreter's lock is let go; between batches, signals
// are looked at.
#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>

#include "network.h"

#define SLICE 20000000  // nanoseconds between two looks at signals
#define LARGEST 16777216  // of any width, so that no size overflows

typedef struct {
  PyTypeObject *inputs, *network;
} State;

typedef struct {
  PyObject_HEAD
  Inputs in;
  Py_buffer x, shift, deviation;
} InputsObject;

typedef struct {
  PyObject_HEAD
  Network *n;
  int busy;
} NetworkObject;

// A buffer of `count` items of one of the formats; any count where it is negative. Returns its format, or 0.
static char open_buffer(PyObject *from, Py_buffer *view, const char *formats, Py_ssize_t count, int writable,
                        const char *what) {
  int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (writable ? PyBUF_WRITABLE : 0);
  if (PyObject_GetBuffer(from, view, flags) < 0) return 0;
  const char *format = view->format ? view->format : "B";
  if (*format == '<' || *format == '=' || *format == '@') format++;
  char kind = *format == '?' ? 'B' : *format == 'l' && view->itemsize == 4 ? 'i' : *format;
  Py_ssize_t size = kind == 'B' ? 1 : 4;
  if (!kind || format[1] || !strchr(formats, kind) || view->itemsize != size) {
    PyErr_Format(PyExc_TypeError, "%s: expected items of format '%s', found '%s'", what, formats,
                 view->format ? view->format : "B");
  } else if (count >= 0 && view->len / size != count) {
    PyErr_Format(PyExc_ValueError, "%s: expected %zd items, found %zd", what, count, view->len / size);
  } else {
    return kind;
  }
  PyBuffer_Release(view);
  return 0;
}

// ---- Inputs

static PyObject *inputs_new(PyTypeObject *type, PyObject *args, PyObject *keywords) {
  static char *names[] = {"x", "rows", "features", "scale", "shift", "deviation", NULL};
  PyObject *x, *shift = NULL, *deviation = NULL;
  Py_ssize_t rows, features;
  float scale = 0;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "Onn|fOO", names, &x, &rows, &features, &scale, &shift, &deviation))
    return NULL;
  if (rows < 0 || rows > INT32_MAX || features < 1 || features > LARGEST)
    return PyErr_Format(PyExc_ValueError, "rows and features: out of range, found %zd and %zd", rows, features);
  if ((scale == 0) != (shift && deviation) || !(scale >= 0))
    return PyErr_Format(PyExc_ValueError, "expected either a scale above 0 or shift and deviation");
  allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
  InputsObject *self = (InputsObject *)allocate(type, 0);
  if (!self) return NULL;
  char kind = open_buffer(x, &self->x, scale != 0 ? "Bf" : "f", rows * features, 0, "x");
  if (!kind || (shift && scale == 0 &&
                (!open_buffer(shift, &self->shift, "f", features, 0, "shift") ||
                 !open_buffer(deviation, &self->deviation, "f", features, 0, "deviation")))) {
    Py_DECREF(self);
    return NULL;
  }
  if (!inputs_open(&self->in, self->x.buf, kind == 'B', rows, (int)features, scale, self->shift.buf,
                   self->deviation.buf)) {
    Py_DECREF(self);
    return PyErr_NoMemory();
  }
  return (PyObject *)self;
}

static void inputs_dealloc(InputsObject *self) {
  PyTypeObject *type = Py_TYPE((PyObject *)self);
  inputs_close(&self->in);
  Py_buffer *views[] = {&self->x, &self->shift, &self->deviation};
  for (int i = 0; i < 3; i++)
    if (views[i]->obj) PyBuffer_Release(views[i]);
  ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
  Py_DECREF(type);
}

static PyObject *inputs_sparse(InputsObject *self, void *unused) {
  (void)unused;
  return PyBool_FromLong(self->in.start != NULL);
}

static PyGetSetDef inputs_values[] = {
    {"sparse", (getter)inputs_sparse, NULL, "Whether rows are kept as lists of what is not zero.", NULL}, {0}};

static PyType_Slot inputs_slots[] = {
    {Py_tp_doc, "Rows (rows, features) of bytes or float32, over a scale, or standardised by shift and deviation."},
    {Py_tp_new, inputs_new},
    {Py_tp_dealloc, inputs_dealloc},
    {Py_tp_getset, inputs_values},
    {0, NULL}};
static PyType_Spec inputs_spec = {"study.train.native._native.Inputs", sizeof(InputsObject), 0, Py_TPFLAGS_DEFAULT,
                                  inputs_slots};

// ---- Network

static int known(int value, int end, const char *what) {
  if (value >= 0 && value < end) return 1;
  PyErr_Format(PyExc_ValueError, "%s: expected 0 to %d, found %d", what, end - 1, value);
  return 0;
}

static int read_layers(PyObject *widths, PyObject *dropout, Plan *plan, int **w, float **d) {
  Py_ssize_t depth = PySequence_Size(widths);
  if (depth < 0 || PySequence_Size(dropout) != depth || depth > 10000) {
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "expected one dropout rate for each width");
    return 0;
  }
  *w = calloc((size_t)depth + 1, sizeof **w), *d = calloc((size_t)depth + 1, sizeof **d);
  if (!*w || !*d) return PyErr_NoMemory(), 0;
  for (Py_ssize_t i = 0; i < depth; i++) {
    PyObject *width = PySequence_GetItem(widths, i), *rate = PySequence_GetItem(dropout, i);
    long units = width ? PyLong_AsLong(width) : -1;
    double share = rate ? PyFloat_AsDouble(rate) : -1;
    Py_XDECREF(width), Py_XDECREF(rate);
    if (PyErr_Occurred()) return 0;
    if (units < 1 || units > LARGEST || !(share >= 0 && (float)share < 1)) {
      PyErr_SetString(PyExc_ValueError, "expected widths from 1 on and dropout rates in [0, 1)");
      return 0;
    }
    (*w)[i] = (int)units, (*d)[i] = (float)share;
  }
  plan->depth = (int)depth, plan->widths = *w, plan->dropout = *d;
  return 1;
}

static PyObject *network_make(PyTypeObject *type, PyObject *args, PyObject *keywords) {
  static char *names[] = {"features", "widths", "outputs", "dropout", "activation", "optimizer", "loss", "normalized",
                          "sparse_inputs", "batch", "learning_rate", "l2", "key", "kernels", NULL};
  PyObject *widths, *dropout, *result = NULL;
  int features, outputs, activation, optimizer, loss, normalized, sparse, batch, *w = NULL;
  unsigned key0, key1;
  float rate, l2, *d = NULL;
  const char *kernels = NULL;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "iOiOiiippiff(II)|z", names, &features, &widths, &outputs, &dropout,
                                   &activation, &optimizer, &loss, &normalized, &sparse, &batch, &rate, &l2, &key0,
                                   &key1, &kernels))
    return NULL;
  if (!known(activation, ACTIVATIONS, "activation") || !known(optimizer, OPTIMIZERS, "optimizer") ||
      !known(loss, LOSSES, "loss") || !known(features - 1, LARGEST, "features - 1") ||
      !known(outputs - 1, LARGEST, "outputs - 1") || !known(batch - 1, LARGEST, "batch - 1"))
    return NULL;
  if (!choose_kernels(kernels))
    return PyErr_Format(PyExc_ValueError, "kernels: this machine has no '%s'", kernels);
  Plan plan = {.features = features, .outputs = outputs, .batch = batch, .activation = (enum activation)activation,
               .optimizer = (enum optimizer)optimizer, .loss = (enum loss)loss, .normalized = normalized,
               .sparse_inputs = sparse && features <= LARGEST_SPARSE, .learning_rate = rate, .l2 = l2,
               .key = {key0, key1}, .kernels = kernels};
  if (read_layers(widths, dropout, &plan, &w, &d)) {
    NetworkObject *self = (NetworkObject *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
    if (self && !(self->n = network_new(&plan))) {
      Py_DECREF(self);
      PyErr_NoMemory();
    } else {
      result = (PyObject *)self;
    }
  }
  free(w), free(d);
  return result;
}

static void network_dealloc(NetworkObject *self) {
  PyTypeObject *type = Py_TYPE((PyObject *)self);
  network_free(self->n);
  ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
  Py_DECREF(type);
}

static int enter(NetworkObject *self) {
  if (self->busy) PyErr_SetString(PyExc_RuntimeError, "this network is at work in another thread");
  return self->busy ? 0 : (self->busy = 1);
}

static PyObject *network_shapes(NetworkObject *self, PyObject *unused) {
  (void)unused;
  int arrays = network_arrays(self->n), shape[2];
  PyObject *all = PyTuple_New(arrays);
  for (int i = 0; all && i < arrays; i++) {
    network_array(self->n, i, shape);
    PyObject *one = shape[1] ? Py_BuildValue("(ii)", shape[0], shape[1]) : Py_BuildValue("(i)", shape[0]);
    if (!one || PyTuple_SetItem(all, i, one) < 0) Py_CLEAR(all);
  }
  return all;
}

static PyObject *copy_array(NetworkObject *self, PyObject *args, int in) {
  int i, shape[2];
  PyObject *from;
  Py_buffer view;
  if (!PyArg_ParseTuple(args, "iO", &i, &from) || !known(i, network_arrays(self->n), "array")) return NULL;
  if (!open_buffer(from, &view, "f", (Py_ssize_t)network_array(self->n, i, shape), !in, "values")) return NULL;
  int entered = enter(self);
  if (entered && in) network_set(self->n, i, view.buf);
  else if (entered) network_get(self->n, i, view.buf);
  if (entered) self->busy = 0;
  PyBuffer_Release(&view);
  return entered ? Py_NewRef(Py_None) : NULL;
}

static PyObject *network_set_array(NetworkObject *self, PyObject *args) { return copy_array(self, args, 1); }
static PyObject *network_get_array(NetworkObject *self, PyObject *args) { return copy_array(self, args, 0); }

// Rows and labels, or targets, in the order in which they are read: checked copies.
typedef struct {
  int32_t *rows;
  void *y;
  float *weights;  // or NULL
  Py_ssize_t count;
} Reading;

static void reading_free(Reading *r) { free(r->rows), free(r->y), free(r->weights); }

static int read_labels(const Network *n, const InputsObject *in, Reading *r, const Py_buffer *rows, const Py_buffer *y,
                       const Py_buffer *weights, const int32_t *order, Py_ssize_t known_rows) {
  int classes = n->loss == CROSS_ENTROPY;
  size_t each = classes ? 1 : (size_t)n->outputs, size = sizeof(float);
  r->rows = malloc(sizeof *r->rows * ((size_t)r->count + 1));
  r->y = malloc(size * each * (size_t)r->count + 1);
  r->weights = weights->buf ? malloc(sizeof *r->weights * ((size_t)r->count + 1)) : NULL;
  if (!r->rows || !r->y || (weights->buf && !r->weights)) return PyErr_NoMemory(), 0;
  for (Py_ssize_t i = 0; i < r->count; i++) {
    int64_t at = order ? order[i] : i;
    if (at < 0 || at >= known_rows) {
      PyErr_Format(PyExc_ValueError, "order: expected places from 0 to %zd, found %lld", known_rows - 1, (long long)at);
      return 0;
    }
    int32_t row = ((const int32_t *)rows->buf)[at];
    if (row < 0 || row >= in->in.rows) {
      PyErr_Format(PyExc_ValueError, "rows: expected 0 to %lld, found %d", (long long)in->in.rows - 1, (int)row);
      return 0;
    }
    r->rows[i] = row;
    if (r->weights) r->weights[i] = ((const float *)weights->buf)[at];
    memcpy((char *)r->y + (size_t)i * each * size, (const char *)y->buf + (size_t)at * each * size, each * size);
    int32_t label = ((const int32_t *)r->y)[(size_t)i * each];
    if (classes && (label < 0 || label >= n->outputs)) {
      PyErr_Format(PyExc_ValueError, "y: expected labels from 0 to %d, found %d", n->outputs - 1, (int)label);
      return 0;
    }
  }
  return 1;
}

static int64_t nanoseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

// Where an evaluation writes, see evaluate_rows.
typedef struct {
  int32_t *predicted;
  float *confidence, *losses, *outputs;
} Found;

// Batches of `r`, with a look at signals every SLICE: training, or an evaluation where `found` is not NULL.
static int run(Network *n, const Inputs *in, const Reading *r, const Found *found) {
  int training = found == NULL;
  Py_ssize_t each = training ? n->batch : EVALUATION_ROWS, wide = n->loss == CROSS_ENTROPY ? 1 : n->outputs;
  for (Py_ssize_t i = 0; i < r->count;) {
    Py_BEGIN_ALLOW_THREADS
    for (int64_t start = nanoseconds(); i < r->count && nanoseconds() - start < SLICE; i += each) {
      int count = (int)(r->count - i < each ? r->count - i : each);
      const float *y = (const float *)r->y + i * wide;  // of int32 or float: both have four bytes
      if (training) train_step(n, in, r->rows + i, y, r->weights ? r->weights + i : NULL, count);
      else
        evaluate_rows(n, in, r->rows + i, y, count, found->predicted + i, found->confidence + i, found->losses + i,
                      found->outputs ? found->outputs + i * n->outputs : NULL);
    }
    Py_END_ALLOW_THREADS
    if (PyErr_CheckSignals() < 0) return 0;
  }
  return 1;
}

static int open_inputs(PyObject *self, PyObject *inputs, const Network *n) {
  State *state = PyType_GetModuleState(Py_TYPE(self));
  if (!state) return 0;
  if (!PyObject_TypeCheck(inputs, state->inputs)) PyErr_SetString(PyExc_TypeError, "expected Inputs first");
  else if (((InputsObject *)inputs)->in.features != n->features)
    PyErr_Format(PyExc_ValueError, "expected inputs of %d features, found %d", n->features,
                 ((InputsObject *)inputs)->in.features);
  else return 1;
  return 0;
}

static PyObject *network_train(NetworkObject *self, PyObject *args) {
  PyObject *inputs, *rows, *y, *order, *weights = NULL;
  Py_buffer a, b, c, d = {0};
  Network *n = self->n;
  int done = 0;
  if (!PyArg_ParseTuple(args, "OOOO|O", &inputs, &rows, &y, &order, &weights) || !open_inputs((PyObject *)self, inputs, n))
    return NULL;
  if (!open_buffer(rows, &a, "i", -1, 0, "rows")) return NULL;
  Py_ssize_t all = a.len / 4;
  int classes = n->loss == CROSS_ENTROPY;
  if (open_buffer(y, &b, classes ? "i" : "f", classes ? all : all * n->outputs, 0, "y")) {
    if (open_buffer(order, &c, "i", -1, 0, "order")) {
      Reading r = {.count = c.len / 4};
      if ((!weights || open_buffer(weights, &d, "f", all, 0, "weights")) &&
          read_labels(n, (InputsObject *)inputs, &r, &a, &b, &d, c.buf, all) && enter(self)) {
        done = run(n, &((InputsObject *)inputs)->in, &r, NULL);
        self->busy = 0;
      }
      reading_free(&r);
      PyBuffer_Release(&d);
      PyBuffer_Release(&c);
    }
    PyBuffer_Release(&b);
  }
  PyBuffer_Release(&a);
  return done ? Py_NewRef(Py_None) : NULL;
}

static PyObject *network_evaluate(NetworkObject *self, PyObject *args) {
  PyObject *inputs, *rows, *y, *predicted, *confidence, *losses, *outputs = NULL;
  Py_buffer a, b, c, s, d, e = {0};
  Network *n = self->n;
  int done = 0;
  if (!PyArg_ParseTuple(args, "OOOOOO|O", &inputs, &rows, &y, &predicted, &confidence, &losses, &outputs) ||
      !open_inputs((PyObject *)self, inputs, n))
    return NULL;
  if (!open_buffer(rows, &a, "i", -1, 0, "rows")) return NULL;
  Py_ssize_t all = a.len / 4;
  int classes = n->loss == CROSS_ENTROPY;
  if (open_buffer(y, &b, classes ? "i" : "f", classes ? all : all * n->outputs, 0, "y")) {
    if (open_buffer(predicted, &c, "i", all, 1, "predicted")) {
      if (open_buffer(confidence, &s, "f", all, 1, "confidence")) {
        if (open_buffer(losses, &d, "f", all, 1, "losses")) {
          Reading r = {.count = all};
          if ((!outputs || open_buffer(outputs, &e, "f", all * n->outputs, 1, "outputs")) &&
              read_labels(n, (InputsObject *)inputs, &r, &a, &b, &(Py_buffer){0}, NULL, all) && enter(self)) {
            Found found = {c.buf, s.buf, d.buf, e.buf};
            done = run(n, &((InputsObject *)inputs)->in, &r, &found);
            self->busy = 0;
          }
          reading_free(&r);
          PyBuffer_Release(&e);
          PyBuffer_Release(&d);
        }
        PyBuffer_Release(&s);
      }
      PyBuffer_Release(&c);
    }
    PyBuffer_Release(&b);
  }
  PyBuffer_Release(&a);
  return done ? Py_NewRef(Py_None) : NULL;
}

static PyObject *network_steps(NetworkObject *self, void *unused) {
  (void)unused;
  return PyLong_FromLongLong(self->n->steps);
}

static PyObject *network_kernels(NetworkObject *self, void *unused) {
  (void)unused;
  return PyUnicode_FromString(self->n->kernels->name);
}

static PyGetSetDef network_values[] = {
    {"steps", (getter)network_steps, NULL, "Steps of the optimizer so far.", NULL},
    {"kernels", (getter)network_kernels, NULL, "The name of the kernels that compute.", NULL},
    {0}};

static PyMethodDef network_methods[] = {
    {"shapes", (PyCFunction)network_shapes, METH_NOARGS, "Shapes of all arrays, in the order of Keras's get_weights."},
    {"set", (PyCFunction)network_set_array, METH_VARARGS, "set(i, values): fill array i."},
    {"get", (PyCFunction)network_get_array, METH_VARARGS, "get(i, values): copy array i into values."},
    {"train", (PyCFunction)network_train, METH_VARARGS,
     "train(inputs, rows, y, order, weights=None): steps along order, places in rows (n,) int32 and y: labels int32, or\n"
     "targets. weights (n,) float32 are what the loss of a row is multiplied by."},
    {"evaluate", (PyCFunction)network_evaluate, METH_VARARGS,
     "evaluate(inputs, rows, y, predicted, confidence, losses, outputs=None): fill predicted (n,) int32, confidence and\n"
     "losses (n,) float32 and, where given, outputs (n, outputs) float32: logits, or predictions. Inference mode. A\n"
     "regression leaves predicted and confidence as they are."},
    {NULL, NULL, 0, NULL}};

static PyType_Slot network_slots[] = {
    {Py_tp_doc, "A stack of dense layers with its optimizer; see study/train/native/compiled.py."},
    {Py_tp_new, network_make},
    {Py_tp_dealloc, network_dealloc},
    {Py_tp_getset, network_values},
    {Py_tp_methods, network_methods},
    {0, NULL}};
static PyType_Spec network_spec = {"study.train.native._native.Network", sizeof(NetworkObject), 0, Py_TPFLAGS_DEFAULT,
                                   network_slots};

// ---- Functions

static PyObject *names_of_kernels(PyObject *self, PyObject *unused) {
  (void)self, (void)unused;
  const char *best = choose_kernels(NULL)->name;
  return strcmp(best, "portable") ? Py_BuildValue("(ss)", best, "portable") : Py_BuildValue("(s)", best);
}

static PyObject *ordered_sum(PyObject *self, PyObject *from) {
  (void)self;
  Py_buffer view;
  double sum = 0;
  if (!open_buffer(from, &view, "f", -1, 0, "values")) return NULL;
  for (Py_ssize_t i = 0; i < view.len / 4; i++) sum += (double)((const float *)view.buf)[i];
  PyBuffer_Release(&view);
  return PyFloat_FromDouble(sum);
}

static PyObject *function_of(PyObject *self, PyObject *args) {
  (void)self;
  int which;
  PyObject *from, *to;
  const char *name = NULL;
  Py_buffer x, y;
  if (!PyArg_ParseTuple(args, "iOO|z", &which, &from, &to, &name)) return NULL;
  const Kernels *kernels = choose_kernels(name);
  if (!kernels) return PyErr_Format(PyExc_ValueError, "kernels: this machine has no '%s'", name);
  if (!open_buffer(from, &x, "f", -1, 0, "x")) return NULL;
  if (x.len % 32) {
    PyErr_SetString(PyExc_ValueError, "x: expected a multiple of 8 items");
  } else if (open_buffer(to, &y, "f", x.len / 4, 1, "y")) {
    kernels->function(which, x.buf, y.buf, (size_t)x.len / 4);
    PyBuffer_Release(&y);
  }
  PyBuffer_Release(&x);
  return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

static PyObject *dropout_factors(PyObject *self, PyObject *args) {
  (void)self;
  unsigned key[2];
  long long step;
  int place, width, rows;
  float rate;
  PyObject *to;
  const char *name = NULL;
  Py_buffer view;
  if (!PyArg_ParseTuple(args, "(II)LiifiO|z", &key[0], &key[1], &step, &place, &width, &rate, &rows, &to, &name))
    return NULL;
  const Kernels *kernels = choose_kernels(name);
  if (!kernels) return PyErr_Format(PyExc_ValueError, "kernels: this machine has no '%s'", name);
  if (!known(width - 1, LARGEST, "width - 1") || !known(rows, LARGEST, "rows")) return NULL;
  Layer l = {.out = width, .padded = pad8(width), .rate = rate, .threshold = (uint32_t)((double)rate * 4294967296.0)};
  size_t cells = (size_t)rows * (size_t)l.padded;
  if (!(rate >= 0 && rate < 1)) return PyErr_Format(PyExc_ValueError, "rate: expected [0, 1)");
  if (!open_buffer(to, &view, "f", (Py_ssize_t)((size_t)rows * (size_t)width), 1, "factors")) return NULL;
  float *h = calloc(2 * cells + 1, sizeof *h);
  if (h) {
    kernels->drop(&l, key, step, place, h, h, h + cells, rows);
    for (int b = 0; b < rows; b++)
      memcpy((float *)view.buf + (size_t)b * (size_t)width, h + cells + (size_t)b * (size_t)l.padded,
             sizeof(float) * (size_t)width);
  }
  free(h);
  PyBuffer_Release(&view);
  return h ? Py_NewRef(Py_None) : PyErr_NoMemory();
}

static PyMethodDef functions[] = {
    {"kernels", names_of_kernels, METH_NOARGS, "Names of the kernels that this machine has, the fastest first."},
    {"ordered_sum", ordered_sum, METH_O, "The sum of float32 values in double, from the first to the last."},
    {"function", function_of, METH_VARARGS, "function(which, x, y, kernels): exp, expm1, tanh, sigmoid, erf, log, fma."},
    {"dropout_factors", dropout_factors, METH_VARARGS,
     "dropout_factors(key, step, layer, width, rate, rows, factors, kernels): what activations are multiplied by."},
    {NULL, NULL, 0, NULL}};

static int execute(PyObject *module) {
  State *state = PyModule_GetState(module);
  state->inputs = (PyTypeObject *)PyType_FromModuleAndSpec(module, &inputs_spec, NULL);
  state->network = (PyTypeObject *)PyType_FromModuleAndSpec(module, &network_spec, NULL);
  if (!state->inputs || !state->network) return -1;
  if (PyModule_AddType(module, state->inputs) < 0 || PyModule_AddType(module, state->network) < 0) return -1;
  return 0;
}

static int clear(PyObject *module) {
  State *state = PyModule_GetState(module);
  Py_CLEAR(state->inputs);
  Py_CLEAR(state->network);
  return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "study.train.native._native",
                                        "Training and evaluation of dense stacks, compiled.", sizeof(State), functions,
                                        slots, NULL, clear, NULL};

PyMODINIT_FUNC PyInit__native(void) { return PyModuleDef_Init(&definition); }
