// launch: grid 2; block 64; args x=float32[64]
// bug: barrier divergence; thread 0; block 0
__global__ void two(float *x) {
    if (threadIdx.x < 16) {
        __syncthreads();  // <- bug
    } else {
        __syncthreads();  // <- bug
    }
}
