// launch: grid 5; block 64; args x=float32[300] n=int32(300)
__global__ void scale(float *x, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    x[i] *= 3;
}
