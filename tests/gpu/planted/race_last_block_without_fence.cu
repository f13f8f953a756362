// launch: grid 4; block 32; args x=float32[128] part=float32[4] count=zeros:uint32[1] y=float32[1]
// bug: race; thread 0; block 3
__global__ void sum(const float *x, float *part, unsigned *count, float *y) {
    float value = x[blockIdx.x * 32 + threadIdx.x];
    for (int d = 16; d; d /= 2) value += __shfl_down_sync(0xffffffff, value, d);
    if (threadIdx.x) return;
    part[blockIdx.x] = value;  // <- bug
    if (atomicInc(count, gridDim.x - 1) < gridDim.x - 1) return;
    float total = 0;
    for (int b = 0; b < gridDim.x; b++) total += part[b];  // <- bug
    y[0] = total;
}
