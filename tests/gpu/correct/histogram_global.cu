// launch: grid 4; block 64; args x=int32[256] bins=zeros:uint32[10]
__global__ void histogram(const int *x, unsigned *bins) {
    atomicAdd(&bins[x[blockIdx.x * 64 + threadIdx.x]], 1u);
}
