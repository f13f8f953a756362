// launch: grid 1; block 64; args x=int32[64]
__global__ void scan(int *x) {
    __shared__ int s[64];
    int i = threadIdx.x;
    s[i] = x[i];
    __syncthreads();
    for (int d = 1; d < 64; d *= 2) {
        int left = i >= d ? s[i - d] : 0;
        __syncthreads();
        s[i] += left;
        __syncthreads();
    }
    x[i] = s[i];
}
