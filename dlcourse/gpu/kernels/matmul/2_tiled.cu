// C = A B with A (M, K), B (K, N), C (M, N): a block computes a tile of C from tiles of A and B.
//
// New: the block fetches a tile of each once, and its TILE x TILE threads use every element TILE
// times from shared memory. Global loads go down by the factor TILE.

extern "C" __global__ void matmul_tiled(const float* A, const float* B, float* C, int M, int N,
                                        int K) {
    __shared__ float a[TILE][TILE], b[TILE][TILE];
    int x = threadIdx.x, y = threadIdx.y;
    int column = blockIdx.x * TILE + x;
    int row = blockIdx.y * TILE + y;
    float sum = 0;
    for (int begin = 0; begin < K; begin += TILE) {
        a[y][x] = row < M && begin + x < K ? A[row * K + begin + x] : 0;
        b[y][x] = begin + y < K && column < N ? B[(begin + y) * N + column] : 0;
        __syncthreads();  // the tiles are complete
        for (int k = 0; k < TILE; ++k) sum += a[y][k] * b[k][x];
        __syncthreads();  // all are done with them
    }
    if (row < M && column < N) C[row * N + column] = sum;
}
