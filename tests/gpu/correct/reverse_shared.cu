// launch: grid 2; block 96; args x=float32[192]
__global__ void reverse(float *x) {
    __shared__ float s[96];
    float *block = x + blockIdx.x * 96;
    s[threadIdx.x] = block[threadIdx.x];
    __syncthreads();
    block[threadIdx.x] = s[95 - threadIdx.x];
}
