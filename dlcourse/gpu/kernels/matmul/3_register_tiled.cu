// C = A B with A (M, K), B (K, N), C (M, N): a thread computes EACH x EACH elements of C.
//
// New: a second level of tiles, in registers. Of 2 EACH elements read from shared memory a thread
// makes EACH x EACH products, where the tiled kernel read two for one. A block of SIDE x SIDE
// threads computes WIDE x WIDE elements; a thread's lie SIDE apart, so that neighbouring lanes read
// neighbouring banks and write neighbouring elements.

constexpr int WIDE = SIDE * EACH;

extern "C" __global__ void matmul_register_tiled(const float* A, const float* B, float* C, int M,
                                                 int N, int K) {
    __shared__ float a[WIDE][DEPTH], b[DEPTH][WIDE];
    int x = threadIdx.x, y = threadIdx.y;
    int left = blockIdx.x * WIDE, top = blockIdx.y * WIDE;
    float sums[EACH][EACH] = {};
    for (int begin = 0; begin < K; begin += DEPTH) {
        for (int i = y * SIDE + x; i < WIDE * DEPTH; i += SIDE * SIDE) {
            int row = top + i / DEPTH, k = begin + i % DEPTH;
            a[i / DEPTH][i % DEPTH] = row < M && k < K ? A[row * K + k] : 0;
            int column = left + i % WIDE;
            k = begin + i / WIDE;
            b[i / WIDE][i % WIDE] = k < K && column < N ? B[k * N + column] : 0;
        }
        __syncthreads();
        for (int k = 0; k < DEPTH; ++k) {
            float column[EACH], row[EACH];
            for (int i = 0; i < EACH; ++i) column[i] = a[y + i * SIDE][k];
            for (int j = 0; j < EACH; ++j) row[j] = b[k][x + j * SIDE];
            for (int i = 0; i < EACH; ++i) {
                for (int j = 0; j < EACH; ++j) sums[i][j] += column[i] * row[j];
            }
        }
        __syncthreads();
    }
    for (int i = 0; i < EACH; ++i) {
        for (int j = 0; j < EACH; ++j) {
            int row = top + y + i * SIDE, column = left + x + j * SIDE;
            if (row < M && column < N) C[row * N + column] = sums[i][j];
        }
    }
}
