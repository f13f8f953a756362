// launch: grid 1; block 16; args x=float32[68] y=float32[64]
// bug: misaligned; thread 0; block 0
__global__ void shift(const float *x, float *y) {
    float4 v = *(const float4 *)(x + 4 * threadIdx.x + 1);  // <- bug
    y[threadIdx.x] = v.x + v.y + v.z + v.w;
}
