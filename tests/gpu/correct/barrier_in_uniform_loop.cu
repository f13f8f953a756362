// launch: grid 2; block 64; args x=float32[128] n=int32(3)
__global__ void rotate(float *x, int n) {
    __shared__ float s[64];
    float value = x[blockIdx.x * 64 + threadIdx.x];
    for (int k = 0; k < n; k++) {
        if (k % 2 == 0) {
            s[threadIdx.x] = value;
            __syncthreads();
            value = s[(threadIdx.x + 1) % 64];
            __syncthreads();
        }
    }
    x[blockIdx.x * 64 + threadIdx.x] = value;
}
