// launch: grid 4; block 64; args x=float32[256] part=float32[256] count=zeros:uint32[1] y=float32[64]
__global__ void columns(const float *x, float *part, unsigned *count, float *y) {
    __shared__ bool last;
    int i = threadIdx.x, at = blockIdx.x * 64 + i;
    part[at] = 2 * x[at];
    __threadfence();
    __syncthreads();
    if (i == 0) last = atomicAdd(count, 1u) == gridDim.x - 1;
    __syncthreads();
    if (!last) return;
    float total = 0;
    for (int b = 0; b < gridDim.x; b++) total += part[64 * b + (i + 1) % 64];
    y[i] = total;
}
