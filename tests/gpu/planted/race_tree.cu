// launch: grid 1; block 128; args x=float32[128] y=float32[1]
// bug: race; block 0
__global__ void sum(const float *x, float *y) {
    __shared__ float s[128];
    int i = threadIdx.x;
    s[i] = x[i];
    __syncthreads();
    for (int d = 64; d; d /= 2)
        if (i < d) s[i] += s[i + d];  // <- bug
    if (i == 0) y[0] = s[0];
}
