// Sheet 03, exercise 3: kernels called right_* are right, all others must be rejected.

#define I (blockIdx.x * blockDim.x + threadIdx.x)

extern "C" __global__ void right_guard(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = x[i] * x[i];
}

extern "C" __global__ void right_early_return(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float value = x[i];
    y[i] = value * value;
}

extern "C" __global__ void right_grid_stride(const float* x, float* y, int n) {
    for (int i = I; i < n; i += gridDim.x * blockDim.x) y[i] = x[i] * x[i];
}

extern "C" __global__ void no_guard(const float* x, float* y, int n) {
    y[I] = x[I] * x[I];
}

extern "C" __global__ void one_too_many(const float* x, float* y, int n) {
    if (I <= n) y[I] = x[I] * x[I];
}

extern "C" __global__ void one_too_few(const float* x, float* y, int n) {
    if (I < n - 1) y[I] = x[I] * x[I];
}

extern "C" __global__ void guards_the_write_only(const float* x, float* y, int n) {
    float value = x[I];
    if (I < n) y[I] = value * value;
}

extern "C" __global__ void guards_the_read_only(const float* x, float* y, int n) {
    float value = I < n ? x[I] : 0;
    y[I] = value * value;
}

extern "C" __global__ void guards_the_thread(const float* x, float* y, int n) {
    if (threadIdx.x < n) y[I] = x[I] * x[I];
}

extern "C" __global__ void whole_blocks_only(const float* x, float* y, int n) {
    if ((blockIdx.x + 1) * blockDim.x <= n) y[I] = x[I] * x[I];
}

extern "C" __global__ void works_for_one_block(const float* x, float* y, int n) {
    int i = threadIdx.x;
    if (i < n) y[i] = x[i] * x[i];
}

extern "C" __global__ void clamps_the_index(const float* x, float* y, int n) {
    int i = min((int)I, n - 1);
    y[i] = x[i] * x[i];
}

extern "C" __global__ void doubles(const float* x, float* y, int n) {
    if (I < n) y[I] = x[I] + x[I];
}

extern "C" __global__ void ignores_its_input(const float* x, float* y, int n) {
    if (I < n) y[I] = (float)I * I;
}

extern "C" __global__ void drops_the_first(const float* x, float* y, int n) {
    if (I > 0 && I < n) y[I] = x[I] * x[I];
}

extern "C" __global__ void last_thread_alone(const float* x, float* y, int n) {
    if (I == n - 1) for (int i = 0; i < n - 1; i++) y[i] = x[i] * x[i];
}

extern "C" __global__ void reads_before_the_guard(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float v = x[i];
    if (i < n) y[i] = v * v;
}
