// launch: grid 1; block 64; args x=float32[64]
// bug: race; thread 32; block 0
__global__ void reverse(float *x) {
    __shared__ float s[64];
    s[threadIdx.x] = x[threadIdx.x];       // <- bug
    x[threadIdx.x] = s[63 - threadIdx.x];  // <- bug
}
