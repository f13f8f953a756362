// launch: grid 1; block 32; args x=iota:int32[32]
// bug: crash; thread 0; block 0
__global__ void divide(int *x) {
    x[threadIdx.x] = 100 / x[threadIdx.x];  // <- bug
}
