/* What one core can do at most: prints billions of operations a second of fused multiply-adds in registers of 256 bits,
 * then the seconds that Adam takes for as many weights as the first argument says. Best of five rounds each. */

#include <immintrin.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec + 1e-9 * time.tv_nsec;
}

static double multiply_adds(void)
{
    enum { CHAINS = 12, ROUNDS = 20000000 };  /* enough chains to hide the latency of each */
    __m256 sums[CHAINS], factor = _mm256_set1_ps(1.0001f), summand = _mm256_set1_ps(1e-6f);
    for (int i = 0; i < CHAINS; i++) sums[i] = _mm256_set1_ps(i);
    double started = now();
    for (long round = 0; round < ROUNDS; round++)
#pragma GCC unroll 12
        for (int i = 0; i < CHAINS; i++) sums[i] = _mm256_fmadd_ps(sums[i], factor, summand);
    double taken = now() - started;
    volatile float kept = 0;
    for (int i = 0; i < CHAINS; i++) kept += _mm256_cvtss_f32(sums[i]);
    return 2.0 * 8 * CHAINS * ROUNDS / taken / 1e9;
}

static double adam(long weights)
{
    float *w = malloc(4 * weights), *m = malloc(4 * weights), *v = malloc(4 * weights), *g = malloc(4 * weights);
    for (long i = 0; i < weights; i++) w[i] = m[i] = 0, v[i] = 1e-6f, g[i] = 1e-3f * (i % 7);
    enum { STEPS = 400 };
    double started = now();
    for (int step = 0; step < STEPS; step++)
        for (long i = 0; i < weights; i++) {
            m[i] += (g[i] - m[i]) * 0.1f;
            v[i] += (g[i] * g[i] - v[i]) * 0.001f;
            w[i] -= m[i] * 1e-3f / (sqrtf(v[i]) + 1e-7f);
        }
    double taken = (now() - started) / STEPS;
    volatile float kept = w[weights / 2];
    (void)kept;
    free(w), free(m), free(v), free(g);
    return taken;
}

int main(int arguments, char **values)
{
    long weights = arguments > 1 ? atol(values[1]) : 109386;
    double speed = 0, seconds = 1;
    for (int round = 0; round < 5; round++) {
        double one = multiply_adds(), other = adam(weights);
        if (one > speed) speed = one;
        if (other < seconds) seconds = other;
    }
    printf("%.6g %.6g\n", speed, seconds);
    return 0;
}
