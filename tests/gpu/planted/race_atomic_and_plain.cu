// launch: grid 2; block 32; args total=zeros:int32[1] y=int32[2]
// bug: race; thread 0; block 1
__global__ void count(int *total, int *y) {
    atomicAdd(total, 1);  // <- bug
    __syncthreads();
    if (threadIdx.x == 0) y[blockIdx.x] = total[0];  // <- bug
}
