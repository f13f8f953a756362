// launch: grid 1; block 32; args x=float32[64] y=float32[1]
// bug: race; thread 16; block 0
__global__ void sum(const float *x, float *y) {
    __shared__ volatile float s[64];
    int i = threadIdx.x;
    s[i] = x[i];
    s[i + 32] = x[i + 32];
    __syncthreads();
    s[i] += s[i + 32];  // <- bug
    s[i] += s[i + 16];  // <- bug
    if (i == 0) y[0] = s[0];
}
