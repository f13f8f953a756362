// launch: grid 4; block 32; args x=float32[128] y=float32[128] n=int32(128)
__global__ void blur(const float *x, float *y, int n) {
    __shared__ float s[34];
    int i = blockIdx.x * 32 + threadIdx.x, t = threadIdx.x + 1;
    s[t] = i < n ? x[i] : 0;
    if (threadIdx.x == 0) s[0] = i > 0 ? x[i - 1] : 0;
    if (threadIdx.x == 31) s[33] = i + 1 < n ? x[i + 1] : 0;
    __syncthreads();
    if (i < n) y[i] = (s[t - 1] + s[t] + s[t + 1]) / 3;
}
