// launch: grid 2; block 32; args data=float32[1] flag=zeros:int32[1] y=float32[1]
// bug: race; thread 0; block 1
__global__ void pass(float *data, volatile int *flag, float *y) {
    if (threadIdx.x) return;
    if (blockIdx.x == 0) {
        data[0] = 7;  // <- bug
        *flag = 1;
    } else {
        while (*flag == 0) {}
        y[0] = data[0];  // <- bug
    }
}
