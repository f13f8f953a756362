// launch: grid 1; block 64; args x=ones:int32[64] y=int32[16]
// bug: race; thread 1; block 0
__global__ void histogram(const int *x, int *y) {
    __shared__ int bins[16];
    if (threadIdx.x < 16) bins[threadIdx.x] = 0;
    __syncthreads();
    bins[x[threadIdx.x]]++;  // <- bug
    __syncthreads();
    if (threadIdx.x < 16) y[threadIdx.x] = bins[threadIdx.x];
}
