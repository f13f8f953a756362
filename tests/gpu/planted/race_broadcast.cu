// launch: grid 1; block 64; args x=float32[64] y=float32[64]
// bug: race; block 0
__global__ void subtract_first(const float *x, float *y) {
    __shared__ float first;
    if (threadIdx.x == 0) first = x[0];  // <- bug
    y[threadIdx.x] = x[threadIdx.x] - first;  // <- bug
}
