// y = x * w, 5 x 5 taps, zeros outside: a block of 16 x 16 threads shares a tile and its halo.

constexpr int TILE = 16, RADIUS = 2, WIDE = TILE + 2 * RADIUS, TAPS = 2 * RADIUS + 1;

extern "C" __global__ void convolve(const float* x, const float* w, float* y, int rows,
                                    int columns) {
    __shared__ float tile[WIDE][WIDE];
    int x0 = threadIdx.x, y0 = threadIdx.y;
    int left = blockIdx.x * TILE - RADIUS, top = blockIdx.y * TILE - RADIUS;
    for (int i = y0; i < WIDE; i += TILE) {
        for (int j = x0; j < WIDE; j += TILE) {
            int row = top + i, column = left + j;
            bool inside = row >= 0 && row < rows && column >= 0 && column < columns;
            tile[i][j] = inside ? x[row * columns + column] : 0;
        }
    }
    __syncthreads();
    int column = left + RADIUS + x0, row = top + RADIUS + y0;
    if (row >= rows || column >= columns) return;
    float sum = 0;
    for (int r = 0; r < TAPS; ++r) {
        for (int s = 0; s < TAPS; ++s) sum += w[r * TAPS + s] * tile[y0 + r][x0 + s];
    }
    y[row * columns + column] = sum;
}
