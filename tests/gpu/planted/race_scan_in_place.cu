// launch: grid 1; block 64; args x=float32[64]
// bug: race; block 0
__global__ void scan(float *x) {
    __shared__ float s[64];
    int i = threadIdx.x;
    s[i] = x[i];
    __syncthreads();
    for (int d = 1; d < 64; d *= 2) {
        if (i >= d) s[i] += s[i - d];  // <- bug
        __syncthreads();
    }
    x[i] = s[i];
}
