// launch: grid 1; block 64; entry fill<double>; args x=float64[60] n=int32(61)
// bug: out of bounds; thread 60; block 0
template <class T> __global__ void fill(T *x, int n) {
    int i = threadIdx.x;
    if (i < n) x[i] = T(1);  // <- bug
}
