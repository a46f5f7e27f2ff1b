// All kernels on the vectors that were included before, and the table KERNELS of them. Included once by each kernels_*.c.
#include "functions.h"
#include "products.h"
#include "optimizers.h"
#include "gradients.h"
#include "rows.h"
#include "activations.h"
#include "random.h"
#include "normalization.h"
#include "losses.h"

const Kernels KERNELS = {
    KERNELS_NAME, gather,  gather_sparse, list,        forward,   forward_sparse,    transpose, back,
    update,       update_sparse, update_vector, sum_rows, activate, derive, drop,   multiply,
    derive_relu,  normalize, derive_normalized, softmax, weigh, judge, distances, judge_squared, function,
};
