// *sum += all of x: a tree in shared memory, neighbours first. THREADS is a power of two.
//
// In step s every (2s)th thread adds. These are spread over all warps, so that each warp works
// with ever fewer of its lanes: it diverges.

extern "C" __global__ void sum_divergent(const float* x, float* sum, int n) {
    __shared__ float sums[THREADS];
    int t = threadIdx.x;
    int i = blockIdx.x * THREADS + t;
    sums[t] = i < n ? x[i] : 0;
    for (int step = 1; step < THREADS; step *= 2) {
        __syncthreads();
        if (t % (2 * step) == 0) sums[t] += sums[t + step];
    }
    if (t == 0) atomicAdd(sum, sums[0]);
}
