// launch: grid 1; block 32; args x=float32[32] y=float32[32]
// bug: uninitialised; thread 0; block 0
__global__ void blur(const float *x, float *y) {
    __shared__ float s[34];
    int i = threadIdx.x + 1;
    s[i] = x[i - 1];
    __syncthreads();
    y[i - 1] = s[i - 1] + s[i] + s[i + 1];  // <- bug
}
