// launch: grid 2; block 160; args x=float32[320] y=float32[2]
__device__ float warp_sum(float value, unsigned mask) {
    for (int d = 16; d; d /= 2) value += __shfl_down_sync(mask, value, d);
    return value;
}

__global__ void sum(const float *x, float *y) {
    __shared__ float partial[5];
    float value = warp_sum(x[blockIdx.x * 160 + threadIdx.x], 0xffffffff);
    if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = value;
    __syncthreads();
    if (threadIdx.x >= 32) return;
    value = warp_sum(threadIdx.x < 5 ? partial[threadIdx.x] : 0, 0xffffffff);
    if (threadIdx.x == 0) y[blockIdx.x] = value;
}
