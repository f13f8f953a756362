// Sheet 03, exercise 4: kernels called right_* are right, all others must be rejected.

#define ROW (blockIdx.y * blockDim.y + threadIdx.y)
#define COLUMN (blockIdx.x * blockDim.x + threadIdx.x)

extern "C" __global__ void right_rows_and_columns(const float* x, float* y, int H, int W) {
    int h = blockIdx.y * blockDim.y + threadIdx.y;
    int w = blockIdx.x * blockDim.x + threadIdx.x;
    if (h < H && w < W) y[h * W + w] = 2 * x[h * W + w];
}

extern "C" __global__ void right_early_return(const float* x, float* y, int H, int W) {
    int w = COLUMN, h = ROW;
    if (w >= W || h >= H) return;
    int i = w + h * W;
    float value = x[i];
    y[i] = value + value;
}

extern "C" __global__ void right_row_pointers(const float* x, float* y, int H, int W) {
    if (ROW >= H) return;
    const float* from = x + ROW * W;
    float* to = y + ROW * W;
    if (COLUMN < W) to[COLUMN] = from[COLUMN] * 2;
}

extern "C" __global__ void axes_swapped(const float* x, float* y, int H, int W) {
    int h = COLUMN, w = ROW;
    if (h < H && w < W) y[h * W + w] = 2 * x[h * W + w];
}

extern "C" __global__ void pitch_is_the_height(const float* x, float* y, int H, int W) {
    if (ROW < H && COLUMN < W) y[ROW * H + COLUMN] = 2 * x[ROW * H + COLUMN];
}

extern "C" __global__ void reads_transposed(const float* x, float* y, int H, int W) {
    if (ROW < H && COLUMN < W) y[ROW * W + COLUMN] = 2 * x[COLUMN * H + ROW];
}

extern "C" __global__ void no_guard(const float* x, float* y, int H, int W) {
    y[ROW * W + COLUMN] = 2 * x[ROW * W + COLUMN];
}

extern "C" __global__ void guards_the_rows_only(const float* x, float* y, int H, int W) {
    if (ROW < H) y[ROW * W + COLUMN] = 2 * x[ROW * W + COLUMN];
}

extern "C" __global__ void guards_the_columns_only(const float* x, float* y, int H, int W) {
    if (COLUMN < W) y[ROW * W + COLUMN] = 2 * x[ROW * W + COLUMN];
}

extern "C" __global__ void guards_the_product(const float* x, float* y, int H, int W) {
    int i = ROW * W + COLUMN;
    if (i < H * W) y[i] = 2 * x[i];
}

extern "C" __global__ void or_for_and(const float* x, float* y, int H, int W) {
    if (ROW < H || COLUMN < W) y[ROW * W + COLUMN] = 2 * x[ROW * W + COLUMN];
}

extern "C" __global__ void works_for_one_block(const float* x, float* y, int H, int W) {
    int h = threadIdx.y, w = threadIdx.x;
    if (h < H && w < W) y[h * W + w] = 2 * x[h * W + w];
}

extern "C" __global__ void drops_the_last_row(const float* x, float* y, int H, int W) {
    if (ROW + 1 < H && COLUMN < W) y[ROW * W + COLUMN] = 2 * x[ROW * W + COLUMN];
}

extern "C" __global__ void drops_the_last_column(const float* x, float* y, int H, int W) {
    if (ROW < H && COLUMN + 1 < W) y[ROW * W + COLUMN] = 2 * x[ROW * W + COLUMN];
}

extern "C" __global__ void copies(const float* x, float* y, int H, int W) {
    if (ROW < H && COLUMN < W) y[ROW * W + COLUMN] = x[ROW * W + COLUMN];
}

extern "C" __global__ void a_row_for_every_thread(const float* x, float* y, int H, int W) {
    if (ROW < H) for (int w = 0; w < W; w++) y[ROW * W + w] = 2 * x[ROW * W + w];
}

extern "C" __global__ void neighbours_far_apart(const float* x, float* y, int H, int W) {
    int i = COLUMN * H + ROW;
    if (ROW < H && COLUMN < W) y[i] = 2 * x[i];
}
