// launch: grid 2; block 32; args x=float32[64] y=float32[64]
__global__ void copy(const float *__restrict__ x, float *__restrict__ y) {
    int i = blockIdx.x * 32 + threadIdx.x;
    y[i] = __ldg(&x[i]) + __ldg(x);
}
