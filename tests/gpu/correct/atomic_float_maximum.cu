// launch: grid 2; block 64; args x=float32[128] y=zeros:int32[1]
__global__ void maximum(const float *x, int *y) {
    float v = x[blockIdx.x * 64 + threadIdx.x];
    int old = atomicAdd(y, 0);
    while (__int_as_float(old) < v) {
        int seen = atomicCAS(y, old, __float_as_int(v));
        if (seen == old) break;
        old = seen;
    }
}
