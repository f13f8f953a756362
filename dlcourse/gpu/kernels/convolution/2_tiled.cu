// y[i] = sum over j of w[j] x[i + j - radius], zeros outside: a block shares what it reads.
//
// New: THREADS + taps - 1 elements of x, the tile and its halo, come to shared memory once. The
// zeros outside come along, so that the inner loop needs no condition. The tile's size depends on
// an argument: dynamic shared memory.

extern "C" __global__ void convolve_tiled(const float* x, const float* w, float* y, int n,
                                          int taps) {
    extern __shared__ float tile[];
    int begin = blockIdx.x * THREADS - taps / 2;
    for (int t = threadIdx.x; t < THREADS + taps - 1; t += THREADS) {
        tile[t] = begin + t >= 0 && begin + t < n ? x[begin + t] : 0;
    }
    __syncthreads();
    int i = blockIdx.x * THREADS + threadIdx.x;
    if (i >= n) return;
    float sum = 0;
    for (int j = 0; j < taps; ++j) sum += w[j] * tile[threadIdx.x + j];
    y[i] = sum;
}
