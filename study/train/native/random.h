// Dropout from a counter: Philox-4x32-10 (Salmon et al., 2011). A unit's random word depends on (key, step, layer, row of
// the batch, unit) alone: word j / 8 of the counter with
//   first = 8 * (row * groups + unit / 32) + j % 8, where j = unit % 32 and groups = width / 32, rounded up;
//   then the layer's place, and the step's low and high half.
// study/train/draws.py computes the same in NumPy.

// Eight counters first .. first + 8 at once: word w of counter i goes to words[8 * w + i].
INL void philox(uint32_t first, uint32_t place, int64_t step, const uint32_t *key, uint32_t *words) {
  uint32_t a[8], b[8], c[8], d[8], k0 = key[0], k1 = key[1];
  for (int i = 0; i < 8; i++)
    a[i] = first + (uint32_t)i, b[i] = place, c[i] = (uint32_t)(uint64_t)step, d[i] = (uint32_t)((uint64_t)step >> 32);
  for (int round = 0; round < 10; round++) {
    for (int i = 0; i < 8; i++) {
      uint64_t p = (uint64_t)a[i] * 0xD2511F53u, q = (uint64_t)c[i] * 0xCD9E8D57u;
      a[i] = (uint32_t)(q >> 32) ^ b[i] ^ k0;
      c[i] = (uint32_t)(p >> 32) ^ d[i] ^ k1;
      b[i] = (uint32_t)q;
      d[i] = (uint32_t)p;
    }
    k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
  }
  for (int i = 0; i < 8; i++) words[i] = a[i], words[8 + i] = b[i], words[16 + i] = c[i], words[24 + i] = d[i];
}

// dropped = h / (1 - rate) where a unit is kept, else 0; `factor`, where it is given, is 1 / (1 - rate) or 0.
static void drop(const Layer *l, const uint32_t *key, int64_t step, int place, const float *h, float *dropped,
                 float *factor, int rows) {
  int N = l->padded, groups = (l->out + 31) / 32;
  float scale = 1.0f / (1.0f - l->rate);
  for (int b = 0; b < rows; b++)
    for (int g = 0; g < groups; g++) {
      uint32_t words[32];
      size_t at = (size_t)b * N + 32 * (size_t)g;
      int width = N - 32 * g < 32 ? N - 32 * g : 32;
      philox(8 * ((uint32_t)b * (uint32_t)groups + (uint32_t)g), (uint32_t)place, step, key, words);
      for (int j = 0; j < width; j++) {
        float kept = words[j] < l->threshold ? 0.0f : scale;
        dropped[at + j] = words[j] < l->threshold ? 0.0f : h[at + j] * scale;
        if (factor) factor[at + j] = kept;
      }
    }
}
