// Sheet 03, exercise 8: kernels called right_* are right, all others must be rejected.

#define I (blockIdx.x * blockDim.x + threadIdx.x)
#define T threadIdx.x

extern "C" __global__ void right_halving(const float* a, const float* b, float* c, int n) {
    __shared__ float sums[256];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    sums[threadIdx.x] = i < n ? a[i] * b[i] : 0;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
        __syncthreads();
    }
    if (threadIdx.x == 0) atomicAdd(c, sums[0]);
}

extern "C" __global__ void right_neighbours_first(const float* a, const float* b, float* c, int n) {
    __shared__ float sums[256];
    sums[T] = 0;
    if (I < n) sums[T] = a[I] * b[I];
    for (int step = 1; step < blockDim.x; step *= 2) {
        __syncthreads();
        if (T % (2 * step) == 0) sums[T] += sums[T + step];
    }
    if (T == 0) atomicAdd(&c[0], sums[0]);
}

extern "C" __global__ void right_two_buffers(const float* a, const float* b, float* c, int n) {
    __shared__ float sums[2][256];
    int from = 0;
    sums[0][T] = I < n ? a[I] * b[I] : 0;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        if (T < half) sums[1 - from][T] = sums[from][T] + sums[from][T + half];
        from = 1 - from;
        __syncthreads();
    }
    if (T == 0) atomicAdd(c, sums[from][0]);
}

extern "C" __global__ void an_atomic_for_every_product(
        const float* a, const float* b, float* c, int n) {
    if (I < n) atomicAdd(c, a[I] * b[I]);
}

extern "C" __global__ void adds_without_an_atomic(const float* a, const float* b, float* c, int n) {
    __shared__ float sums[256];
    sums[T] = I < n ? a[I] * b[I] : 0;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        if (T < half) sums[T] += sums[T + half];
        __syncthreads();
    }
    if (T == 0) c[0] += sums[0];
}

extern "C" __global__ void works_for_one_block(const float* a, const float* b, float* c, int n) {
    __shared__ float sums[256];
    sums[T] = T < n ? a[T] * b[T] : 0;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        if (T < half) sums[T] += sums[T + half];
        __syncthreads();
    }
    if (T == 0 && blockIdx.x == 0) atomicAdd(c, sums[0]);
}

extern "C" __global__ void missing_first_barrier(const float* a, const float* b, float* c, int n) {
    __shared__ float sums[256];
    sums[T] = I < n ? a[I] * b[I] : 0;
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        if (T < half) sums[T] += sums[T + half];
        __syncthreads();
    }
    if (T == 0) atomicAdd(c, sums[0]);
}

extern "C" __global__ void missing_second_barrier(const float* a, const float* b, float* c, int n) {
    __shared__ float sums[256];
    sums[T] = I < n ? a[I] * b[I] : 0;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2)
        if (T < half) sums[T] += sums[T + half];
    if (T == 0) atomicAdd(c, sums[0]);
}

extern "C" __global__ void barrier_for_half_of_the_block(
        const float* a, const float* b, float* c, int n) {
    __shared__ float sums[256];
    sums[T] = I < n ? a[I] * b[I] : 0;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2)
        if (T < half) {
            sums[T] += sums[T + half];
            __syncthreads();
        }
    if (T == 0) atomicAdd(c, sums[0]);
}

extern "C" __global__ void no_zeros_behind_the_end(
        const float* a, const float* b, float* c, int n) {
    __shared__ float sums[256];
    if (I < n) sums[T] = a[I] * b[I];
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        if (T < half) sums[T] += sums[T + half];
        __syncthreads();
    }
    if (T == 0) atomicAdd(c, sums[0]);
}

extern "C" __global__ void no_guard(const float* a, const float* b, float* c, int n) {
    __shared__ float sums[256];
    sums[T] = a[I] * b[I];
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        if (T < half) sums[T] += sums[T + half];
        __syncthreads();
    }
    if (T == 0) atomicAdd(c, sums[0]);
}

extern "C" __global__ void stops_at_two(const float* a, const float* b, float* c, int n) {
    __shared__ float sums[256];
    sums[T] = I < n ? a[I] * b[I] : 0;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 1; half /= 2) {
        if (T < half) sums[T] += sums[T + half];
        __syncthreads();
    }
    if (T == 0) atomicAdd(c, sums[0]);
}

extern "C" __global__ void one_thread_adds_all(const float* a, const float* b, float* c, int n) {
    if (I > 0) return;
    for (int i = 0; i < n; i++) c[0] += a[i] * b[i];
}

extern "C" __global__ void drops_the_last(const float* a, const float* b, float* c, int n) {
    __shared__ float sums[256];
    sums[T] = I + 1 < n ? a[I] * b[I] : 0;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        if (T < half) sums[T] += sums[T + half];
        __syncthreads();
    }
    if (T == 0) atomicAdd(c, sums[0]);
}

extern "C" __global__ void sum_of_a(const float* a, const float* b, float* c, int n) {
    __shared__ float sums[256];
    sums[T] = I < n ? a[I] : 0;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        if (T < half) sums[T] += sums[T + half];
        __syncthreads();
    }
    if (T == 0) atomicAdd(c, sums[0]);
}

extern "C" __global__ void every_thread_adds_the_total(
        const float* a, const float* b, float* c, int n) {
    __shared__ float sums[256];
    sums[T] = I < n ? a[I] * b[I] : 0;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        if (T < half) sums[T] += sums[T + half];
        __syncthreads();
    }
    atomicAdd(c, sums[0]);
}
