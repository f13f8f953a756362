// launch: grid 2; block 32; args x=float32[64] far=int64(4000000000)
// bug: wild pointer; thread 0; block 0
__global__ void clear(float *x, long long far) {
    x[far + threadIdx.x] = 0;  // <- bug
}
