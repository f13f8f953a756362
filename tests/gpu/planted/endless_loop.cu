// launch: grid 1; block 32; limit 0.3; args x=int32[32]
// bug: timeout; block 0
__global__ void count(int *x) {
    int i = threadIdx.x;
    while (i >= 0) i = (i + 1) % 32;  // <- bug
    x[threadIdx.x] = i;
}
