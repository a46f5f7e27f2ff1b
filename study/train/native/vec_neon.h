// Eight floats at once, as two vectors of four: 64-bit Arm. The operations are those of vec_avx2.h.
#include <arm_neon.h>

typedef struct {
  float32x4_t a, b;
} V;

#define EACH(f, x) ((V){f((x).a), f((x).b)})
#define PAIR(f, x, y) ((V){f((x).a, (y).a), f((x).b, (y).b)})
#define BITS(x) vreinterpretq_u32_f32(x)
#define FLOATS(x) vreinterpretq_f32_u32(x)

INL V ld(const float *p) { return (V){vld1q_f32(p), vld1q_f32(p + 4)}; }
INL void st(float *p, V x) { vst1q_f32(p, x.a), vst1q_f32(p + 4, x.b); }
INL V set1(float x) { return (V){vdupq_n_f32(x), vdupq_n_f32(x)}; }
INL V zero(void) { return set1(0); }
INL V add(V x, V y) { return PAIR(vaddq_f32, x, y); }
INL V sub(V x, V y) { return PAIR(vsubq_f32, x, y); }
INL V mul(V x, V y) { return PAIR(vmulq_f32, x, y); }
INL V over(V x, V y) { return PAIR(vdivq_f32, x, y); }
INL V root(V x) { return EACH(vsqrtq_f32, x); }
INL V muladd(V x, V y, V z) { return (V){vfmaq_f32(z.a, x.a, y.a), vfmaq_f32(z.b, x.b, y.b)}; }
INL V mulsub(V x, V y, V z) { return (V){vfmsq_f32(z.a, x.a, y.a), vfmsq_f32(z.b, x.b, y.b)}; }
INL V less(V x, V y) { return (V){FLOATS(vcltq_f32(x.a, y.a)), FLOATS(vcltq_f32(x.b, y.b))}; }
INL V both(V x, V y) { return (V){FLOATS(vandq_u32(BITS(x.a), BITS(y.a))), FLOATS(vandq_u32(BITS(x.b), BITS(y.b)))}; }
INL V except(V m, V x) { return (V){FLOATS(vbicq_u32(BITS(x.a), BITS(m.a))), FLOATS(vbicq_u32(BITS(x.b), BITS(m.b)))}; }
INL V choose(V m, V x, V y) { return (V){vbslq_f32(BITS(m.a), x.a, y.a), vbslq_f32(BITS(m.b), x.b, y.b)}; }
INL V magnitude(V x) { return EACH(vabsq_f32, x); }
INL V with_sign(V x, V sign) {
  uint32x4_t bit = vdupq_n_u32(0x80000000u);
  return (V){FLOATS(vorrq_u32(BITS(x.a), vandq_u32(bit, BITS(sign.a)))),
             FLOATS(vorrq_u32(BITS(x.b), vandq_u32(bit, BITS(sign.b))))};
}
INL V shift_to_exponent(V x) { return (V){FLOATS(vshlq_n_u32(BITS(x.a), 23)), FLOATS(vshlq_n_u32(BITS(x.b), 23))}; }
INL unsigned lanes(V m) {
  const uint32x4_t low = {1, 2, 4, 8}, high = {16, 32, 64, 128};
  return vaddvq_u32(vandq_u32(BITS(m.a), low)) + vaddvq_u32(vandq_u32(BITS(m.b), high));
}
INL unsigned nonzero(V x) {  // NaN is not zero
  float32x4_t z = vdupq_n_f32(0);
  return 255u ^ lanes((V){FLOATS(vceqq_f32(x.a, z)), FLOATS(vceqq_f32(x.b, z))});
}

INL float fma1(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

INL void transpose8(const float *s, int ls, float *d, int ld_) {
  for (int i = 0; i < 8; i++)
    for (int j = 0; j < 8; j++) d[j * ld_ + i] = s[i * ls + j];
}

typedef struct {
  uint32x4_t a, b;
} U;

INL U uset(uint32_t x) { return (U){vdupq_n_u32(x), vdupq_n_u32(x)}; }
INL U ucount(uint32_t first) {
  const uint32x4_t low = {0, 1, 2, 3}, high = {4, 5, 6, 7};
  return (U){vaddq_u32(vdupq_n_u32(first), low), vaddq_u32(vdupq_n_u32(first), high)};
}
INL U uxor(U x, U y) { return (U){veorq_u32(x.a, y.a), veorq_u32(x.b, y.b)}; }
INL uint32x4_t high_halves(uint32x4_t x, uint32_t m) {
  uint64x2_t low = vmull_n_u32(vget_low_u32(x), m), high = vmull_n_u32(vget_high_u32(x), m);
  return vuzp2q_u32(vreinterpretq_u32_u64(low), vreinterpretq_u32_u64(high));
}
INL U uproduct(U x, uint32_t m, U *low) {
  *low = (U){vmulq_n_u32(x.a, m), vmulq_n_u32(x.b, m)};
  return (U){high_halves(x.a, m), high_halves(x.b, m)};
}
INL V ubelow(U x, U y) { return (V){FLOATS(vcltq_u32(x.a, y.a)), FLOATS(vcltq_u32(x.b, y.b))}; }
