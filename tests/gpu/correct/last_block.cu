// launch: grid 5; block 64; args x=float32[320] part=float32[5] count=zeros:uint32[1] y=float32[1]
__global__ void sum(const float *x, volatile float *part, unsigned *count, float *y) {
    __shared__ float s[64];
    __shared__ bool last;
    int i = threadIdx.x;
    s[i] = x[blockIdx.x * 64 + i];
    __syncthreads();
    for (int d = 32; d; d /= 2) {
        if (i < d) s[i] += s[i + d];
        __syncthreads();
    }
    if (i == 0) {
        part[blockIdx.x] = s[0];
        __threadfence();
        last = atomicInc(count, gridDim.x) == gridDim.x - 1;
    }
    __syncthreads();
    if (last && i == 0) {
        float total = 0;
        for (int b = 0; b < gridDim.x; b++) total += part[b];
        y[0] = total;
        *count = 0;
    }
}
