// launch: grid 2; block 32; args x=iota:int32[64] bins=zeros:int32[8]
// bug: race; thread 8; block 0
__global__ void histogram(const int *x, int *bins) {
    int i = blockIdx.x * 32 + threadIdx.x;
    bins[x[i] % 8] += 1;  // <- bug
}
