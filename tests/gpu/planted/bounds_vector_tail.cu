// launch: grid 1; block 32; args x=float32[126] y=float32[128]
// bug: out of bounds; thread 31; block 0
__global__ void copy(const float *x, float *y) {
    int i = threadIdx.x;
    ((float4 *)y)[i] = ((const float4 *)x)[i];  // <- bug
}
