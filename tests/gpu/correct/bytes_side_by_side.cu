// launch: grid 1; block 64; args x=uint8[64]
__global__ void reverse(unsigned char *x) {
    __shared__ unsigned char s[64];
    s[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    x[threadIdx.x] = s[63 - threadIdx.x];
}
