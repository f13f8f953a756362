// launch: grid 1; block 32; args y=float64[32]
// bug: misaligned; thread 1; block 0
__global__ void put(double *y) {
    __shared__ float s[64];
    double *d = (double *)(s + threadIdx.x);
    *d = 1;  // <- bug
    __syncthreads();
    y[threadIdx.x] = *d;
}
