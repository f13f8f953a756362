// Sheet 03, exercise 12: kernels called right_* are right, all others must be rejected.

#define TILE 8
#define ROW ((int)(blockIdx.y * TILE + threadIdx.y))
#define COLUMN ((int)(blockIdx.x * TILE + threadIdx.x))
#define TY ((int)threadIdx.y)
#define TX ((int)threadIdx.x)
#define LOAD                                                         \
    a[TY][TX] = ROW < H && k + TX < K ? A[ROW * K + k + TX] : 0;     \
    b[TY][TX] = k + TY < K && COLUMN < W ? B[(k + TY) * W + COLUMN] : 0

extern "C" __global__ void right_tiles(
        const float* A, const float* B, float* C, int H, int K, int W) {
    __shared__ float a[8][8], b[8][8];
    int row = blockIdx.y * 8 + threadIdx.y, column = blockIdx.x * 8 + threadIdx.x;
    float sum = 0;
    for (int start = 0; start < K; start += 8) {
        int k = start + threadIdx.x;
        a[threadIdx.y][threadIdx.x] = row < H && k < K ? A[row * K + k] : 0;
        k = start + threadIdx.y;
        b[threadIdx.y][threadIdx.x] = k < K && column < W ? B[k * W + column] : 0;
        __syncthreads();
        for (int i = 0; i < 8; i++) sum += a[threadIdx.y][i] * b[i][threadIdx.x];
        __syncthreads();
    }
    if (row < H && column < W) C[row * W + column] = sum;
}

extern "C" __global__ void right_short_last_tile(
        const float* A, const float* B, float* C, int H, int K, int W) {
    __shared__ float a[TILE][TILE], b[TILE][TILE];
    float sum = 0;
    for (int k = 0; k < K; k += TILE) {
        if (ROW < H && k + TX < K) a[TY][TX] = A[ROW * K + k + TX];
        if (k + TY < K && COLUMN < W) b[TY][TX] = B[(k + TY) * W + COLUMN];
        __syncthreads();
        if (ROW < H && COLUMN < W)
            for (int i = 0; i < min(TILE, K - k); i++) sum += a[TY][i] * b[i][TX];
        __syncthreads();
    }
    if (ROW < H && COLUMN < W) C[ROW * W + COLUMN] = sum;
}

extern "C" __global__ void right_two_pairs_of_tiles(
        const float* A, const float* B, float* C, int H, int K, int W) {
    __shared__ float a[2][TILE][TILE], b[2][TILE][TILE];
    float sum = 0;
    for (int k = 0, now = 0; k < K; k += TILE, now = 1 - now) {
        a[now][TY][TX] = ROW < H && k + TX < K ? A[ROW * K + k + TX] : 0;
        b[now][TY][TX] = k + TY < K && COLUMN < W ? B[(k + TY) * W + COLUMN] : 0;
        __syncthreads();
        for (int i = 0; i < TILE; i++) sum += a[now][TY][i] * b[now][i][TX];
    }
    if (ROW < H && COLUMN < W) C[ROW * W + COLUMN] = sum;
}

extern "C" __global__ void no_shared_memory(
        const float* A, const float* B, float* C, int H, int K, int W) {
    if (ROW >= H || COLUMN >= W) return;
    float sum = 0;
    for (int k = 0; k < K; k++) sum += A[ROW * K + k] * B[k * W + COLUMN];
    C[ROW * W + COLUMN] = sum;
}

extern "C" __global__ void tiles_of_a_only(
        const float* A, const float* B, float* C, int H, int K, int W) {
    __shared__ float a[TILE][TILE];
    float sum = 0;
    for (int k = 0; k < K; k += TILE) {
        a[TY][TX] = ROW < H && k + TX < K ? A[ROW * K + k + TX] : 0;
        __syncthreads();
        for (int i = 0; i < TILE && k + i < K; i++)
            sum += COLUMN < W ? a[TY][i] * B[(k + i) * W + COLUMN] : 0;
        __syncthreads();
    }
    if (ROW < H && COLUMN < W) C[ROW * W + COLUMN] = sum;
}

extern "C" __global__ void missing_first_barrier(
        const float* A, const float* B, float* C, int H, int K, int W) {
    __shared__ float a[TILE][TILE], b[TILE][TILE];
    float sum = 0;
    for (int k = 0; k < K; k += TILE) {
        LOAD;
        for (int i = 0; i < TILE; i++) sum += a[TY][i] * b[i][TX];
        __syncthreads();
    }
    if (ROW < H && COLUMN < W) C[ROW * W + COLUMN] = sum;
}

extern "C" __global__ void missing_second_barrier(
        const float* A, const float* B, float* C, int H, int K, int W) {
    __shared__ float a[TILE][TILE], b[TILE][TILE];
    float sum = 0;
    for (int k = 0; k < K; k += TILE) {
        LOAD;
        __syncthreads();
        for (int i = 0; i < TILE; i++) sum += a[TY][i] * b[i][TX];
    }
    if (ROW < H && COLUMN < W) C[ROW * W + COLUMN] = sum;
}

extern "C" __global__ void returns_before_the_barrier(
        const float* A, const float* B, float* C, int H, int K, int W) {
    __shared__ float a[TILE][TILE], b[TILE][TILE];
    float sum = 0;
    if (ROW >= H || COLUMN >= W) return;
    for (int k = 0; k < K; k += TILE) {
        LOAD;
        __syncthreads();
        for (int i = 0; i < min(TILE, K - k); i++) sum += a[TY][i] * b[i][TX];
        __syncthreads();
    }
    C[ROW * W + COLUMN] = sum;
}

