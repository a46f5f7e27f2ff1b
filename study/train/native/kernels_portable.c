// The kernels in plain C: right everywhere, fast nowhere.
#include "network.h"
#include "vec_portable.h"
#define KERNELS kernels_portable
#define KERNELS_NAME "portable"
#include "kernels.h"
