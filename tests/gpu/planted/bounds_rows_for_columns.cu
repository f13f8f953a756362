// launch: grid 2,2; block 8,8; args x=float32[12,16] y=float32[12,16] h=int32(12) w=int32(16)
// bug: out of bounds; thread 0,4; block 0,1
__global__ void copy(const float *x, float *y, int h, int w) {
    int row = blockIdx.y * blockDim.y + threadIdx.y, column = blockIdx.x * blockDim.x + threadIdx.x;
    if (row < w && column < h) y[row * w + column] = x[row * w + column];  // <- bug
}
