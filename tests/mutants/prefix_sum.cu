// Sheet 03, exercise 10: kernels called right_* are right, all others must be rejected.

#define START ((int)(blockIdx.x * blockDim.x))
#define I (START + (int)threadIdx.x)
#define T ((int)threadIdx.x)
#define BLOCK ((int)blockDim.x)

extern "C" __global__ void right_two_barriers(const float* x, float* y, int n) {
    __shared__ float sums[256];
    int i = blockIdx.x * blockDim.x + threadIdx.x, t = threadIdx.x;
    sums[t] = i < n ? x[i] : 0;
    __syncthreads();
    for (int step = 1; step < blockDim.x; step *= 2) {
        float before = t >= step ? sums[t - step] : 0;
        __syncthreads();
        sums[t] += before;
        __syncthreads();
    }
    if (i < n) y[i] = sums[t];
}

extern "C" __global__ void right_two_buffers(const float* x, float* y, int n) {
    __shared__ float sums[2][256];
    int from = 0;
    sums[0][T] = I < n ? x[I] : 0;
    for (int step = 1; step < BLOCK; step *= 2) {
        __syncthreads();
        sums[1 - from][T] = sums[from][T] + (T >= step ? sums[from][T - step] : 0);
        from = 1 - from;
    }
    if (I < n) y[I] = sums[from][T];
}

extern "C" __global__ void right_own_sum_in_a_register(const float* x, float* y, int n) {
    __shared__ float sums[256];
    float sum = I < n ? x[I] : 0;
    for (int step = 1; step < BLOCK; step *= 2) {
        sums[T] = sum;
        __syncthreads();
        if (T >= step) sum += sums[T - step];
        __syncthreads();
    }
    if (I < n) y[I] = sum;
}

extern "C" __global__ void one_thread_adds_all(const float* x, float* y, int n) {
    if (T > 0) return;
    float sum = 0;
    for (int i = START; i < min(START + BLOCK, n); i++) y[i] = sum += x[i];
}

extern "C" __global__ void every_thread_adds_all_before_it(const float* x, float* y, int n) {
    if (I >= n) return;
    float sum = 0;
    for (int i = START; i <= I; i++) sum += x[i];
    y[I] = sum;
}

extern "C" __global__ void adds_all_before_it_from_shared_memory(const float* x, float* y, int n) {
    __shared__ float piece[256];
    piece[T] = I < n ? x[I] : 0;
    __syncthreads();
    if (I >= n) return;
    float sum = 0;
    for (int t = 0; t <= T; t++) sum += piece[t];
    y[I] = sum;
}

extern "C" __global__ void missing_barrier_after_reading(const float* x, float* y, int n) {
    __shared__ float sums[256];
    sums[T] = I < n ? x[I] : 0;
    __syncthreads();
    for (int step = 1; step < BLOCK; step *= 2) {
        float before = T >= step ? sums[T - step] : 0;
        sums[T] += before;
        __syncthreads();
    }
    if (I < n) y[I] = sums[T];
}

extern "C" __global__ void missing_barrier_after_writing(const float* x, float* y, int n) {
    __shared__ float sums[256];
    sums[T] = I < n ? x[I] : 0;
    __syncthreads();
    for (int step = 1; step < BLOCK; step *= 2) {
        float before = T >= step ? sums[T - step] : 0;
        __syncthreads();
        sums[T] += before;
    }
    if (I < n) y[I] = sums[T];
}

extern "C" __global__ void missing_first_barrier(const float* x, float* y, int n) {
    __shared__ float sums[256];
    sums[T] = I < n ? x[I] : 0;
    for (int step = 1; step < BLOCK; step *= 2) {
        float before = T >= step ? sums[T - step] : 0;
        __syncthreads();
        sums[T] += before;
        __syncthreads();
    }
    if (I < n) y[I] = sums[T];
}

extern "C" __global__ void barrier_in_a_branch(const float* x, float* y, int n) {
    __shared__ float sums[256];
    sums[T] = I < n ? x[I] : 0;
    __syncthreads();
    for (int step = 1; step < BLOCK; step *= 2)
        if (T >= step) {
            float before = sums[T - step];
            __syncthreads();
            sums[T] += before;
            __syncthreads();
        }
    if (I < n) y[I] = sums[T];
}

extern "C" __global__ void leaves_its_own_number_out(const float* x, float* y, int n) {
    __shared__ float sums[256];
    float own = I < n ? x[I] : 0, sum = own;
    for (int step = 1; step < BLOCK; step *= 2) {
        sums[T] = sum;
        __syncthreads();
        if (T >= step) sum += sums[T - step];
        __syncthreads();
    }
    if (I < n) y[I] = sum - own;
}

extern "C" __global__ void stops_a_step_early(const float* x, float* y, int n) {
    __shared__ float sums[256];
    float sum = I < n ? x[I] : 0;
    for (int step = 1; step < BLOCK / 2; step *= 2) {
        sums[T] = sum;
        __syncthreads();
        if (T >= step) sum += sums[T - step];
        __syncthreads();
    }
    if (I < n) y[I] = sum;
}

extern "C" __global__ void steps_of_one(const float* x, float* y, int n) {
    __shared__ float sums[256];
    float own = I < n ? x[I] : 0, sum = own;
    sums[T] = own;
    __syncthreads();
    for (int step = 1; step < BLOCK; step++)
        if (T >= step) sum += sums[T - step];
    if (I < n) y[I] = sum;
}

extern "C" __global__ void from_the_back(const float* x, float* y, int n) {
    __shared__ float sums[256];
    float sum = I < n ? x[I] : 0;
    for (int step = 1; step < BLOCK; step *= 2) {
        sums[T] = sum;
        __syncthreads();
        if (T + step < BLOCK) sum += sums[T + step];
        __syncthreads();
    }
    if (I < n) y[I] = sum;
}

extern "C" __global__ void works_for_one_block(const float* x, float* y, int n) {
    __shared__ float sums[256];
    float sum = T < n ? x[T] : 0;
    for (int step = 1; step < BLOCK; step *= 2) {
        sums[T] = sum;
        __syncthreads();
        if (T >= step) sum += sums[T - step];
        __syncthreads();
    }
    if (T < n && blockIdx.x == 0) y[T] = sum;
}

extern "C" __global__ void no_guard(const float* x, float* y, int n) {
    __shared__ float sums[256];
    float sum = x[I];
    for (int step = 1; step < BLOCK; step *= 2) {
        sums[T] = sum;
        __syncthreads();
        if (T >= step) sum += sums[T - step];
        __syncthreads();
    }
    y[I] = sum;
}

extern "C" __global__ void drops_the_first(const float* x, float* y, int n) {
    __shared__ float sums[256];
    float sum = T > 0 && I < n ? x[I] : 0;
    for (int step = 1; step < BLOCK; step *= 2) {
        sums[T] = sum;
        __syncthreads();
        if (T >= step) sum += sums[T - step];
        __syncthreads();
    }
    if (I < n) y[I] = sum;
}
