// launch: grid 1; block 32; args x=float32[32]
// bug: lane not in mask; thread 16; block 0
__global__ void rotate(float *x) {
    int i = threadIdx.x;
    x[i] = __shfl_sync(0x0000ffff, x[i], (i + 1) % 16);  // <- bug
}
