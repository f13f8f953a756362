// launch: grid 1; block 64; args x=float32[64]
// bug: out of bounds; thread 0; block 0
__global__ void reverse(float *x) {
    extern __shared__ float s[];
    s[threadIdx.x] = x[threadIdx.x];  // <- bug
    __syncthreads();
    x[threadIdx.x] = s[63 - threadIdx.x];
}
