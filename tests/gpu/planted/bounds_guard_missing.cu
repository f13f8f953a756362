// launch: grid 1; block 128; args x=float32[100] y=float32[100]
// bug: out of bounds; thread 100; block 0
__global__ void copy(const float *x, float *y) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    y[i] = x[i];  // <- bug
}
