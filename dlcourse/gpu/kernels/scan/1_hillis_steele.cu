// y[i] = x[0] + ... + x[i] in each row: one block for a row, THREADS elements at a time.
//
// In step s every element adds the one s before it, log2(THREADS) times: short, but it adds
// THREADS log2(THREADS) times where THREADS - 1 would do. Two buffers take turns, so that no thread
// overwrites what another still reads.
// Source: Hillis and Steele, https://doi.org/10.1145/7902.7903 (1986).

extern "C" __global__ void scan_hillis_steele(const float* x, float* y, int n) {
    __shared__ float sums[2][THREADS];
    int t = threadIdx.x;
    int row = blockIdx.x * n;
    float carry = 0;  // the sum of the row so far
    for (int begin = 0; begin < n; begin += THREADS) {
        int i = begin + t, now = 0;
        sums[now][t] = i < n ? x[row + i] : 0;
        for (int step = 1; step < THREADS; step *= 2) {
            __syncthreads();
            sums[1 - now][t] = sums[now][t] + (t >= step ? sums[now][t - step] : 0);
            now = 1 - now;
        }
        __syncthreads();
        if (i < n) y[row + i] = carry + sums[now][t];
        carry += sums[now][THREADS - 1];
        __syncthreads();  // all have read the last sum before the next elements come
    }
}
