// launch: grid 1; block 32; args x=float32[8] y=float32[1]
__global__ void sum(const float *x, float *y) {
    if (threadIdx.x >= 8) return;
    float value = x[threadIdx.x];
    for (int d = 4; d; d /= 2) value += __shfl_down_sync(0x000000ff, value, d);
    if (threadIdx.x == 0) y[0] = value;
}
