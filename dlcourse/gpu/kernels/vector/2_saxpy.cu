// y = a x + y, "single-precision a x plus y": a number comes by value, the same for all threads.
//
// Two FLOP for twelve bytes: memory sets the pace on every GPU there is.

extern "C" __global__ void saxpy(float a, const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] += a * x[i];
}
