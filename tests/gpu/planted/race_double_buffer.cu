// launch: grid 1; block 64; args x=float32[256] y=float32[64]
// bug: race; block 0
__global__ void neighbours(const float *x, float *y) {
    __shared__ float s[2][64];
    int i = threadIdx.x;
    float sum = 0;
    for (int k = 0; k < 4; k++) {
        s[0][i] = x[64 * k + i];  // <- bug
        __syncthreads();
        sum += s[0][(i + 40) % 64];  // <- bug
    }
    y[i] = sum;
}
