// launch: grid 3; block 32; args x=float32[1000] y=float32[1000] n=int32(1000)
__global__ void root(const float *x, float *y, int n) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
        y[i] = sqrtf(x[i]);
}
