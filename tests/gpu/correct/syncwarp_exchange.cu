// launch: grid 2; block 64; args x=float32[128]
__global__ void rotate(float *x) {
    __shared__ float s[64];
    int i = threadIdx.x, warp = i & ~31, at = blockIdx.x * 64 + i;
    s[i] = x[at];
    __syncwarp();
    float value = s[warp + (i + 1) % 32];
    __syncwarp();
    s[i] = value;
    __syncwarp();
    x[at] = s[warp + (i + 31) % 32];
}
