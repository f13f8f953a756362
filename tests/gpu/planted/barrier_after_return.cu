// launch: grid 2; block 64; args x=float32[100] n=int32(100)
// bug: barrier divergence; thread 0; block 1
__global__ void reverse(float *x, int n) {
    __shared__ float s[64];
    int i = blockIdx.x * 64 + threadIdx.x;
    if (i >= n) return;
    s[threadIdx.x] = x[i];
    __syncthreads();  // <- bug
    x[i] = s[threadIdx.x];
}
