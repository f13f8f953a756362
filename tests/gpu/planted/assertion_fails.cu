// launch: grid 2; block 32; args x=iota:int32[64]
// bug: assertion; thread 8; block 1
__global__ void check(const int *x) {
    assert(x[blockIdx.x * 32 + threadIdx.x] < 40);  // <- bug
}
