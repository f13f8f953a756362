// launch: grid 5; block 64; args a=float32(2) x=float32[300] y=float32[300] n=int32(300)
__global__ void saxpy(float a, const float *x, float *y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] += a * x[i];
}
