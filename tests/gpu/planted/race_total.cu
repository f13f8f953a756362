// launch: grid 4; block 32; args x=float32[128] total=zeros:float32[1]
// bug: race; thread 0; block 1
__global__ void sum(const float *x, float *total) {
    float value = x[blockIdx.x * 32 + threadIdx.x];
    for (int d = 16; d; d /= 2) value += __shfl_down_sync(0xffffffff, value, d);
    if (threadIdx.x == 0) total[0] += value;  // <- bug
}
