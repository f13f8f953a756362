// y[i] = sum over j of w[j] x[i + j - radius], zeros outside: one thread for each output.
//
// Neighbours read almost the same elements: each element of x is read `taps` times in all, and
// every thread reads the whole filter.

extern "C" __global__ void convolve_naive(const float* x, const float* w, float* y, int n,
                                          int taps) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float sum = 0;
    for (int j = 0; j < taps; ++j) {
        int from = i + j - taps / 2;
        if (from >= 0 && from < n) sum += w[j] * x[from];
    }
    y[i] = sum;
}
