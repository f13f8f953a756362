// launch: grid 1; block 8,8; args x=float32[64] y=float32[64]
// bug: out of bounds; thread 0,7; block 0
__global__ void below(const float *x, float *y) {
    __shared__ float tile[8][8];
    int i = threadIdx.x, j = threadIdx.y;
    tile[j][i] = x[8 * j + i];
    __syncthreads();
    y[8 * j + i] = tile[j + 1][i];  // <- bug
}
