// launch: grid 2; block 64; args x=float32[100] n=int32(100)
// bug: out of bounds; thread 36; block 1
__global__ void twice(float *x, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i <= n) x[i] *= 2;  // <- bug
}
