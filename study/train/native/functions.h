// exp, expm1, tanh, sigmoid, erf and log of our own: libm's differ from one system to the next.
//
// Largest errors over all floats of their range, in units of the last place, as tests/train/test_native_functions.py
// measures them: exp 1, expm1 2, tanh 3, sigmoid 2, erf 2, log 2. The polynomials are near-minimax fits (Lawson's
// reweighting) on the intervals that stand beside them.

// exp(x) = 2^k (1 + q), with q = exp(r) - 1 and |r| <= log(2) / 2: gives q, and 2^k in *power. For x in [-87, 88].
INL V exp_parts(V x, V *power) {
  const V magic = set1(12583039.0f);  // 1.5 * 2^23 + 127: adding it rounds to whole numbers, with the exponent's bias
  V t = muladd(x, set1(1.44269504f), magic), k = sub(t, magic);
  V r = mulsub(k, set1(0.693145752f), x);  // log(2) in two parts, the first one short
  r = mulsub(k, set1(1.42860677e-6f), r);
  V q = set1(0.0013951717410236597f);  // (exp(r) - 1 - r) / r^2, |r| <= 0.35
  q = muladd(q, r, set1(0.008369598537683487f));
  q = muladd(q, r, set1(0.0416661873459816f));
  q = muladd(q, r, set1(0.16666512191295624f));
  q = muladd(q, r, set1(0.5f));
  *power = shift_to_exponent(t);
  return muladd(mul(r, r), q, r);
}

// exp(x) for x <= 88; 0 below -87, so that no result is subnormal.
INL V exp_(V x) {
  V power, low = less(x, set1(-87.0f));
  V q = exp_parts(choose(low, set1(-87.0f), x), &power);
  return except(low, muladd(power, q, power));
}

// exp(x) - 1 for x <= 88, accurate near 0 too.
INL V expm1_(V x) {
  V power, q = exp_parts(choose(less(x, set1(-87.0f)), set1(-87.0f), x), &power);
  return muladd(power, q, sub(power, set1(1.0f)));
}

INL V tanh_(V x) {
  V y = magnitude(x), limit = set1(9.5f);  // from 9.011 on it rounds to 1
  y = choose(less(limit, y), limit, y);
  V e = expm1_(add(y, y));
  return with_sign(over(e, add(e, set1(2.0f))), x);
}

INL V sigmoid_(V x) {
  V e = exp_(with_sign(magnitude(x), set1(-1.0f))), one = set1(1.0f);  // exp(-|x|): never too large
  return over(choose(less(x, zero()), e, one), add(one, e));
}

INL V erf_(V x) {
  V t = magnitude(x), s = mul(x, x);
  V small = set1(7.889119297033176e-05f);  // erf(x) / x in x^2, |x| < 1
  small = muladd(small, s, set1(-0.0008020841050893068f));
  small = muladd(small, s, set1(0.005189535208046436f));
  small = muladd(small, s, set1(-0.026854444295167923f));
  small = muladd(small, s, set1(0.11283600330352783f));
  small = muladd(small, s, set1(-0.3761262595653534f));
  small = muladd(small, s, set1(0.1283791065216064f));
  small = muladd(small, t, t);
  V y = choose(less(set1(4.0f), t), set1(4.0f), t);
  V large = set1(1.3173772686059237e-06f);  // log(1 - erf(x)), 1 <= x <= 4; from 3.92 on erf rounds to 1
  large = muladd(large, y, set1(-4.049777999171056e-05f));
  large = muladd(large, y, set1(0.0005559399724006653f));
  large = muladd(large, y, set1(-0.004593843128532171f));
  large = muladd(large, y, set1(0.026015162467956543f));
  large = muladd(large, y, set1(-0.10946459323167801f));
  large = muladd(large, y, set1(-0.6323909759521484f));
  large = muladd(large, y, set1(-1.129945993423462f));
  large = muladd(large, y, set1(0.00025791130610741675f));
  large = sub(set1(1.0f), exp_(large));
  return with_sign(choose(less(t, set1(1.0f)), small, large), x);
}

// log(x) of one x >= 1; x is a sum of exponentials of which the largest is 1.
INL float log1_(float x) {
  union {
    float f;
    uint32_t u;
  } m = {x};
  if (!(x < 3.4e38f)) return x;  // infinite, or no number
  int e = (int)((m.u - 0x3F3504F3u) >> 23);  // m in [sqrt(1/2), sqrt(2))
  m.u -= (uint32_t)e << 23;
  float f = m.f - 1.0f, s = f * f, p = -0.07872853428125381f;  // (log(1 + f) - f + f^2 / 2) / f^3
  p = fma1(p, f, 0.1290014237165451f);
  p = fma1(p, f, -0.13132230937480927f);
  p = fma1(p, f, 0.1417882889509201f);
  p = fma1(p, f, -0.16623997688293457f);
  p = fma1(p, f, 0.20002374053001404f);
  p = fma1(p, f, -0.2500082552433014f);
  p = fma1(p, f, 0.33333316445350647f);
  p = fma1(p * f, s, -0.5f * s);
  p = fma1((float)e, 1.42860677e-6f, p);
  return fma1((float)e, 0.693145752f, p + f);
}
