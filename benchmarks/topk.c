/* The plain way in C, with which benchmarks/topk.py compares: all postings of the need into an array of scores,
   then the k greatest. Nothing is skipped. */

#include <stdint.h>
#include <string.h>

int topk(const int32_t *rows, const float *values, const int64_t *starts, int32_t n, const int32_t *need,
         const float *weights, int32_t size, float *scores, int32_t k, int32_t *best_rows, float *best) {
    memset(scores, 0, sizeof(float) * (size_t)n);
    for (int32_t j = 0; j < size; j++) {
        const float weight = weights[j];
        for (int64_t i = starts[need[j]]; i < starts[need[j] + 1]; i++)
            scores[rows[i]] += weight * values[i];
    }
    int32_t found = 0;
    float least = 0;
    for (int32_t start = 0; start < n; start += 64) {
        const int32_t end = start + 64 < n ? start + 64 : n;
        int any = 0; /* without a branch, so that the compiler compares many at once */
        for (int32_t i = start; i < end; i++)
            any |= scores[i] > least;
        if (!any)
            continue;
        for (int32_t i = start; i < end; i++) {
            if (scores[i] <= least)
                continue;
            int32_t at = found < k ? found++ : k - 1;
            for (; at > 0 && best[at - 1] < scores[i]; at--) {
                best[at] = best[at - 1];
                best_rows[at] = best_rows[at - 1];
            }
            best[at] = scores[i];
            best_rows[at] = i;
            if (found == k)
                least = best[k - 1];
        }
    }
    return found;
}
