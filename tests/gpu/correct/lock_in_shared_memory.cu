// launch: grid 2; block 64; args y=float32[2]
__global__ void count(float *y) {
    __shared__ int lock;
    __shared__ float total;
    if (threadIdx.x == 0) lock = 0, total = 0;
    __syncthreads();
    for (bool done = false; !done;) {
        if (atomicCAS(&lock, 0, 1) == 0) {
            total += 1;
            __threadfence_block();
            atomicExch(&lock, 0);
            done = true;
        }
    }
    __syncthreads();
    if (threadIdx.x == 0) y[blockIdx.x] = total;
}
