// launch: grid 1; block 64; args x=float32[64] y=float32[64]
// bug: out of bounds; thread 63; block 0
__global__ void difference(const float *x, float *y) {
    __shared__ float s[64];
    int i = threadIdx.x;
    s[i] = x[i];
    __syncthreads();
    y[i] = s[i + 1] - s[i];  // <- bug
}
