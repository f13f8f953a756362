// y[i] = x[0] + ... + x[i] in each row: warps scan by shuffles, the first warp scans their totals.
//
// New: three barriers for THREADS elements instead of ten or nineteen, and hardly any shared
// memory.

__device__ float warp_scan(float value) {
    for (int step = 1; step < 32; step *= 2) {
        float left = __shfl_up_sync(0xffffffff, value, step);
        if (threadIdx.x % 32 >= step) value += left;
    }
    return value;
}

extern "C" __global__ void scan_shuffle(const float* x, float* y, int n) {
    constexpr int WARPS = THREADS / 32;
    __shared__ float totals[WARPS];
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    int row = blockIdx.x * n;
    float carry = 0;  // the sum of the row so far
    for (int begin = 0; begin < n; begin += THREADS) {
        int i = begin + threadIdx.x;
        float value = warp_scan(i < n ? x[row + i] : 0);
        if (lane == 31) totals[warp] = value;
        __syncthreads();
        if (warp == 0) {
            float total = warp_scan(lane < WARPS ? totals[lane] : 0);
            if (lane < WARPS) totals[lane] = total;
        }
        __syncthreads();
        float before = carry + (warp > 0 ? totals[warp - 1] : 0);
        if (i < n) y[row + i] = before + value;
        carry += totals[WARPS - 1];
        __syncthreads();  // all have read the totals before the next ones come
    }
}
