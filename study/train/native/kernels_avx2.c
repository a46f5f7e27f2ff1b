// The kernels for x86-64 with AVX2 and FMA. The compiler is told here, so that the build needs no flags of a machine.
#include "network.h"

#if defined __x86_64__
#if defined __clang__
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif
#include "vec_avx2.h"
#define KERNELS kernels_avx2
#define KERNELS_NAME "avx2"
#include "kernels.h"
#if defined __clang__
#pragma clang attribute pop
#endif
#endif
