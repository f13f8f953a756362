// launch: grid 1; block 64; args x=float32[64]
__global__ void sum_to_all(float *x) {
    float value = x[threadIdx.x];
    for (int m = 16; m; m /= 2) value += __shfl_xor_sync(0xffffffff, value, m);
    x[threadIdx.x] = value;
}
