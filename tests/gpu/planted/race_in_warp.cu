// launch: grid 1; block 32; args x=float32[32]
// bug: race; thread 1; block 0
__global__ void rotate(float *x) {
    __shared__ float s[32];
    s[threadIdx.x] = x[threadIdx.x];
    __syncwarp();
    s[threadIdx.x] = s[(threadIdx.x + 31) % 32];  // <- bug
    __syncwarp();
    x[threadIdx.x] = s[threadIdx.x];
}
