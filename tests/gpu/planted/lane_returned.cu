// launch: grid 1; block 32; args x=float32[20] y=float32[1] n=int32(20)
// bug: inactive lane; thread 4; block 0
__global__ void sum(const float *x, float *y, int n) {
    if (threadIdx.x >= n) return;
    float value = x[threadIdx.x];
    for (int d = 16; d; d /= 2) value += __shfl_down_sync(0xffffffff, value, d);  // <- bug
    if (threadIdx.x == 0) y[0] = value;
}
