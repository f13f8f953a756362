// launch: grid 2; block 32; args data=float32[32] flag=zeros:int32[1] y=float32[32]
__global__ void pass(float *data, volatile int *flag, float *y) {
    int i = threadIdx.x;
    if (blockIdx.x == 0) {
        data[i] = 3 * i;
        __threadfence();
        __syncthreads();
        if (i == 0) *flag = 1;
    } else {
        if (i == 0) {
            while (*flag == 0) {}
            __threadfence();
        }
        __syncthreads();
        y[i] = data[31 - i];
    }
}
