// launch: grid 4; block 64; args x=int32[1000] y=zeros:int32[10] n=int32(1000)
__global__ void histogram(const int *x, int *y, int n) {
    __shared__ int bins[10];
    if (threadIdx.x < 10) bins[threadIdx.x] = 0;
    __syncthreads();
    for (int i = blockIdx.x * 64 + threadIdx.x; i < n; i += 256) atomicAdd(&bins[x[i]], 1);
    __syncthreads();
    if (threadIdx.x < 10) atomicAdd(&y[threadIdx.x], bins[threadIdx.x]);
}
