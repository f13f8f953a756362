// Sheet 03, exercise 9: kernels called right_* are right, all others must be rejected.

#define START ((int)(blockIdx.x * blockDim.x))
#define I (START + (int)threadIdx.x)
#define T ((int)threadIdx.x)
#define STRIDED(i, length) (int i = T; i < (length); i += blockDim.x)

extern "C" __global__ void right_tile(const float* x, const float* w, float* y, int n, int S) {
    extern __shared__ float tile[];
    int start = blockIdx.x * blockDim.x, i = start + threadIdx.x;
    int length = min((int)blockDim.x + S - 1, n - start);
    for (int j = threadIdx.x; j < length; j += blockDim.x) tile[j] = x[start + j];
    __syncthreads();
    if (i > n - S) return;
    float sum = 0;
    for (int s = 0; s < S; s++) sum += tile[threadIdx.x + s] * w[s];
    y[i] = sum;
}

extern "C" __global__ void right_zeros_behind_the_end(
        const float* x, const float* w, float* y, int n, int S) {
    extern __shared__ float tile[];
    for STRIDED (j, blockDim.x + S - 1) tile[j] = START + j < n ? x[START + j] : 0;
    __syncthreads();
    float sum = 0;
    for (int s = S - 1; s >= 0; s--) sum += w[s] * tile[T + s];
    if (I + S <= n) y[I] = sum;
}

extern "C" __global__ void right_filter_in_shared_memory(
        const float* x, const float* w, float* y, int n, int S) {
    extern __shared__ float tile[];
    __shared__ float filter[16];
    for STRIDED (s, S) filter[s] = w[s];
    for STRIDED (j, min((int)blockDim.x + S - 1, n - START)) tile[j] = x[START + j];
    __syncthreads();
    if (I + S > n) return;
    float sum = 0;
    for (int s = 0; s < S; s++) sum += tile[T + s] * filter[s];
    y[I] = sum;
}

extern "C" __global__ void no_shared_memory(
        const float* x, const float* w, float* y, int n, int S) {
    if (I > n - S) return;
    float sum = 0;
    for (int s = 0; s < S; s++) sum += x[I + s] * w[s];
    y[I] = sum;
}

extern "C" __global__ void missing_barrier(const float* x, const float* w, float* y, int n, int S) {
    extern __shared__ float tile[];
    for STRIDED (j, min((int)blockDim.x + S - 1, n - START)) tile[j] = x[START + j];
    if (I > n - S) return;
    float sum = 0;
    for (int s = 0; s < S; s++) sum += tile[T + s] * w[s];
    y[I] = sum;
}

extern "C" __global__ void no_halo(const float* x, const float* w, float* y, int n, int S) {
    extern __shared__ float tile[];
    if (I < n) tile[T] = x[I];
    __syncthreads();
    if (I > n - S) return;
    float sum = 0;
    for (int s = 0; s < S && T + s < blockDim.x; s++) sum += tile[T + s] * w[s];
    y[I] = sum;
}

extern "C" __global__ void halo_from_global(
        const float* x, const float* w, float* y, int n, int S) {
    extern __shared__ float tile[];
    if (I < n) tile[T] = x[I];
    __syncthreads();
    if (I > n - S) return;
    float sum = 0;
    for (int s = 0; s < S; s++) sum += (T + s < blockDim.x ? tile[T + s] : x[I + s]) * w[s];
    y[I] = sum;
}

extern "C" __global__ void one_halo_number_a_thread(
        const float* x, const float* w, float* y, int n, int S) {
    extern __shared__ float tile[];
    if (I < n) tile[T] = x[I];
    int j = T + blockDim.x;
    if (T < min(S - 1, 2) && START + j < n) tile[j] = x[START + j];
    __syncthreads();
    if (I > n - S) return;
    float sum = 0;
    for (int s = 0; s < S; s++) sum += tile[T + s] * w[s];
    y[I] = sum;
}

extern "C" __global__ void flips_the_filter(
        const float* x, const float* w, float* y, int n, int S) {
    extern __shared__ float tile[];
    for STRIDED (j, min((int)blockDim.x + S - 1, n - START)) tile[j] = x[START + j];
    __syncthreads();
    if (I > n - S) return;
    float sum = 0;
    for (int s = 0; s < S; s++) sum += tile[T + s] * w[S - 1 - s];
    y[I] = sum;
}

extern "C" __global__ void drops_the_first_tap(
        const float* x, const float* w, float* y, int n, int S) {
    extern __shared__ float tile[];
    for STRIDED (j, min((int)blockDim.x + S - 1, n - START)) tile[j] = x[START + j];
    __syncthreads();
    if (I > n - S) return;
    float sum = 0;
    for (int s = 1; s < S; s++) sum += tile[T + s] * w[s];
    y[I] = sum;
}

extern "C" __global__ void drops_the_last_tap(
        const float* x, const float* w, float* y, int n, int S) {
    extern __shared__ float tile[];
    for STRIDED (j, min((int)blockDim.x + S - 1, n - START)) tile[j] = x[START + j];
    __syncthreads();
    if (I > n - S) return;
    float sum = 0;
    for (int s = 0; s < S - 1; s++) sum += tile[T + s] * w[s];
    y[I] = sum;
}

extern "C" __global__ void drops_the_last_output(
        const float* x, const float* w, float* y, int n, int S) {
    extern __shared__ float tile[];
    for STRIDED (j, min((int)blockDim.x + S - 1, n - START)) tile[j] = x[START + j];
    __syncthreads();
    if (I >= n - S) return;
    float sum = 0;
    for (int s = 0; s < S; s++) sum += tile[T + s] * w[s];
    y[I] = sum;
}

extern "C" __global__ void works_for_one_block(
        const float* x, const float* w, float* y, int n, int S) {
    extern __shared__ float tile[];
    for STRIDED (j, min((int)blockDim.x + S - 1, n)) tile[j] = x[j];
    __syncthreads();
    if (T > n - S) return;
    float sum = 0;
    for (int s = 0; s < S; s++) sum += tile[T + s] * w[s];
    if (blockIdx.x == 0) y[T] = sum;
}

extern "C" __global__ void reads_past_the_end(
        const float* x, const float* w, float* y, int n, int S) {
    extern __shared__ float tile[];
    for STRIDED (j, blockDim.x + S - 1) tile[j] = x[START + j];
    __syncthreads();
    if (I > n - S) return;
    float sum = 0;
    for (int s = 0; s < S; s++) sum += tile[T + s] * w[s];
    y[I] = sum;
}

extern "C" __global__ void no_guard_for_the_outputs(
        const float* x, const float* w, float* y, int n, int S) {
    extern __shared__ float tile[];
    for STRIDED (j, blockDim.x + S - 1) tile[j] = START + j < n ? x[START + j] : 0;
    __syncthreads();
    float sum = 0;
    for (int s = 0; s < S; s++) sum += tile[T + s] * w[s];
    if (I < n) y[I] = sum;
}

extern "C" __global__ void returns_before_the_barrier(
        const float* x, const float* w, float* y, int n, int S) {
    extern __shared__ float tile[];
    for STRIDED (j, min((int)blockDim.x + S - 1, n - START)) tile[j] = x[START + j];
    if (I > n - S) return;
    __syncthreads();
    float sum = 0;
    for (int s = 0; s < S; s++) sum += tile[T + s] * w[s];
    y[I] = sum;
}
