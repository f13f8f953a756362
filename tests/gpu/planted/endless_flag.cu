// launch: grid 1; block 64; limit 0.3; args flag=zeros:int32[1]
// bug: timeout; block 0
__global__ void wait(volatile int *flag) {
    while (*flag == 0) {}  // <- bug
    if (threadIdx.x == 0) *flag = 1;
}
