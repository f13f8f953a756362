// Sheet 03, exercise 11: kernels called right_* are right, all others must be rejected.

#define ROW ((int)blockIdx.x)
#define T ((int)threadIdx.x)
#define BLOCK ((int)blockDim.x)
#define REDUCE                                       \
    __syncthreads();                                 \
    for (int half = BLOCK / 2; half > 0; half /= 2) { \
        if (T < half) sums[T] += sums[T + half];     \
        __syncthreads();                             \
    }

extern "C" __global__ void right_strided(const float* x, float* y, int H, int W) {
    __shared__ float sums[256];
    int h = blockIdx.x, t = threadIdx.x;
    float sum = 0;
    for (int w = t; w < W; w += blockDim.x) sum += x[h * W + w];
    sums[t] = sum;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        if (t < half) sums[t] += sums[t + half];
        __syncthreads();
    }
    if (t == 0) y[h] = sums[0];
}

extern "C" __global__ void right_shuffles(const float* x, float* y, int H, int W) {
    __shared__ float sums[8];
    float sum = 0;
    for (int w = T; w < W; w += BLOCK) sum += x[ROW * W + w];
    for (int half = 16; half > 0; half /= 2) sum += __shfl_down_sync(0xffffffff, sum, half);
    if (T % 32 == 0) sums[T / 32] = sum;
    __syncthreads();
    if (T > 0) return;
    float total = 0;
    for (int warp = 0; warp < BLOCK / 32; warp++) total += sums[warp];
    y[ROW] = total;
}

extern "C" __global__ void right_backwards(const float* x, float* y, int H, int W) {
    __shared__ float sums[256];
    sums[T] = 0;
    for (int w = W - 1 - T; w >= 0; w -= BLOCK) sums[T] += x[ROW * W + w];
    REDUCE
    if (T == BLOCK - 1) y[ROW] = sums[0];
}

extern "C" __global__ void a_thread_for_every_row(const float* x, float* y, int H, int W) {
    float sum = 0;
    int h = ROW * BLOCK + T;
    if (h >= H) return;
    for (int w = 0; w < W; w++) sum += x[h * W + w];
    y[h] = sum;
}

extern "C" __global__ void a_run_of_neighbours_for_every_thread(
        const float* x, float* y, int H, int W) {
    __shared__ float sums[256];
    int run = (W + BLOCK - 1) / BLOCK;
    float sum = 0;
    for (int w = T * run; w < min((T + 1) * run, W); w++) sum += x[ROW * W + w];
    sums[T] = sum;
    REDUCE
    if (T == 0) y[ROW] = sums[0];
}

extern "C" __global__ void one_thread_adds_the_row(const float* x, float* y, int H, int W) {
    if (T > 0) return;
    float sum = 0;
    for (int w = 0; w < W; w++) sum += x[ROW * W + w];
    y[ROW] = sum;
}

extern "C" __global__ void one_number_a_thread(const float* x, float* y, int H, int W) {
    __shared__ float sums[256];
    sums[T] = T < W ? x[ROW * W + T] : 0;
    REDUCE
    if (T == 0) y[ROW] = sums[0];
}

extern "C" __global__ void sums_the_columns(const float* x, float* y, int H, int W) {
    __shared__ float sums[256];
    float sum = 0;
    for (int h = T; h < H; h += BLOCK) sum += ROW < W ? x[h * W + ROW] : 0;
    sums[T] = sum;
    REDUCE
    if (T == 0) y[ROW] = sums[0];
}

extern "C" __global__ void reads_transposed(const float* x, float* y, int H, int W) {
    __shared__ float sums[256];
    float sum = 0;
    for (int w = T; w < W; w += BLOCK) sum += x[w * H + ROW];
    sums[T] = sum;
    REDUCE
    if (T == 0) y[ROW] = sums[0];
}

extern "C" __global__ void works_for_one_block(const float* x, float* y, int H, int W) {
    __shared__ float sums[256];
    float sum = 0;
    for (int w = T; w < W; w += BLOCK) sum += x[w];
    sums[T] = sum;
    REDUCE
    if (T == 0) y[0] = sums[0];
}

extern "C" __global__ void missing_barrier(const float* x, float* y, int H, int W) {
    __shared__ float sums[256];
    float sum = 0;
    for (int w = T; w < W; w += BLOCK) sum += x[ROW * W + w];
    sums[T] = sum;
    for (int half = BLOCK / 2; half > 0; half /= 2) {
        __syncwarp();
        if (T < half) sums[T] += sums[T + half];
        __syncwarp();
    }
    if (T == 0) y[ROW] = sums[0];
}

extern "C" __global__ void drops_the_first_column(const float* x, float* y, int H, int W) {
    __shared__ float sums[256];
    float sum = 0;
    for (int w = T + 1; w < W; w += BLOCK) sum += x[ROW * W + w];
    sums[T] = sum;
    REDUCE
    if (T == 0) y[ROW] = sums[0];
}

extern "C" __global__ void drops_the_last_column(const float* x, float* y, int H, int W) {
    __shared__ float sums[256];
    float sum = 0;
    for (int w = T; w < W - 1; w += BLOCK) sum += x[ROW * W + w];
    sums[T] = sum;
    REDUCE
    if (T == 0) y[ROW] = sums[0];
}

extern "C" __global__ void whole_rounds_only(const float* x, float* y, int H, int W) {
    __shared__ float sums[256];
    float sum = 0;
    for (int round = 0; round < W / BLOCK; round++) sum += x[ROW * W + round * BLOCK + T];
    sums[T] = sum;
    REDUCE
    if (T == 0) y[ROW] = sums[0];
}

extern "C" __global__ void an_atomic_for_every_thread(const float* x, float* y, int H, int W) {
    float sum = 0;
    if (T == 0) y[ROW] = 0;
    __syncthreads();
    for (int w = T; w < W; w += BLOCK) sum += x[ROW * W + w];
    atomicAdd(&y[ROW], sum);
}

extern "C" __global__ void averages(const float* x, float* y, int H, int W) {
    __shared__ float sums[256];
    float sum = 0;
    for (int w = T; w < W; w += BLOCK) sum += x[ROW * W + w];
    sums[T] = sum;
    REDUCE
    if (T == 0) y[ROW] = sums[0] / W;
}

extern "C" __global__ void shuffles_within_the_first_warp_only(
        const float* x, float* y, int H, int W) {
    float sum = 0;
    for (int w = T; w < W; w += BLOCK) sum += x[ROW * W + w];
    for (int half = 16; half > 0; half /= 2) sum += __shfl_down_sync(0xffffffff, sum, half);
    if (T == 0) y[ROW] = sum;
}
