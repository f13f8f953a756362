// launch: grid 1; block 32; limit 0.3; args x=float32[64] n=int32(64) stride=int32(0)
// bug: timeout; block 0
__global__ void clear(float *x, int n, int stride) {
    for (int i = threadIdx.x; i < n; i += stride)  // <- bug
        x[i] = 0;  // <- bug
}
