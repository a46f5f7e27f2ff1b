// The rows of a data set. Where less than 60 % of them is nonzero, lists of the nonzero columns are made once: a first
// layer that skips zeros is then faster than one that does not, and gives the same bits.
#include <stdlib.h>

#include "network.h"

#define SPARSE_BELOW 0.6

static int is_nonzero(const Inputs *in, size_t i) { return in->bytes ? in->bytes[i] != 0 : in->floats[i] != 0; }

static int make_lists(Inputs *in) {
  size_t F = (size_t)in->features, all = (size_t)in->rows * F, count = 0;
  if (in->scale == 0 || in->features > LARGEST_SPARSE) return 1;
  for (size_t i = 0; i < all; i++) count += (size_t)is_nonzero(in, i);
  if (!all || (double)count >= SPARSE_BELOW * (double)all) return 1;
  in->start = malloc(sizeof *in->start * ((size_t)in->rows + 1));
  in->columns = malloc(sizeof *in->columns * (count + 1));
  in->values = malloc((in->bytes ? 1 : sizeof(float)) * (count + 1));
  if (!in->start || !in->columns || !in->values) return 0;
  int64_t c = 0;
  for (int64_t row = 0; row < in->rows; row++) {
    in->start[row] = c;
    for (size_t k = 0; k < F; k++) {
      size_t at = (size_t)row * F + k;
      if (!is_nonzero(in, at) || c == (int64_t)count) continue;
      in->columns[c] = (uint16_t)k;
      if (in->bytes) ((uint8_t *)in->values)[c++] = in->bytes[at];
      else ((float *)in->values)[c++] = in->floats[at] / in->scale;
    }
  }
  in->start[in->rows] = c;
  return 1;
}

int inputs_open(Inputs *in, const void *x, int is_bytes, int64_t rows, int features, float scale, const float *shift,
                const float *deviation) {
  *in = (Inputs){.rows = rows, .features = features, .scale = scale, .shift = shift, .deviation = deviation};
  if (is_bytes) in->bytes = x;
  else in->floats = x;
  if (make_lists(in)) return 1;
  inputs_close(in);
  return 0;
}

void inputs_close(Inputs *in) {
  free(in->start);
  free(in->columns);
  free(in->values);
  in->start = NULL, in->columns = NULL, in->values = NULL;
}
