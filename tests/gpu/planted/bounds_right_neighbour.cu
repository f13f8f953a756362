// launch: grid 4; block 64; args x=float32[256] y=float32[256]
// bug: out of bounds; thread 63; block 3
__global__ void difference(const float *x, float *y) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    y[i] = x[i + 1] - x[i];  // <- bug
}
