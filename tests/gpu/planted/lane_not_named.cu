// launch: grid 1; block 32; args x=float32[32]
// bug: inactive lane; thread 8; block 0
__global__ void broadcast(float *x) {
    int i = threadIdx.x;
    if (i >= 8) x[i] = __shfl_sync(0xffffff00, x[i], 0);  // <- bug
}
