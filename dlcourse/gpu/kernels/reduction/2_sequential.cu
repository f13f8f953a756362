// *sum += all of x: a tree in shared memory, halves first. THREADS is a power of two.
//
// New: the threads that add are the first ones. Whole warps work or rest, and neighbouring lanes
// read neighbouring banks.

extern "C" __global__ void sum_sequential(const float* x, float* sum, int n) {
    __shared__ float sums[THREADS];
    int t = threadIdx.x;
    int i = blockIdx.x * THREADS + t;
    sums[t] = i < n ? x[i] : 0;
    for (int step = THREADS / 2; step > 0; step /= 2) {
        __syncthreads();
        if (t < step) sums[t] += sums[t + step];
    }
    if (t == 0) atomicAdd(sum, sums[0]);
}
