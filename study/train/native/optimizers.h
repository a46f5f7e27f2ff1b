// One step of an optimizer on eight weights, as Keras 3 defines it: its formulas, its epsilon, its order of operations.

#define EPSILON 1e-7f
#define SMALLEST 7.8886e-31f  // moments below 2^-100 become 0: against epsilon they are nothing, and subnormal ones are slow

typedef struct {
  V rate, decay, penalty;
} Spread;  // a rule in vectors

INL Spread spread(const Rule *rule, int penalized) {
  return (Spread){set1(rule->rate), set1(rule->decay), set1(penalized ? rule->penalty : 0)};
}

INL V flushed(V x) { return except(less(magnitude(x), set1(SMALLEST)), x); }

// Returns the new weights. `kind` is known where this is inlined.
INL V step8(enum optimizer kind, const Spread *s, V g, float *w, float *first, float *second) {
  V old = ld(w), now;
  g = muladd(s->penalty, old, g);
  if (kind == SGD) {  // momentum 0.9
    V m = muladd(set1(0.9f), ld(first), sub(zero(), mul(g, s->rate)));
    m = flushed(m);
    now = add(old, m);
    st(first, m);
  } else if (kind == RMSPROP) {  // rho 0.9
    V v = flushed(muladd(set1(0.9f), ld(second), mul(set1(0.1f), mul(g, g))));
    now = sub(old, over(mul(s->rate, g), root(add(v, set1(EPSILON)))));
    st(second, v);
  } else {  // betas 0.9 and 0.999
    V m = ld(first), v = ld(second);
    m = flushed(muladd(sub(g, m), set1(0.1f), m));
    v = flushed(muladd(muladd(g, g, sub(zero(), v)), set1(0.001f), v));
    if (kind == ADAMW) old = mulsub(old, s->decay, old);
    now = sub(old, over(mul(m, s->rate), add(root(v), set1(EPSILON))));
    st(first, m), st(second, v);
  }
  st(w, now);
  return now;
}
