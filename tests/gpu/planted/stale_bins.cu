// launch: grid 1; block 64; args x=int32[64] y=int32[10]
// bug: uninitialised; thread 0; block 0
__global__ void histogram(const int *x, int *y) {
    __shared__ int bins[10];
    atomicAdd(&bins[x[threadIdx.x]], 1);  // <- bug
    __syncthreads();
    if (threadIdx.x < 10) y[threadIdx.x] = bins[threadIdx.x];
}
