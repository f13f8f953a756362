// out[c][r] = in[r][c] by way of a tile whose rows are one element longer than needed.
//
// New: that element. It shifts each row by a bank, so that a column lies in 32 different banks,
// and one wavefront serves the request.

extern "C" __global__ void transpose_padded(const float* in, float* out, int rows, int columns) {
    __shared__ float tile[TILE][TILE + 1];
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
