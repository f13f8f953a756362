// out[c][r] = in[r][c]: one thread for each element, blocks of TILE x TILE threads.
//
// A warp reads a row of `in`: 4 sectors. It writes a column of `out`, elements `rows` apart:
// 32 sectors, of each of which it uses an eighth.

extern "C" __global__ void transpose_naive(const float* in, float* out, int rows, int columns) {
    int column = blockIdx.x * TILE + threadIdx.x;
    int row = blockIdx.y * TILE + threadIdx.y;
    if (row < rows && column < columns) out[column * rows + row] = in[row * columns + column];
}
