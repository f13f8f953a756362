// y = a x + y by a grid of any size: each thread strides over the array by the whole grid.
//
// New: a loop instead of a guard. A few blocks for each multiprocessor are enough, and neighbours
// still read neighbours, so the requests stay coalesced.

extern "C" __global__ void saxpy_grid_stride(float a, const float* x, float* y, int n) {
    int stride = gridDim.x * blockDim.x;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += stride) y[i] += a * x[i];
}
