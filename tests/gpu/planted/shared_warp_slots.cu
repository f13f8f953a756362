// launch: grid 1; block 160; args x=float32[160] y=float32[1]
// bug: out of bounds; thread 128; block 0
__global__ void sum(const float *x, float *y) {
    __shared__ float partial[4];
    float value = x[threadIdx.x];
    for (int d = 16; d; d /= 2) value += __shfl_down_sync(0xffffffff, value, d);
    if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = value;  // <- bug
    __syncthreads();
    if (threadIdx.x == 0) y[0] = partial[0] + partial[1] + partial[2] + partial[3];
}
