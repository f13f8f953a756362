// launch: grid 1; block 8,8; args a=float32[16,16] y=float32[64]
// bug: race; thread 0,4; block 0
__global__ void rows(const float *a, float *y) {
    __shared__ float tile[8][8];
    float sum = 0;
    for (int k = 0; k < 16; k += 8) {
        tile[threadIdx.y][threadIdx.x] = a[16 * threadIdx.y + k + threadIdx.x];  // <- bug
        __syncthreads();
        for (int i = 0; i < 8; i++) sum += tile[7 - threadIdx.y][i];  // <- bug
    }
    y[8 * threadIdx.y + threadIdx.x] = sum;
}
