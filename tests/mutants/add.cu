// Sheet 03, exercise 2: kernels called right_* are right, all others must be rejected.

#define I (blockIdx.x * blockDim.x + threadIdx.x)

extern "C" __global__ void right_index(const float* a, const float* b, float* c) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    c[i] = a[i] + b[i];
}

extern "C" __global__ void right_mirrored(const float* a, const float* b, float* c) {
    int i = (gridDim.x - blockIdx.x) * blockDim.x - 1 - threadIdx.x;
    c[i] = b[i] + a[i];
}

extern "C" __global__ void right_interleaved(const float* a, const float* b, float* c) {
    int i = threadIdx.x * gridDim.x + blockIdx.x;
    c[i] = a[i] + b[i];
}

extern "C" __global__ void works_for_one_block(const float* a, const float* b, float* c) {
    int i = threadIdx.x;
    c[i] = a[i] + b[i];
}

extern "C" __global__ void blocks_only(const float* a, const float* b, float* c) {
    int i = blockIdx.x;
    c[i] = a[i] + b[i];
}

extern "C" __global__ void sum_of_indices(const float* a, const float* b, float* c) {
    int i = blockIdx.x + threadIdx.x;
    c[i] = a[i] + b[i];
}

extern "C" __global__ void grid_for_block(const float* a, const float* b, float* c) {
    int i = blockIdx.x * gridDim.x + threadIdx.x;
    c[i] = a[i] + b[i];
}

extern "C" __global__ void ignores_b(const float* a, const float* b, float* c) {
    c[I] = a[I];
}

extern "C" __global__ void a_twice(const float* a, const float* b, float* c) {
    c[I] = a[I] + a[I];
}

extern "C" __global__ void subtracts(const float* a, const float* b, float* c) {
    c[I] = a[I] - b[I];
}

extern "C" __global__ void multiplies(const float* a, const float* b, float* c) {
    c[I] = a[I] * b[I];
}

extern "C" __global__ void drops_the_last(const float* a, const float* b, float* c) {
    if (I + 1 < gridDim.x * blockDim.x) c[I] = a[I] + b[I];
}

extern "C" __global__ void drops_the_first(const float* a, const float* b, float* c) {
    if (I > 0) c[I] = a[I] + b[I];
}

extern "C" __global__ void moves_b(const float* a, const float* b, float* c) {
    c[I] = a[I] + b[I + 1];
}

extern "C" __global__ void reads_a_twice(const float* a, const float* b, float* c) {
    const volatile float* again = a;
    c[I] = a[I] + b[I] + (again[I] - again[I]);
}

extern "C" __global__ void every_block_does_it_all(const float* a, const float* b, float* c) {
    for (int i = threadIdx.x; i < gridDim.x * blockDim.x; i += blockDim.x) c[i] = a[i] + b[i];
}
