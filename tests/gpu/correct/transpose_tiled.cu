// launch: grid 3,2; block 16,16; args x=float32[20,45] y=float32[45,20] h=int32(20) w=int32(45)
__global__ void transpose(const float *x, float *y, int h, int w) {
    __shared__ float tile[16][17];
    int column = blockIdx.x * 16 + threadIdx.x, row = blockIdx.y * 16 + threadIdx.y;
    if (row < h && column < w) tile[threadIdx.y][threadIdx.x] = x[row * w + column];
    __syncthreads();
    column = blockIdx.y * 16 + threadIdx.x, row = blockIdx.x * 16 + threadIdx.y;
    if (row < w && column < h) y[row * h + column] = tile[threadIdx.x][threadIdx.y];
}
