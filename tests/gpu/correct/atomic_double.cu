// launch: grid 2; block 32; args x=float64[64] y=zeros:float64[1]
__global__ void sum(const double *x, double *y) {
    unsigned long long *bits = (unsigned long long *)y;
    unsigned long long old = atomicAdd(bits, 0ull), seen;
    do {
        seen = old;
        double next = __longlong_as_double(seen) + x[blockIdx.x * 32 + threadIdx.x];
        old = atomicCAS(bits, seen, (unsigned long long)__double_as_longlong(next));
    } while (old != seen);
}
