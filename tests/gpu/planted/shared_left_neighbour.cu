// launch: grid 3; block 64; args x=float32[192] y=float32[192]
// bug: out of bounds; thread 0; block 0
__global__ void difference(const float *x, float *y) {
    __shared__ float s[64];
    int i = threadIdx.x, j = blockIdx.x * 64 + i;
    s[i] = x[j];
    __syncthreads();
    y[j] = s[i] - s[i - 1];  // <- bug
}
