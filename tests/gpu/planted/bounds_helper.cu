// launch: grid 2; block 32; args x=float32[64] y=float32[64]
// bug: out of bounds; thread 30; block 1
__device__ float second_next(const float *x, int i) {
    return x[i + 2];  // <- bug
}

__global__ void shift(const float *x, float *y) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    y[i] = second_next(x, i);
}
