// launch: grid 2; block 32; args x=float32[65]
// bug: race; thread 0; block 1
__global__ void shift(float *x) {
    int i = blockIdx.x * 32 + threadIdx.x;
    float right = x[i + 1];  // <- bug
    __syncthreads();
    x[i] = right;  // <- bug
}
