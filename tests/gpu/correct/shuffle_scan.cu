// launch: grid 1; block 32; args x=int32[32]
__global__ void scan(int *x) {
    int value = x[threadIdx.x];
    for (int d = 1; d < 32; d *= 2) {
        int left = __shfl_up_sync(0xffffffff, value, d);
        if (threadIdx.x >= d) value += left;
    }
    x[threadIdx.x] = value;
}
