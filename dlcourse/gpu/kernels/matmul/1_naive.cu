// C = A B with A (M, K), B (K, N), C (M, N): one thread for each element of C.
//
// For each of the K products a thread reads two elements from global memory: 2 FLOP for 8 bytes
// asked for. The lanes of a warp read the same elements of A and neighbours in B.

extern "C" __global__ void matmul_naive(const float* A, const float* B, float* C, int M, int N,
                                        int K) {
    int column = blockIdx.x * TILE + threadIdx.x;
    int row = blockIdx.y * TILE + threadIdx.y;
    if (row >= M || column >= N) return;
    float sum = 0;
    for (int k = 0; k < K; ++k) sum += A[row * K + k] * B[k * N + column];
    C[row * N + column] = sum;
}
