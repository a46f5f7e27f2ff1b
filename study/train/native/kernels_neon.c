// The kernels for 64-bit Arm, whose processors all have NEON and fused multiply-add.
#include "network.h"

#if defined __aarch64__
#include "vec_neon.h"
#define KERNELS kernels_neon
#define KERNELS_NAME "neon"
#include "kernels.h"
#endif
