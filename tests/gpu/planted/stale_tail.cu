// launch: grid 2; block 64; args x=float32[100] y=float32[2] n=int32(100)
// bug: uninitialised; thread 4; block 1
__global__ void sum(const float *x, float *y, int n) {
    __shared__ float s[64];
    int i = blockIdx.x * 64 + threadIdx.x;
    if (i < n) s[threadIdx.x] = x[i];
    __syncthreads();
    for (int d = 32; d; d /= 2) {
        if (threadIdx.x < d) s[threadIdx.x] += s[threadIdx.x + d];  // <- bug
        __syncthreads();
    }
    if (threadIdx.x == 0) y[blockIdx.x] = s[0];
}
