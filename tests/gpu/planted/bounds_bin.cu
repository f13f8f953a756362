// launch: grid 1; block 64; args values=iota:int32[64] bins=zeros:int32[60]
// bug: out of bounds; thread 60; block 0
__global__ void histogram(const int *values, int *bins) {
    atomicAdd(&bins[values[threadIdx.x]], 1);  // <- bug
}
