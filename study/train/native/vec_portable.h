// Eight floats at once in plain C, where neither AVX2 nor NEON is there. The operations are those of vec_avx2.h.

// Unrolled and inlined, a software fma a lane would take the compiler minutes and gigabytes.
#define UNROLL
#undef INL
#define INL static inline __attribute__((unused))
#define OUTLINED static __attribute__((noinline))

typedef union {
  float f[8];
  uint32_t u[8];
} V;

#define LANES(expression)               \
  V r;                                  \
  for (int i = 0; i < 8; i++) expression; \
  return r

// a * b + c rounded once. The product of two floats is exact in double; its sum with c is rounded to odd there, so that
// the second rounding, to float, sees all that the first one dropped (Boldo and Melquiond, 2008).
INL float fma1(float a, float b, float c) {
#if (defined __FMA__ || defined __ARM_FEATURE_FMA) && !defined SOFTWARE_FMA
  return __builtin_fmaf(a, b, c);
#else
  double p = (double)a * b, s = p + c, t = s - p, lost = (p - (s - t)) + (c - t);
  if (lost != 0 && lost - lost == 0) {  // not exact, and a number
    union {
      double d;
      uint64_t u;
    } odd = {s};
    if (!(odd.u & 1)) odd.u += (lost > 0) == (s > 0) ? 1 : -(uint64_t)1;
    s = odd.d;
  }
  return (float)s;
#endif
}

INL V ld(const float *p) { LANES(r.f[i] = p[i]); }
INL void st(float *p, V a) { for (int i = 0; i < 8; i++) p[i] = a.f[i]; }
INL V set1(float a) { LANES(r.f[i] = a); }
INL V zero(void) { return set1(0); }
INL V add(V a, V b) { LANES(r.f[i] = a.f[i] + b.f[i]); }
INL V sub(V a, V b) { LANES(r.f[i] = a.f[i] - b.f[i]); }
INL V mul(V a, V b) { LANES(r.f[i] = a.f[i] * b.f[i]); }
INL V over(V a, V b) { LANES(r.f[i] = a.f[i] / b.f[i]); }
INL V root(V a) { LANES(r.f[i] = __builtin_sqrtf(a.f[i])); }
OUTLINED V muladd(V a, V b, V c) { LANES(r.f[i] = fma1(a.f[i], b.f[i], c.f[i])); }
OUTLINED V mulsub(V a, V b, V c) { LANES(r.f[i] = fma1(-a.f[i], b.f[i], c.f[i])); }
INL V less(V a, V b) { LANES(r.u[i] = a.f[i] < b.f[i] ? 0xFFFFFFFFu : 0); }
INL V both(V a, V b) { LANES(r.u[i] = a.u[i] & b.u[i]); }
INL V except(V mask, V a) { LANES(r.u[i] = ~mask.u[i] & a.u[i]); }
INL V choose(V mask, V a, V b) { LANES(r.u[i] = (mask.u[i] & a.u[i]) | (~mask.u[i] & b.u[i])); }
INL V magnitude(V a) { LANES(r.u[i] = a.u[i] & 0x7FFFFFFFu); }
INL V with_sign(V a, V sign) { LANES(r.u[i] = a.u[i] | (sign.u[i] & 0x80000000u)); }
INL V shift_to_exponent(V a) { LANES(r.u[i] = a.u[i] << 23); }
INL unsigned lanes(V mask) {
  unsigned r = 0;
  for (int i = 0; i < 8; i++) r |= (mask.u[i] >> 31) << i;
  return r;
}
INL unsigned nonzero(V a) {
  unsigned r = 0;
  for (int i = 0; i < 8; i++) r |= (unsigned)(a.f[i] != 0) << i;
  return r;
}

INL void transpose8(const float *s, int ls, float *d, int ld_) {
  for (int i = 0; i < 8; i++)
    for (int j = 0; j < 8; j++) d[j * ld_ + i] = s[i * ls + j];
}

typedef V U;

INL U uset(uint32_t a) { LANES(r.u[i] = a); }
INL U ucount(uint32_t first) { LANES(r.u[i] = first + (uint32_t)i); }
INL U uxor(U a, U b) { LANES(r.u[i] = a.u[i] ^ b.u[i]); }
INL U uproduct(U a, uint32_t m, U *low) {
  for (int i = 0; i < 8; i++) low->u[i] = a.u[i] * m;
  LANES(r.u[i] = (uint32_t)(((uint64_t)a.u[i] * m) >> 32));
}
INL V ubelow(U a, U b) { LANES(r.u[i] = a.u[i] < b.u[i] ? 0xFFFFFFFFu : 0); }
