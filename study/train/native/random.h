// Dropout from a counter: Philox-4x32-10 (Salmon et al., 2011). A unit's random word depends on (key, step, layer, row of
// the batch, unit) alone: word j / 8 of the counter with
//   first = 8 * (row * groups + unit / 32) + j % 8, where j = unit % 32 and groups = width / 32, rounded up;
//   then the layer's place, and the step's low and high half.
// study/train/draws.py computes the same in NumPy.

// Eight counters first .. first + 8 at once: word w of counter i is lane i of words[w].
INL void philox(uint32_t first, uint32_t place, int64_t step, const uint32_t *key, U *words) {
  U a = ucount(first), b = uset(place), c = uset((uint32_t)(uint64_t)step), d = uset((uint32_t)((uint64_t)step >> 32));
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
    U low, other, high = uproduct(a, 0xD2511F53u, &low), top = uproduct(c, 0xCD9E8D57u, &other);
    a = uxor(uxor(top, b), uset(k0)), c = uxor(uxor(high, d), uset(k1));
    b = other, d = low;
  }
  words[0] = a, words[1] = b, words[2] = c, words[3] = d;
}

// dropped = h / (1 - rate) where a unit is kept, else 0; `factor`, where it is given, is 1 / (1 - rate) or 0.
static void drop(const Layer *l, const uint32_t *key, int64_t step, int place, const float *h, float *dropped,
                 float *factor, int rows) {
  int N = l->padded, groups = (l->out + 31) / 32;
  V scale = set1(1.0f / (1.0f - l->rate));
  U threshold = uset(l->threshold);
  for (int b = 0; b < rows; b++)
    for (int g = 0; g < groups; g++) {
      U words[4];
      size_t at = (size_t)b * (size_t)N + 32 * (size_t)g;
      int width = N - 32 * g < 32 ? N - 32 * g : 32;
      philox(8 * ((uint32_t)b * (uint32_t)groups + (uint32_t)g), (uint32_t)place, step, key, words);
      for (int w = 0; 8 * w < width; w++, at += 8) {
        V lost = ubelow(words[w], threshold);
        st(dropped + at, except(lost, mul(ld(h + at), scale)));
        if (factor) st(factor + at, except(lost, scale));
      }
    }
}
