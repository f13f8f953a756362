// One step of heat: y = x + c (up + down + left + right - 4 x); the border keeps its values.
//
// New: a tile and a halo of one element around it come to shared memory once. TILE x TILE threads
// fetch (TILE + 2) x (TILE + 2) elements, so some fetch two.

extern "C" __global__ void heat_tiled(const float* x, float* y, float c, int rows, int columns) {
    constexpr int WIDE = TILE + 2;
    __shared__ float tile[WIDE][WIDE];
    int left = blockIdx.x * TILE - 1, top = blockIdx.y * TILE - 1;
    for (int t = threadIdx.y * TILE + threadIdx.x; t < WIDE * WIDE; t += TILE * TILE) {
        int row = top + t / WIDE, column = left + t % WIDE;
        bool inside = row >= 0 && row < rows && column >= 0 && column < columns;
        tile[t / WIDE][t % WIDE] = inside ? x[row * columns + column] : 0;
    }
    __syncthreads();

    int i = threadIdx.y + 1, j = threadIdx.x + 1;  // this thread's place in the tile
    int row = top + i, column = left + j;
    if (row >= rows || column >= columns) return;
    bool border = row == 0 || row == rows - 1 || column == 0 || column == columns - 1;
    float here = tile[i][j];
    float around = tile[i - 1][j] + tile[i + 1][j] + tile[i][j - 1] + tile[i][j + 1];
    y[row * columns + column] = border ? here : here + c * (around - 4 * here);
}
