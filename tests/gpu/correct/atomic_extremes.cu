// launch: grid 2; block 64; args x=int32[128] y=zeros:int32[4]
__global__ void extremes(const int *x, int *y) {
    int v = x[blockIdx.x * 64 + threadIdx.x];
    atomicMax(&y[0], v);
    atomicMin(&y[1], -v);
    atomicOr(&y[2], v);
    atomicExch(&y[3], 7);
}
