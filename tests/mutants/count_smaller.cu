// Sheet 03, exercise 6: kernels called right_* are right, all others must be rejected.

#define START (blockIdx.x * blockDim.x)
#define I (START + threadIdx.x)
#define SIZE min((int)blockDim.x, n - (int)START)

extern "C" __global__ void right_shared(const float* x, float* y, int n) {
    __shared__ float piece[256];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) piece[threadIdx.x] = x[i];
    __syncthreads();
    if (i >= n) return;
    int size = min(blockDim.x, n - blockIdx.x * blockDim.x), smaller = 0;
    for (int j = 0; j < size; j++) smaller += piece[j] < piece[threadIdx.x];
    y[i] = smaller;
}

extern "C" __global__ void right_own_value_in_a_register(const float* x, float* y, int n) {
    __shared__ float piece[256];
    float own = I < n ? x[I] : INFINITY;
    piece[threadIdx.x] = own;
    __syncthreads();
    int smaller = 0;
    for (int j = 0; j < blockDim.x; j++)
        if (piece[j] < own) smaller++;
    if (I < n) y[I] = smaller;
}

extern "C" __global__ void right_return_after_the_barrier(const float* x, float* y, int n) {
    __shared__ float piece[256];
    if (I < n) piece[threadIdx.x] = x[I];
    __syncthreads();
    if (I >= n) return;
    float smaller = 0;
    for (int j = 0; START + j < n && j < blockDim.x; j++)
        smaller += piece[j] < piece[threadIdx.x] ? 1 : 0;
    y[I] = smaller;
}

extern "C" __global__ void no_shared_memory(const float* x, float* y, int n) {
    int smaller = 0;
    if (I >= n) return;
    for (int j = 0; j < SIZE; j++) smaller += x[START + j] < x[I];
    y[I] = smaller;
}

extern "C" __global__ void missing_barrier(const float* x, float* y, int n) {
    __shared__ float piece[256];
    if (I >= n) return;
    piece[threadIdx.x] = x[I];
    int smaller = 0;
    for (int j = 0; j < SIZE; j++) smaller += piece[j] < piece[threadIdx.x];
    y[I] = smaller;
}

extern "C" __global__ void returns_before_the_barrier(const float* x, float* y, int n) {
    __shared__ float piece[256];
    if (I >= n) return;
    piece[threadIdx.x] = x[I];
    __syncthreads();
    if (I >= n) return;
    int smaller = 0;
    for (int j = 0; j < SIZE; j++) smaller += piece[j] < piece[threadIdx.x];
    y[I] = smaller;
}

extern "C" __global__ void barrier_in_a_branch(const float* x, float* y, int n) {
    __shared__ float piece[256];
    if (I < n) {
        piece[threadIdx.x] = x[I];
        __syncthreads();
        int smaller = 0;
        for (int j = 0; j < SIZE; j++) smaller += piece[j] < piece[threadIdx.x];
        y[I] = smaller;
    }
}

extern "C" __global__ void counts_what_was_never_written(const float* x, float* y, int n) {
    __shared__ float piece[256];
    if (I < n) piece[threadIdx.x] = x[I];
    __syncthreads();
    if (I >= n) return;
    int smaller = 0;
    for (int j = 0; j < blockDim.x; j++) smaller += piece[j] < piece[threadIdx.x];
    y[I] = smaller;
}

extern "C" __global__ void no_guard(const float* x, float* y, int n) {
    __shared__ float piece[256];
    piece[threadIdx.x] = x[I];
    __syncthreads();
    int smaller = 0;
    for (int j = 0; j < SIZE; j++) smaller += piece[j] < piece[threadIdx.x];
    y[I] = smaller;
}

extern "C" __global__ void counts_larger_ones(const float* x, float* y, int n) {
    __shared__ float piece[256];
    if (I < n) piece[threadIdx.x] = x[I];
    __syncthreads();
    if (I >= n) return;
    int count = 0;
    for (int j = 0; j < SIZE; j++) count += piece[j] > piece[threadIdx.x];
    y[I] = count;
}

extern "C" __global__ void counts_equal_ones_too(const float* x, float* y, int n) {
    __shared__ float piece[256];
    if (I < n) piece[threadIdx.x] = x[I];
    __syncthreads();
    if (I >= n) return;
    int count = 0;
    for (int j = 0; j < SIZE; j++) count += piece[j] <= piece[threadIdx.x];
    y[I] = count;
}

extern "C" __global__ void works_for_one_block(const float* x, float* y, int n) {
    __shared__ float piece[256];
    int i = threadIdx.x;
    if (i < n) piece[i] = x[i];
    __syncthreads();
    if (i >= n) return;
    int smaller = 0;
    for (int j = 0; j < min((int)blockDim.x, n); j++) smaller += piece[j] < piece[i];
    if (blockIdx.x == 0) y[i] = smaller;
}

extern "C" __global__ void drops_the_last(const float* x, float* y, int n) {
    __shared__ float piece[256];
    if (I < n) piece[threadIdx.x] = x[I];
    __syncthreads();
    if (I >= n) return;
    int smaller = 0;
    for (int j = 0; j < SIZE - 1; j++) smaller += piece[j] < piece[threadIdx.x];
    y[I] = smaller;
}

extern "C" __global__ void earlier_ones_only(const float* x, float* y, int n) {
    __shared__ float piece[256];
    if (I < n) piece[threadIdx.x] = x[I];
    __syncthreads();
    if (I >= n) return;
    int smaller = 0;
    for (int j = 0; j < threadIdx.x; j++) smaller += piece[j] < piece[threadIdx.x];
    y[I] = smaller;
}

extern "C" __global__ void reads_its_own_number_again(const float* x, float* y, int n) {
    __shared__ float piece[256];
    const volatile float* again = x;
    if (I < n) piece[threadIdx.x] = x[I];
    __syncthreads();
    if (I >= n) return;
    int smaller = 0;
    if (I >= n) return;
    for (int j = 0; j < SIZE; j++) smaller += piece[j] < again[I];
    y[I] = smaller;
}
