// launch: grid 1; block 32; args x=float32[32] n=int32(32)
// bug: wild pointer; thread 0; block 0
__global__ void clear(float *x, int n) {
    float *p = n > 1000 ? x : nullptr;
    p[threadIdx.x] = 0;  // <- bug
}
