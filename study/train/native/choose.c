// Which kernels a machine has, asked when the program runs.
#include "network.h"

extern const Kernels kernels_portable;
#if defined __x86_64__
extern const Kernels kernels_avx2;
#elif defined __aarch64__
extern const Kernels kernels_neon;
#endif

static const Kernels *fastest(void) {
#if defined __x86_64__
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &kernels_avx2;
#elif defined __aarch64__
  return &kernels_neon;
#endif
  return &kernels_portable;
}

const Kernels *choose_kernels(const char *name) {
  const Kernels *best = fastest();
  if (!name || !strcmp(name, best->name)) return best;
  return strcmp(name, kernels_portable.name) ? NULL : &kernels_portable;
}
