// launch: grid 2; block 96; shared 384; args x=float32[192]
extern __shared__ float s[];

__global__ void reverse(float *x) {
    float *block = x + blockIdx.x * blockDim.x;
    s[threadIdx.x] = block[threadIdx.x];
    __syncthreads();
    block[threadIdx.x] = s[blockDim.x - 1 - threadIdx.x];
}
