// Sheet 03, exercise 13: kernels called right_* are right, all others must be rejected.

#define X ((int)threadIdx.x)
#define Y ((int)threadIdx.y)
#define LEFT ((int)blockIdx.x * 32)
#define TOP ((int)blockIdx.y * 32)
#define DOWN (int j = Y; j < 32; j += 8)

extern "C" __global__ void right_padded(const float* x, float* y, int H, int W) {
    __shared__ float tile[32][33];
    int left = blockIdx.x * 32, top = blockIdx.y * 32;
    for (int j = threadIdx.y; j < 32; j += 8)
        if (top + j < H && left + threadIdx.x < W)
            tile[j][threadIdx.x] = x[(top + j) * W + left + threadIdx.x];
    __syncthreads();
    for (int j = threadIdx.y; j < 32; j += 8)
        if (left + j < W && top + threadIdx.x < H)
            y[(left + j) * H + top + threadIdx.x] = tile[threadIdx.x][j];
}

extern "C" __global__ void right_turned_while_loading(const float* x, float* y, int H, int W) {
    __shared__ float tile[32][33];
    for DOWN if (TOP + j < H && LEFT + X < W) tile[X][j] = x[(TOP + j) * W + LEFT + X];
    __syncthreads();
    for DOWN if (LEFT + j < W && TOP + X < H) y[(LEFT + j) * H + TOP + X] = tile[j][X];
}

extern "C" __global__ void right_swizzled(const float* x, float* y, int H, int W) {
    __shared__ float tile[32][32];
    for DOWN if (TOP + j < H && LEFT + X < W) tile[j][X ^ j] = x[(TOP + j) * W + LEFT + X];
    __syncthreads();
    for DOWN if (LEFT + j < W && TOP + X < H) y[(LEFT + j) * H + TOP + X] = tile[X][j ^ X];
}

extern "C" __global__ void no_shared_memory(const float* x, float* y, int H, int W) {
    for DOWN
        if (TOP + j < H && LEFT + X < W) y[(LEFT + X) * H + TOP + j] = x[(TOP + j) * W + LEFT + X];
}

extern "C" __global__ void no_padding(const float* x, float* y, int H, int W) {
    __shared__ float tile[32][32];
    for DOWN if (TOP + j < H && LEFT + X < W) tile[j][X] = x[(TOP + j) * W + LEFT + X];
    __syncthreads();
    for DOWN if (LEFT + j < W && TOP + X < H) y[(LEFT + j) * H + TOP + X] = tile[X][j];
}

extern "C" __global__ void padded_by_two(const float* x, float* y, int H, int W) {
    __shared__ float tile[32][34];
    for DOWN if (TOP + j < H && LEFT + X < W) tile[j][X] = x[(TOP + j) * W + LEFT + X];
    __syncthreads();
    for DOWN if (LEFT + j < W && TOP + X < H) y[(LEFT + j) * H + TOP + X] = tile[X][j];
}

extern "C" __global__ void padded_below(const float* x, float* y, int H, int W) {
    __shared__ float tile[33][32];
    for DOWN if (TOP + j < H && LEFT + X < W) tile[j][X] = x[(TOP + j) * W + LEFT + X];
    __syncthreads();
    for DOWN if (LEFT + j < W && TOP + X < H) y[(LEFT + j) * H + TOP + X] = tile[X][j];
}

extern "C" __global__ void missing_barrier(const float* x, float* y, int H, int W) {
    __shared__ float tile[32][33];
    for DOWN if (TOP + j < H && LEFT + X < W) tile[j][X] = x[(TOP + j) * W + LEFT + X];
    for DOWN if (LEFT + j < W && TOP + X < H) y[(LEFT + j) * H + TOP + X] = tile[X][j];
}

extern "C" __global__ void copies(const float* x, float* y, int H, int W) {
    for DOWN
        if (TOP + j < H && LEFT + X < W) y[(TOP + j) * W + LEFT + X] = x[(TOP + j) * W + LEFT + X];
}

extern "C" __global__ void turns_tiles_in_place(const float* x, float* y, int H, int W) {
    __shared__ float tile[32][33];
    for DOWN if (TOP + j < H && LEFT + X < W) tile[j][X] = x[(TOP + j) * W + LEFT + X];
    __syncthreads();
    for DOWN if (TOP + j < H && LEFT + X < W) y[(TOP + j) * W + LEFT + X] = tile[X][j];
}

extern "C" __global__ void moves_tiles_without_turning_them(
        const float* x, float* y, int H, int W) {
    __shared__ float tile[32][33];
    for DOWN if (TOP + j < H && LEFT + X < W) tile[j][X] = x[(TOP + j) * W + LEFT + X];
    __syncthreads();
    for DOWN if (LEFT + j < W && TOP + X < H) y[(LEFT + j) * H + TOP + X] = tile[j][X];
}

extern "C" __global__ void pitch_of_y_is_w(const float* x, float* y, int H, int W) {
    __shared__ float tile[32][33];
    for DOWN if (TOP + j < H && LEFT + X < W) tile[j][X] = x[(TOP + j) * W + LEFT + X];
    __syncthreads();
    for DOWN
        if (LEFT + j < W && TOP + X < H) y[min((LEFT + j) * W + TOP + X, H * W - 1)] = tile[X][j];
}

extern "C" __global__ void guards_of_the_load_for_the_store(
        const float* x, float* y, int H, int W) {
    __shared__ float tile[32][33];
    for DOWN if (TOP + j < H && LEFT + X < W) tile[j][X] = x[(TOP + j) * W + LEFT + X];
    __syncthreads();
    for DOWN if (TOP + j < H && LEFT + X < W) y[(LEFT + j) * H + TOP + X] = tile[X][j];
}

extern "C" __global__ void no_guard(const float* x, float* y, int H, int W) {
    __shared__ float tile[32][33];
    for DOWN tile[j][X] = x[(TOP + j) * W + LEFT + X];
    __syncthreads();
    for DOWN y[(LEFT + j) * H + TOP + X] = tile[X][j];
}

extern "C" __global__ void works_for_one_block(const float* x, float* y, int H, int W) {
    __shared__ float tile[32][33];
    for DOWN if (j < H && X < W) tile[j][X] = x[j * W + X];
    __syncthreads();
    for DOWN if (j < W && X < H && LEFT + TOP == 0) y[j * H + X] = tile[X][j];
}

extern "C" __global__ void first_eight_rows_of_every_tile(const float* x, float* y, int H, int W) {
    __shared__ float tile[32][33];
    for DOWN if (TOP + j < H && LEFT + X < W) tile[j][X] = x[(TOP + j) * W + LEFT + X];
    __syncthreads();
    if (LEFT + Y < W && TOP + X < H) y[(LEFT + Y) * H + TOP + X] = tile[X][Y];
}

extern "C" __global__ void drops_the_last_row(const float* x, float* y, int H, int W) {
    __shared__ float tile[32][33];
    for DOWN if (TOP + j < H && LEFT + X < W) tile[j][X] = x[(TOP + j) * W + LEFT + X];
    __syncthreads();
    for DOWN if (LEFT + j < W && TOP + X < H - 1) y[(LEFT + j) * H + TOP + X] = tile[X][j];
}
