// *sum += all of x: threads add up what they meet, warps by shuffles, the block once.
//
// New: a thread first sums many elements in a register; a warp's lanes hand each other their sums
// without memory or barrier. Of the tree's eight barriers one is left.

__device__ float warp_sum(float value) {
    for (int step = 16; step > 0; step /= 2) value += __shfl_down_sync(0xffffffff, value, step);
    return value;  // lane 0 has the sum, the others have parts of it
}

extern "C" __global__ void sum_shuffle(const float* x, float* sum, int n) {
    __shared__ float sums[THREADS / 32];
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    float value = 0;
    for (int i = blockIdx.x * THREADS + threadIdx.x; i < n; i += gridDim.x * THREADS) value += x[i];
    value = warp_sum(value);
    if (lane == 0) sums[warp] = value;
    __syncthreads();
    if (warp == 0) {
        value = warp_sum(lane < THREADS / 32 ? sums[lane] : 0);
        if (lane == 0) atomicAdd(sum, value);
    }
}
