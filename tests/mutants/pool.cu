// Sheet 03, exercise 7: kernels called right_* are right, all others must be rejected.

#define START (blockIdx.x * blockDim.x)
#define I ((int)(START + threadIdx.x))
#define T ((int)threadIdx.x)

extern "C" __global__ void right_halo(const float* x, float* y, int n) {
    __shared__ float piece[258];
    int i = blockIdx.x * blockDim.x + threadIdx.x, t = threadIdx.x + 2;
    if (i < n) piece[t] = x[i];
    if (threadIdx.x < 2) piece[threadIdx.x] = i >= 2 && i - 2 < n ? x[i - 2] : -INFINITY;
    __syncthreads();
    if (i < n) y[i] = fmaxf(piece[t], fmaxf(piece[t - 1], piece[t - 2]));
}

extern "C" __global__ void right_first_neighbours_from_global(const float* x, float* y, int n) {
    __shared__ float piece[256];
    if (I < n) piece[T] = x[I];
    __syncthreads();
    if (I >= n) return;
    float most = piece[T];
    if (I >= 1) most = fmaxf(most, T >= 1 ? piece[T - 1] : x[I - 1]);
    if (I >= 2 && T >= 2) most = fmaxf(most, piece[T - 2]);
    if (I >= 2 && T == 0) most = fmaxf(most, x[I - 2]);
    if (I >= 2 && T == 1) most = fmaxf(most, x[I - 2]);
    y[I] = most;
}

extern "C" __global__ void right_first_thread_fetches_both(const float* x, float* y, int n) {
    __shared__ float piece[258];
    if (I < n) piece[T + 2] = x[I];
    if (T == 0)
        for (int back = 1; back <= 2; back++) piece[2 - back] = I >= back ? x[I - back] : -1e30f;
    __syncthreads();
    if (I < n) {
        float most = -1e30f;
        for (int back = 0; back < 3; back++) most = max(most, piece[T + 2 - back]);
        y[I] = most;
    }
}

extern "C" __global__ void no_shared_memory(const float* x, float* y, int n) {
    if (I >= n) return;
    float most = x[I];
    if (I >= 1) most = fmaxf(most, x[I - 1]);
    if (I >= 2) most = fmaxf(most, x[I - 2]);
    y[I] = most;
}

extern "C" __global__ void missing_barrier(const float* x, float* y, int n) {
    __shared__ float piece[258];
    if (I < n) piece[T + 2] = x[I];
    if (T < 2) piece[T] = I >= 2 && I - 2 < n ? x[I - 2] : -INFINITY;
    if (I < n) y[I] = fmaxf(piece[T + 2], fmaxf(piece[T + 1], piece[T]));
}

extern "C" __global__ void no_halo(const float* x, float* y, int n) {
    __shared__ float piece[256];
    if (I < n) piece[T] = x[I];
    __syncthreads();
    if (I >= n) return;
    float most = piece[T];
    if (T >= 1) most = fmaxf(most, piece[T - 1]);
    if (T >= 2) most = fmaxf(most, piece[T - 2]);
    y[I] = most;
}

extern "C" __global__ void halo_of_one(const float* x, float* y, int n) {
    __shared__ float piece[257];
    if (I < n) piece[T + 1] = x[I];
    if (T < 1) piece[T] = I >= 1 && I - 1 < n ? x[I - 1] : -INFINITY;
    __syncthreads();
    if (I >= n) return;
    float most = fmaxf(piece[T + 1], piece[T]);
    if (T >= 1) most = fmaxf(most, piece[T - 1]);
    y[I] = most;
}

extern "C" __global__ void zeros_before_the_start(const float* x, float* y, int n) {
    __shared__ float piece[258];
    if (I < n) piece[T + 2] = x[I];
    if (T < 2) piece[T] = I >= 2 && I - 2 < n ? x[I - 2] : 0;
    __syncthreads();
    if (I < n) y[I] = fmaxf(piece[T + 2], fmaxf(piece[T + 1], piece[T]));
}

extern "C" __global__ void looks_ahead(const float* x, float* y, int n) {
    __shared__ float piece[258];
    if (I < n) piece[T] = x[I];
    if (T < 2 && START + blockDim.x + T < n) piece[blockDim.x + T] = x[START + blockDim.x + T];
    __syncthreads();
    if (I >= n) return;
    float most = piece[T];
    if (I + 1 < n) most = fmaxf(most, piece[T + 1]);
    if (I + 2 < n) most = fmaxf(most, piece[T + 2]);
    y[I] = most;
}

extern "C" __global__ void window_of_two(const float* x, float* y, int n) {
    __shared__ float piece[258];
    if (I < n) piece[T + 2] = x[I];
    if (T < 2) piece[T] = I >= 2 && I - 2 < n ? x[I - 2] : -INFINITY;
    __syncthreads();
    if (I < n) y[I] = fmaxf(piece[T + 2], piece[T + 1]);
}

extern "C" __global__ void minimum(const float* x, float* y, int n) {
    __shared__ float piece[258];
    if (I < n) piece[T + 2] = x[I];
    if (T < 2) piece[T] = I >= 2 && I - 2 < n ? x[I - 2] : INFINITY;
    __syncthreads();
    if (I < n) y[I] = fminf(piece[T + 2], fminf(piece[T + 1], piece[T]));
}

extern "C" __global__ void sums(const float* x, float* y, int n) {
    __shared__ float piece[258];
    if (I < n) piece[T + 2] = x[I];
    if (T < 2) piece[T] = I >= 2 && I - 2 < n ? x[I - 2] : 0;
    __syncthreads();
    if (I < n) y[I] = piece[T + 2] + piece[T + 1] + piece[T];
}

extern "C" __global__ void reads_before_the_start(const float* x, float* y, int n) {
    __shared__ float piece[258];
    if (I < n) piece[T + 2] = x[I];
    if (T < 2) piece[T] = x[I - 2];
    __syncthreads();
    if (I < n) y[I] = fmaxf(piece[T + 2], fmaxf(piece[T + 1], piece[T]));
}

extern "C" __global__ void returns_before_the_barrier(const float* x, float* y, int n) {
    __shared__ float piece[258];
    if (I >= n) return;
    piece[T + 2] = x[I];
    if (T < 2) piece[T] = I >= 2 ? x[I - 2] : -INFINITY;
    __syncthreads();
    y[I] = fmaxf(piece[T + 2], fmaxf(piece[T + 1], piece[T]));
}

extern "C" __global__ void drops_the_last(const float* x, float* y, int n) {
    __shared__ float piece[258];
    if (I < n) piece[T + 2] = x[I];
    if (T < 2) piece[T] = I >= 2 && I - 2 < n ? x[I - 2] : -INFINITY;
    __syncthreads();
    if (I < n - 1) y[I] = fmaxf(piece[T + 2], fmaxf(piece[T + 1], piece[T]));
}
