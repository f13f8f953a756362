"""Kernels and launches that the tests of the emulated GPU share."""

from dlcourse.gpu.emulator.launch import launch

SAXPY = """
extern "C" __global__ void saxpy(int n, float a, const float* x, float* __restrict__ y) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = a * x[i] + y[i];
}"""
REVERSE = """
__global__ void reverse(int* x) {
    extern __shared__ int copy[];
    int i = threadIdx.x, n = blockDim.x;
    copy[i] = x[i];
    __syncthreads();
    x[i] = copy[n - 1 - i];
}"""
SUM = """
__global__ void sum(const float* x, float* out, int n) {
    __shared__ float parts[32];
    float v = 0;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
        v += x[i];
    for (int o = 16; o; o /= 2) v += __shfl_down_sync(0xffffffff, v, o);
    if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = v;
    __syncthreads();
    if (threadIdx.x >= 32) return;
    v = threadIdx.x < (blockDim.x + 31) / 32 ? parts[threadIdx.x] : 0;
    for (int o = 16; o; o /= 2) v += __shfl_xor_sync(__activemask(), v, o);
    if (threadIdx.x == 0) atomicAdd(out, v);
}"""
PRODUCT = """
template <typename T, int N>
__global__ void product(const T* a, const T* b, T* c, int m, int k, int n) {
    __shared__ T as[N][N], bs[N][N + 1];
    int x = threadIdx.x, y = threadIdx.y, column = blockIdx.x * N + x, row = blockIdx.y * N + y;
    T sum = 0;
    for (int t = 0; t < k; t += N) {
        as[y][x] = row < m && t + x < k ? a[row * k + t + x] : T(0);
        bs[y][x] = t + y < k && column < n ? b[(t + y) * n + column] : T(0);
        __syncthreads();
        for (int i = 0; i < N; i++) sum += as[y][i] * bs[i][x];
        __syncthreads();
    }
    if (row < m && column < n) c[row * n + column] = sum;
}"""


def plain(source, name, grid, block, *args, **options):
    grid, block = ((*extent, 1, 1)[:3] for extent in (grid, block))
    return launch(source, name, grid, block, args, traced=False, **options)


def clean(*args, **options):
    trace = plain(*args, **options)
    assert trace.findings == ()
    return trace


def only(body, *args, block=(32,), parameters="int* x", **options):
    """The one finding of a kernel that is wrong."""
    source = f"__global__ void wrong({parameters}) {{\n{body}\n}}"
    (finding,) = plain(source, "wrong", (2,), block, *args, **options).findings
    return finding
