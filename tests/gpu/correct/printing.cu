// launch: grid 1; block 4; args x=float32[4]
__global__ void show(const float *x) {
    printf("%d: %g\n", threadIdx.x, x[threadIdx.x]);
    assert(x[threadIdx.x] >= 0);
}
