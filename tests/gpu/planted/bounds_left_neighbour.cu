// launch: grid 4; block 64; args x=float32[256] y=float32[256]
// bug: out of bounds; thread 0; block 0
__global__ void difference(const float *x, float *y) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    y[i] = x[i] - x[i - 1];  // <- bug
}
