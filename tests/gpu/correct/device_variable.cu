// launch: grid 2; block 32; args y=int32[64]
__device__ int counter;

__global__ void number(int *y) { y[atomicAdd(&counter, 1) % 64] = threadIdx.x; }
