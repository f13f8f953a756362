// launch: grid 2; block 64; args x=float32[128] y=float32[128] count=zeros:int32[1]
__global__ void filter(const float *x, float *y, int *count) {
    int i = blockIdx.x * 64 + threadIdx.x, lane = threadIdx.x % 32;
    if (x[i] > 4) {
        unsigned active = __activemask();
        int leader = __ffs(active) - 1, place;
        if (lane == leader) place = atomicAdd(count, __popc(active));
        place = __shfl_sync(active, place, leader);
        y[place + __popc(active & ((1u << lane) - 1))] = x[i];
    }
}
