// out[c][r] = in[r][c] by way of a tile in shared memory.
//
// New: both sides touch global memory along rows. The turn happens in the tile, and there lies the
// next problem: reading a column of it, all 32 lanes ask the same bank.

extern "C" __global__ void transpose_tiled(const float* in, float* out, int rows, int columns) {
    __shared__ float tile[TILE][TILE];
    int column = blockIdx.x * TILE + threadIdx.x;
    int row = blockIdx.y * TILE + threadIdx.y;
    if (row < rows && column < columns) {
        tile[threadIdx.y][threadIdx.x] = in[row * columns + column];
    }
    __syncthreads();  // the tile is complete before anyone reads what another thread wrote

    int out_column = blockIdx.y * TILE + threadIdx.x;
    int out_row = blockIdx.x * TILE + threadIdx.y;
    if (out_row < columns && out_column < rows) {
        out[out_row * rows + out_column] = tile[threadIdx.x][threadIdx.y];
    }
}
