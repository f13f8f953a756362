// The tiled convolution and matrix product as plain C++: what a block's threads do, in loops.

constexpr int TILE = 16, RADIUS = 2, WIDE = TILE + 2 * RADIUS, TAPS = 2 * RADIUS + 1;
constexpr int SIDE = 32;

extern "C" void convolution(const float* x, const float* w, float* y, int rows, int columns) {
    for (int top = -RADIUS; top < rows - RADIUS; top += TILE) {
        for (int left = -RADIUS; left < columns - RADIUS; left += TILE) {
            float tile[WIDE][WIDE];
            for (int i = 0; i < WIDE; ++i) {
                for (int j = 0; j < WIDE; ++j) {
                    int row = top + i, column = left + j;
                    bool inside = row >= 0 && row < rows && column >= 0 && column < columns;
                    tile[i][j] = inside ? x[row * columns + column] : 0;
                }
            }
            for (int i = 0; i < TILE; ++i) {
                for (int j = 0; j < TILE; ++j) {
                    int row = top + RADIUS + i, column = left + RADIUS + j;
                    if (row >= rows || column >= columns) continue;
                    float sum = 0;
                    for (int r = 0; r < TAPS; ++r) {
                        for (int s = 0; s < TAPS; ++s) sum += w[r * TAPS + s] * tile[i + r][j + s];
                    }
                    y[row * columns + column] = sum;
                }
            }
        }
    }
}

extern "C" void matmul(const float* A, const float* B, float* C, int M, int N, int K) {
    for (int top = 0; top < M; top += SIDE) {
        for (int left = 0; left < N; left += SIDE) {
            float a[SIDE][SIDE], b[SIDE][SIDE], sums[SIDE][SIDE] = {};
            for (int begin = 0; begin < K; begin += SIDE) {
                for (int y = 0; y < SIDE; ++y) {
                    for (int x = 0; x < SIDE; ++x) {
                        int row = top + y, column = left + x;
                        a[y][x] = row < M && begin + x < K ? A[row * K + begin + x] : 0;
                        b[y][x] = begin + y < K && column < N ? B[(begin + y) * N + column] : 0;
                    }
                }
                for (int y = 0; y < SIDE; ++y) {
                    for (int x = 0; x < SIDE; ++x) {
                        for (int k = 0; k < SIDE; ++k) sums[y][x] += a[y][k] * b[k][x];
                    }
                }
            }
            for (int y = 0; y < SIDE; ++y) {
                for (int x = 0; x < SIDE; ++x) {
                    if (top + y < M && left + x < N) C[(top + y) * N + left + x] = sums[y][x];
                }
            }
        }
    }
}
