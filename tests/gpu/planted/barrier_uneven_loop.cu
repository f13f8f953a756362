// launch: grid 1; block 64; args x=float32[64]
// bug: barrier divergence; block 0
__global__ void walk(float *x) {
    for (int i = threadIdx.x; i < 100; i += 64) {
        __syncthreads();  // <- bug
    }
    x[threadIdx.x] = 0;
}
