// launch: grid 2; block 64; entry axpy<double, 2>; args x=float64[256] y=float64[256] n=int32(256)
template <class T, int PER_THREAD> __global__ void axpy(const T *x, T *y, int n) {
    int first = (blockIdx.x * blockDim.x + threadIdx.x) * PER_THREAD;
#pragma unroll
    for (int k = 0; k < PER_THREAD; k++)
        if (first + k < n) y[first + k] += T(2) * x[first + k];
}
