// launch: grid 2; block 64; args x=float32[128] y=int32[2]
__global__ void count(const float *x, int *y) {
    int total = __syncthreads_count(x[blockIdx.x * 64 + threadIdx.x] > 4);
    if (threadIdx.x == 0) y[blockIdx.x] = total;
}
