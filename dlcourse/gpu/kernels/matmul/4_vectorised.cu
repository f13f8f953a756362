// C = A B with A (M, K), B (K, N), C (M, N): register tiles of 4 x 4, moved in float4.
//
// New: one access moves four elements, from global memory where rows are a multiple of four long,
// and always from shared memory. For that the tile of A is turned on its way in, and its rows are
// four elements longer than needed: stores into it meet two to a bank, not four.
// A block of SIDE x SIDE threads computes WIDE x WIDE elements; DEPTH is SIDE here, so that each
// thread fetches one float4 of A and one of B.

constexpr int WIDE = 4 * SIDE;
constexpr int DEPTH = SIDE;

__device__ float4 load4(const float* x, int row, int column, int rows, int columns) {
    const float* from = x + row * columns + column;
    if (row < rows && column + 3 < columns && columns % 4 == 0) {
        return *reinterpret_cast<const float4*>(from);
    }
    float4 four = make_float4(0, 0, 0, 0);
    if (row < rows && column < columns) four.x = from[0];
    if (row < rows && column + 1 < columns) four.y = from[1];
    if (row < rows && column + 2 < columns) four.z = from[2];
    if (row < rows && column + 3 < columns) four.w = from[3];
    return four;
}

__device__ void store4(float* x, float4 four, int row, int column, int rows, int columns) {
    float* to = x + row * columns + column;
    if (row < rows && column + 3 < columns && columns % 4 == 0) {
        *reinterpret_cast<float4*>(to) = four;
        return;
    }
    if (row < rows && column < columns) to[0] = four.x;
    if (row < rows && column + 1 < columns) to[1] = four.y;
    if (row < rows && column + 2 < columns) to[2] = four.z;
    if (row < rows && column + 3 < columns) to[3] = four.w;
}

__device__ void add_product(float4& sum, float left, float4 right) {
    sum.x += left * right.x;
    sum.y += left * right.y;
    sum.z += left * right.z;
    sum.w += left * right.w;
}

extern "C" __global__ void matmul_vectorised(const float* A, const float* B, float* C, int M,
                                             int N, int K) {
    __shared__ float4 a[DEPTH][WIDE / 4 + 1], b[DEPTH][WIDE / 4];
    int x = threadIdx.x, y = threadIdx.y;
    int left = blockIdx.x * WIDE, top = blockIdx.y * WIDE;
    int t = y * SIDE + x;
    int row = t / (DEPTH / 4), k4 = t % (DEPTH / 4) * 4;  // this thread's float4 of A
    float4 sums[4] = {};
    for (int begin = 0; begin < K; begin += DEPTH) {
        float4 four = load4(A, top + row, begin + k4, M, K);
        reinterpret_cast<float*>(a[k4])[row] = four.x;
        reinterpret_cast<float*>(a[k4 + 1])[row] = four.y;
        reinterpret_cast<float*>(a[k4 + 2])[row] = four.z;
        reinterpret_cast<float*>(a[k4 + 3])[row] = four.w;
        b[y][x] = load4(B, begin + y, left + 4 * x, K, N);
        __syncthreads();
        for (int k = 0; k < DEPTH; ++k) {
            float4 column = a[k][y];
            add_product(sums[0], column.x, b[k][x]);
            add_product(sums[1], column.y, b[k][x]);
            add_product(sums[2], column.z, b[k][x]);
            add_product(sums[3], column.w, b[k][x]);
        }
        __syncthreads();
    }
    for (int i = 0; i < 4; ++i) store4(C, sums[i], top + 4 * y + i, left + 4 * x, M, N);
}
