// launch: grid 3; block 32; args data=float32[1] flag=zeros:int32[1] y=float32[3]
__global__ void pass(float *data, int *flag, float *y) {
    if (threadIdx.x) return;
    if (blockIdx.x == gridDim.x - 1) {
        data[0] = 5;
        __threadfence();
        atomicExch(flag, 1);
    }
    while (atomicAdd(flag, 0) == 0) {}
    __threadfence();
    y[blockIdx.x] = data[0];
}
