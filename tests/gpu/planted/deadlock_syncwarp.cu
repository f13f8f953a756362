// launch: grid 1; block 64; args x=float32[64]
// bug: deadlock; block 0
__global__ void wait(float *x) {
    if (threadIdx.x % 32 < 16) __syncwarp();
    __syncthreads();
    x[threadIdx.x] = 0;
}
