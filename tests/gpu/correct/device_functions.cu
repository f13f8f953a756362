// launch: grid 2; block 64; args x=float32[128] y=float32[128]
struct Pair { float a, b; };

__device__ Pair minmax(float a, float b) { return a < b ? Pair{a, b} : Pair{b, a}; }
__device__ __forceinline__ float spread(Pair p) { return p.b - p.a; }
__device__ int power(int base, int n) { return n ? base * power(base, n - 1) : 1; }

__global__ void work(const float *x, float *y) {
    int i = blockIdx.x * 64 + threadIdx.x;
    y[i] = spread(minmax(x[i], x[127 - i])) + power(2, i % 5);
}
