// launch: grid 1; block 32; args x=float32[64] y=float32[1]
__device__ void warp_sum(volatile float *s, int i) {
    float value = s[i] + s[i + 32];
    __syncwarp();
    for (int d = 16; d; d /= 2) {
        s[i] = value;
        __syncwarp();
        value += s[(i + d) % 32];
        __syncwarp();
    }
    s[i] = value;
}

__global__ void sum(const float *x, float *y) {
    __shared__ float s[64];
    int i = threadIdx.x;
    s[i] = x[i];
    s[i + 32] = x[i + 32];
    __syncthreads();
    warp_sum(s, i);
    if (i == 0) y[0] = s[0];
}
