// launch: grid 1; block 32; args x=int16[32] n=int32(32)
// bug: out of bounds; thread 16; block 0
__global__ void clear(short *x, int n) {
    int i = threadIdx.x * sizeof(short);
    if (threadIdx.x < n) x[i] = 0;  // <- bug
}
