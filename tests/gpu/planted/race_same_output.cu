// launch: grid 2; block 32; args x=iota:float32[64] y=float32[32]
// bug: race; thread 0; block 1
__global__ void keep(const float *x, float *y) {
    y[threadIdx.x] = x[blockIdx.x * blockDim.x + threadIdx.x];  // <- bug
}
