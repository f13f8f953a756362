// launch: grid 4; block 32; args tickets=zeros:int32[2] total=zeros:float32[1]
__global__ void count(int *tickets, float *total) {
    if (threadIdx.x) return;
    int mine = atomicAdd(&tickets[0], 1);
    while (atomicAdd(&tickets[1], 0) != mine) {}
    total[0] += 1;
    __threadfence();
    atomicAdd(&tickets[1], 1);
}
