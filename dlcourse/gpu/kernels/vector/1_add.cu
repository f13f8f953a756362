// z = x + y: one thread for each element.
//
// Blocks are whole, n need not be a multiple of theirs: the last block's surplus threads
// must do nothing. That is the guard.

extern "C" __global__ void add(const float* x, const float* y, float* z, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) z[i] = x[i] + y[i];
}
