// launch: grid 1; block 64; args x=float32[64]
// bug: barrier divergence; thread 0; block 0
__global__ void half(float *x) {
    if (threadIdx.x < 16) {
        x[threadIdx.x] = 0;
        __syncthreads();  // <- bug
    }
    x[threadIdx.x] += 1;
}
