// Activations and their derivatives. z is what comes in, h what goes out; counts are multiples of 8.

#define SELU_SCALE 1.05070098735548f
#define SELU_ALPHA 1.67326324235438f
#define SELU_LIMIT 1.75809934084738f  // their product
#define ROOT_HALF 0.707106781186548f
#define ROOT_TWO_PI_INVERSE 0.398942280401433f

static void activate(enum activation kind, const float *z, float *h, size_t count) {
  const V one = set1(1.0f), half = set1(0.5f);
  for (size_t i = 0; i < count; i += 8) {
    V x = ld(z + i), y;
    switch (kind) {
      case GELU: y = mul(mul(half, x), add(one, erf_(mul(x, set1(ROOT_HALF))))); break;
      case TANH: y = tanh_(x); break;
      case SELU: {
        V negative = less(x, zero());
        y = choose(negative, mul(set1(SELU_ALPHA), expm1_(both(negative, x))), x);
        y = mul(set1(SELU_SCALE), y);
        break;
      }
      case SIGMOID: y = sigmoid_(x); break;
      default: y = except(less(x, zero()), x);
    }
    st(h + i, y);
  }
}

// gradient *= derivative
static void derive(enum activation kind, const float *z, const float *h, float *gradient, size_t count) {
  const V one = set1(1.0f), half = set1(0.5f);
  for (size_t i = 0; i < count; i += 8) {
    V g = ld(gradient + i);
    switch (kind) {
      case GELU: {
        V x = ld(z + i);
        V density = mul(set1(ROOT_TWO_PI_INVERSE), exp_(mul(mul(x, x), set1(-0.5f))));
        V below = mul(half, add(one, erf_(mul(x, set1(ROOT_HALF)))));
        g = mul(g, muladd(x, density, below));
        break;
      }
      case TANH: {
        V y = ld(h + i);
        g = mul(g, mulsub(y, y, one));
        break;
      }
      case SELU: {
        V y = ld(h + i), scale = set1(SELU_SCALE);
        g = mul(g, choose(less(y, zero()), add(y, set1(SELU_LIMIT)), scale));
        break;
      }
      case SIGMOID: {
        V y = ld(h + i);
        g = mul(g, mul(y, sub(one, y)));
        break;
      }
      default: g = both(less(zero(), ld(h + i)), g);
    }
    st(gradient + i, g);
  }
}

// The same for relu with dropout behind it: what was dropped is 0 in h too.
static void derive_relu(const float *h, float scale, float *gradient, size_t count) {
  V s = set1(scale);
  for (size_t i = 0; i < count; i += 8) st(gradient + i, both(less(zero(), ld(h + i)), mul(s, ld(gradient + i))));
}

static void multiply(float *x, const float *y, size_t count) {
  for (size_t i = 0; i < count; i += 8) st(x + i, mul(ld(x + i), ld(y + i)));
}

static void function(int which, const float *x, float *y, size_t count) {
  for (size_t i = 0; i < count; i += 8) {
    V a = ld(x + i);
    switch (which) {
      case 0: a = exp_(a); break;
      case 1: a = expm1_(a); break;
      case 2: a = tanh_(a); break;
      case 3: a = sigmoid_(a); break;
      case 4: a = erf_(a); break;
      default: {
        float from[8], to[8];
        st(from, a);
        for (int j = 0; j < 8; j++) to[j] = which == 5 ? log1_(from[j]) : fma1(from[j], from[(j + 1) & 7], from[(j + 2) & 7]);
        a = ld(to);
      }
    }
    st(y + i, a);
  }
}
