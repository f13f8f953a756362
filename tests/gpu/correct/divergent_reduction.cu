// launch: grid 1; block 64; args x=float32[64]
__global__ void sum(float *x) {
    for (int d = 1; d < 64; d *= 2) {
        if (threadIdx.x % (2 * d) == 0) x[threadIdx.x] += x[threadIdx.x + d];
        __syncthreads();
    }
}
