// launch: grid 2; block 32; args x=iota:float32[64] y=float32[1]
__global__ void some(const float *x, float *y) {
    y[0] = x[blockIdx.x * 32 + threadIdx.x];  // any of them will do; allow: race
}