extern "C" __global__ void whole_tiles_only(
        const float* A, const float* B, float* C, int H, int K, int W) {
    __shared__ float a[TILE][TILE], b[TILE][TILE];
    float sum = 0;
    for (int k = 0; k + TILE <= K; k += TILE) {
        LOAD;
        __syncthreads();
        for (int i = 0; i < TILE; i++) sum += a[TY][i] * b[i][TX];
        __syncthreads();
    }
    if (ROW < H && COLUMN < W) C[ROW * W + COLUMN] = sum;
}

extern "C" __global__ void no_zeros_behind_the_end(
        const float* A, const float* B, float* C, int H, int K, int W) {
    __shared__ float a[TILE][TILE], b[TILE][TILE];
    float sum = 0;
    for (int k = 0; k < K; k += TILE) {
        if (ROW < H && k + TX < K) a[TY][TX] = A[ROW * K + k + TX];
        if (k + TY < K && COLUMN < W) b[TY][TX] = B[(k + TY) * W + COLUMN];
        __syncthreads();
        if (ROW < H && COLUMN < W)
            for (int i = 0; i < TILE; i++) sum += a[TY][i] * b[i][TX];
        __syncthreads();
    }
    if (ROW < H && COLUMN < W) C[ROW * W + COLUMN] = sum;
}

extern "C" __global__ void no_guard_while_loading(
        const float* A, const float* B, float* C, int H, int K, int W) {
    __shared__ float a[TILE][TILE], b[TILE][TILE];
    float sum = 0;
    for (int k = 0; k < K; k += TILE) {
        a[TY][TX] = A[ROW * K + k + TX];
        b[TY][TX] = B[(k + TY) * W + COLUMN];
        __syncthreads();
        for (int i = 0; i < min(TILE, K - k); i++) sum += a[TY][i] * b[i][TX];
        __syncthreads();
    }
    if (ROW < H && COLUMN < W) C[ROW * W + COLUMN] = sum;
}

extern "C" __global__ void no_guard_while_storing(
        const float* A, const float* B, float* C, int H, int K, int W) {
    __shared__ float a[TILE][TILE], b[TILE][TILE];
    float sum = 0;
    for (int k = 0; k < K; k += TILE) {
        LOAD;
        __syncthreads();
        for (int i = 0; i < TILE; i++) sum += a[TY][i] * b[i][TX];
        __syncthreads();
    }
    C[ROW * W + COLUMN] = sum;
}

extern "C" __global__ void reads_b_transposed(
        const float* A, const float* B, float* C, int H, int K, int W) {
    __shared__ float a[TILE][TILE], b[TILE][TILE];
    float sum = 0;
    for (int k = 0; k < K; k += TILE) {
        LOAD;
        __syncthreads();
        for (int i = 0; i < TILE; i++) sum += a[TY][i] * b[TX][i];
        __syncthreads();
    }
    if (ROW < H && COLUMN < W) C[ROW * W + COLUMN] = sum;
}

extern "C" __global__ void works_for_one_block(
        const float* A, const float* B, float* C, int H, int K, int W) {
    __shared__ float a[TILE][TILE], b[TILE][TILE];
    float sum = 0;
    for (int k = 0; k < K; k += TILE) {
        a[TY][TX] = TY < H && k + TX < K ? A[TY * K + k + TX] : 0;
        b[TY][TX] = k + TY < K && TX < W ? B[(k + TY) * W + TX] : 0;
        __syncthreads();
        for (int i = 0; i < TILE; i++) sum += a[TY][i] * b[i][TX];
        __syncthreads();
    }
    if (TY < H && TX < W && blockIdx.x + blockIdx.y == 0) C[TY * W + TX] = sum;
}

extern "C" __global__ void last_tile_only(
        const float* A, const float* B, float* C, int H, int K, int W) {
    __shared__ float a[TILE][TILE], b[TILE][TILE];
    float sum = 0;
    for (int k = 0; k < K; k += TILE) {
        LOAD;
        __syncthreads();
        sum = 0;
        for (int i = 0; i < TILE; i++) sum += a[TY][i] * b[i][TX];
        __syncthreads();
    }
    if (ROW < H && COLUMN < W) C[ROW * W + COLUMN] = sum;
}

extern "C" __global__ void drops_the_last_k(
        const float* A, const float* B, float* C, int H, int K, int W) {
    __shared__ float a[TILE][TILE], b[TILE][TILE];
    float sum = 0;
    for (int k = 0; k < K; k += TILE) {
        LOAD;
        __syncthreads();
        for (int i = 0; i < min(TILE, K - 1 - k); i++) sum += a[TY][i] * b[i][TX];
        __syncthreads();
    }
    if (ROW < H && COLUMN < W) C[ROW * W + COLUMN] = sum;
}

extern "C" __global__ void pitch_of_b_is_k(
        const float* A, const float* B, float* C, int H, int K, int W) {
    __shared__ float a[TILE][TILE], b[TILE][TILE];
    float sum = 0;
    for (int k = 0; k < K; k += TILE) {
        a[TY][TX] = ROW < H && k + TX < K ? A[ROW * K + k + TX] : 0;
        b[TY][TX] = k + TY < K && COLUMN < W ? B[min((k + TY) * K + COLUMN, K * W - 1)] : 0;
        __syncthreads();
        for (int i = 0; i < TILE; i++) sum += a[TY][i] * b[i][TX];
        __syncthreads();
    }
    if (ROW < H && COLUMN < W) C[ROW * W + COLUMN] = sum;
}
