// launch: grid 1; block 64; args x=float32[64]
// bug: out of bounds; thread 32; block 0
__global__ void clear(float *x) {
    x[2 * threadIdx.x] = 0;  // <- bug
}
