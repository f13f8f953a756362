// launch: grid 1; block 32; args x=float32[32] y=float32[32]
__global__ void swap_pairs(const float *x, float *y) {
    __shared__ float s[32];
    int i = threadIdx.x;
    unsigned half = i < 16 ? 0x0000ffff : 0xffff0000;
    s[i] = x[i];
    __syncwarp(half);
    y[i] = s[i ^ 1];
}
