// Eight floats at once, with AVX2 and FMA (x86-64).
//
// The three files vec_*.h define the same operations; everything else in the kernels is written on them. Each operation
// is one IEEE operation a lane, so a result does not depend on which of the three was compiled. Masks are all-one or
// all-zero bits a lane.
#include <immintrin.h>

typedef __m256 V;

INL V ld(const float *p) { return _mm256_loadu_ps(p); }
INL void st(float *p, V a) { _mm256_storeu_ps(p, a); }
INL V set1(float a) { return _mm256_set1_ps(a); }
INL V zero(void) { return _mm256_setzero_ps(); }
INL V add(V a, V b) { return _mm256_add_ps(a, b); }
INL V sub(V a, V b) { return _mm256_sub_ps(a, b); }
INL V mul(V a, V b) { return _mm256_mul_ps(a, b); }
INL V over(V a, V b) { return _mm256_div_ps(a, b); }
INL V root(V a) { return _mm256_sqrt_ps(a); }
INL V muladd(V a, V b, V c) { return _mm256_fmadd_ps(a, b, c); }    // a * b + c, rounded once
INL V mulsub(V a, V b, V c) { return _mm256_fnmadd_ps(a, b, c); }  // c - a * b, rounded once
INL V less(V a, V b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
INL V both(V a, V b) { return _mm256_and_ps(a, b); }
INL V except(V mask, V a) { return _mm256_andnot_ps(mask, a); }  // a where the mask is not
INL V choose(V mask, V a, V b) { return _mm256_blendv_ps(b, a, mask); }
INL V magnitude(V a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }
INL V with_sign(V a, V sign) { return _mm256_or_ps(a, _mm256_and_ps(_mm256_set1_ps(-0.0f), sign)); }
INL V shift_to_exponent(V a) { return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(a), 23)); }
INL unsigned nonzero(V a) { return (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(a, _mm256_setzero_ps(), _CMP_NEQ_UQ)); }
INL unsigned lanes(V mask) { return (unsigned)_mm256_movemask_ps(mask); }

INL float fma1(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

// Eight rows of eight floats to eight columns.
INL void transpose8(const float *s, int ls, float *d, int ld_) {
  V r0 = ld(s), r1 = ld(s + ls), r2 = ld(s + 2 * ls), r3 = ld(s + 3 * ls);
  V r4 = ld(s + 4 * ls), r5 = ld(s + 5 * ls), r6 = ld(s + 6 * ls), r7 = ld(s + 7 * ls);
  V t0 = _mm256_unpacklo_ps(r0, r1), t1 = _mm256_unpackhi_ps(r0, r1), t2 = _mm256_unpacklo_ps(r2, r3);
  V t3 = _mm256_unpackhi_ps(r2, r3), t4 = _mm256_unpacklo_ps(r4, r5), t5 = _mm256_unpackhi_ps(r4, r5);
  V t6 = _mm256_unpacklo_ps(r6, r7), t7 = _mm256_unpackhi_ps(r6, r7);
  r0 = _mm256_shuffle_ps(t0, t2, 0x44), r1 = _mm256_shuffle_ps(t0, t2, 0xEE);
  r2 = _mm256_shuffle_ps(t1, t3, 0x44), r3 = _mm256_shuffle_ps(t1, t3, 0xEE);
  r4 = _mm256_shuffle_ps(t4, t6, 0x44), r5 = _mm256_shuffle_ps(t4, t6, 0xEE);
  r6 = _mm256_shuffle_ps(t5, t7, 0x44), r7 = _mm256_shuffle_ps(t5, t7, 0xEE);
  st(d, _mm256_permute2f128_ps(r0, r4, 0x20)), st(d + ld_, _mm256_permute2f128_ps(r1, r5, 0x20));
  st(d + 2 * ld_, _mm256_permute2f128_ps(r2, r6, 0x20)), st(d + 3 * ld_, _mm256_permute2f128_ps(r3, r7, 0x20));
  st(d + 4 * ld_, _mm256_permute2f128_ps(r0, r4, 0x31)), st(d + 5 * ld_, _mm256_permute2f128_ps(r1, r5, 0x31));
  st(d + 6 * ld_, _mm256_permute2f128_ps(r2, r6, 0x31)), st(d + 7 * ld_, _mm256_permute2f128_ps(r3, r7, 0x31));
}

// Eight whole numbers of 32 bits, for random words.
typedef __m256i U;

INL U uset(uint32_t a) { return _mm256_set1_epi32((int)a); }
INL U ucount(uint32_t first) { return _mm256_add_epi32(uset(first), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)); }
INL U uxor(U a, U b) { return _mm256_xor_si256(a, b); }
INL U uproduct(U a, uint32_t m, U *low) {  // the high half
  U f = uset(m), even = _mm256_mul_epu32(a, f), odd = _mm256_mul_epu32(_mm256_srli_epi64(a, 32), f);
  *low = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);
  return _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
}
INL V ubelow(U a, U b) {  // unsigned, as a mask
  U top = uset(0x80000000u);
  return _mm256_castsi256_ps(_mm256_cmpgt_epi32(uxor(b, top), uxor(a, top)));
}
