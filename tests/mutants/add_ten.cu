// Sheet 03, exercise 1: kernels called right_* are right, all others must be rejected.

extern "C" __global__ void right_index(const float* x, float* y) {
    y[threadIdx.x] = x[threadIdx.x] + 10;
}

extern "C" __global__ void right_with_a_name(const float* x, float* y) {
    int i = threadIdx.x;
    float sum = x[i] + 10.0f;
    y[i] = sum;
}

extern "C" __global__ void right_pointers(const float* x, float* y) {
    *(y + threadIdx.x) = 10 + *(x + threadIdx.x);
}

extern "C" __global__ void adds_nothing(const float* x, float* y) {
    y[threadIdx.x] = x[threadIdx.x];
}

extern "C" __global__ void adds_one(const float* x, float* y) {
    y[threadIdx.x] = x[threadIdx.x] + 1;
}

extern "C" __global__ void ignores_its_input(const float* x, float* y) {
    y[threadIdx.x] = threadIdx.x + 10;
}

extern "C" __global__ void first_number_for_all(const float* x, float* y) {
    y[threadIdx.x] = x[0] + 10;
}

extern "C" __global__ void writes_one_place(const float* x, float* y) {
    y[0] = x[threadIdx.x] + 10;
}

extern "C" __global__ void drops_the_first(const float* x, float* y) {
    if (threadIdx.x > 0) y[threadIdx.x] = x[threadIdx.x] + 10;
}

extern "C" __global__ void drops_the_last(const float* x, float* y) {
    if (threadIdx.x + 1 < blockDim.x) y[threadIdx.x] = x[threadIdx.x] + 10;
}

extern "C" __global__ void one_thread_does_it_all(const float* x, float* y) {
    for (int i = 0; i <= blockDim.x; i++) y[i] = x[i] + 10;
}

extern "C" __global__ void every_thread_does_it_all(const float* x, float* y) {
    for (int i = 0; i < blockDim.x; i++) y[i] = x[i] + 10;
}

extern "C" __global__ void back_to_front(const float* x, float* y) {
    y[blockDim.x - 1 - threadIdx.x] = x[threadIdx.x] + 10;
}

extern "C" __global__ void moved_by_one(const float* x, float* y) {
    y[threadIdx.x] = x[threadIdx.x + 1] + 10;
}

extern "C" __global__ void counts_from_one(const float* x, float* y) {
    y[threadIdx.x + 1] = x[threadIdx.x + 1] + 10;
}

extern "C" __global__ void through_a_whole_number(const float* x, float* y) {
    y[threadIdx.x] = (int)x[threadIdx.x] + 10;
}

extern "C" __global__ void by_block(const float* x, float* y) {
    y[blockIdx.x] = x[blockIdx.x] + 10;
}
