// launch: grid 4; block 64; args x=float32[260] y=float32[256]; constant w=float32[5]
__constant__ float w[5];

__global__ void convolve(const float *x, float *y) {
    int i = blockIdx.x * 64 + threadIdx.x;
    float sum = 0;
    for (int k = 0; k < 5; k++) sum += w[k] * x[i + k];
    y[i] = sum;
}
