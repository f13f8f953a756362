// y[i] = x[0] + ... + x[i] in each row: a tree up, a tree down. THREADS is a power of two.
//
// New: about 2 THREADS additions instead of THREADS log2(THREADS). Upwards, sums of pairs, fours,
// eights; downwards, each node hands on the sum of all before it. The strides are powers of two:
// look at the banks.
// Source: Blelloch, https://www.cs.cmu.edu/~guyb/papers/Ble93.pdf (1990).

extern "C" __global__ void scan_blelloch(const float* x, float* y, int n) {
    __shared__ float sums[THREADS];
    int t = threadIdx.x;
    int row = blockIdx.x * n;
    float carry = 0;  // the sum of the row so far
    for (int begin = 0; begin < n; begin += THREADS) {
        int i = begin + t;
        float value = i < n ? x[row + i] : 0;
        sums[t] = value;
        for (int step = 1; step < THREADS; step *= 2) {
            __syncthreads();
            int right = 2 * step * (t + 1) - 1;
            if (right < THREADS) sums[right] += sums[right - step];
        }
        __syncthreads();
        float total = sums[THREADS - 1];
        __syncthreads();
        if (t == 0) sums[THREADS - 1] = 0;
        for (int step = THREADS / 2; step > 0; step /= 2) {
            __syncthreads();
            int right = 2 * step * (t + 1) - 1;
            if (right < THREADS) {
                float left = sums[right - step];
                sums[right - step] = sums[right];
                sums[right] += left;
            }
        }
        __syncthreads();
        if (i < n) y[row + i] = carry + sums[t] + value;  // sums[t] is the sum before t
        carry += total;
    }
}
