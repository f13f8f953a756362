// launch: grid 1; block 32; args x=float32[32]
// bug: deadlock; block 0
__global__ void wait(float *x) {
    if (threadIdx.x < 16) {
        __syncthreads();
    } else {
        x[threadIdx.x] = __shfl_sync(0xffffffff, x[threadIdx.x], 0);
    }
}
