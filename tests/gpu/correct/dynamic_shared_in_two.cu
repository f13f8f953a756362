// launch: grid 1; block 32; shared 384; args x=float32[32] y=float64[32]
__global__ void mix(const float *x, double *y) {
    extern __shared__ double wide[];
    float *narrow = (float *)(wide + 32);
    wide[threadIdx.x] = threadIdx.x;
    narrow[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    y[threadIdx.x] = wide[31 - threadIdx.x] + narrow[31 - threadIdx.x];
}
