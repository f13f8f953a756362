// launch: grid 1; block 48; args x=float32[48] y=float32[2]
// bug: inactive lane; thread 32; block 0
__global__ void sum(const float *x, float *y) {
    float value = x[threadIdx.x];
    for (int d = 16; d; d /= 2) value += __shfl_down_sync(0xffffffff, value, d);  // <- bug
    if (threadIdx.x % 32 == 0) y[threadIdx.x / 32] = value;
}
