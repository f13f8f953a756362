// launch: grid 2; block 32; args y=float32[64]
// bug: uninitialised; thread 0; block 1
__global__ void remember(float *y) {
    __shared__ float s[32];
    if (blockIdx.x == 0) s[threadIdx.x] = 1;
    __syncthreads();
    y[blockIdx.x * 32 + threadIdx.x] = s[threadIdx.x];  // <- bug
}
