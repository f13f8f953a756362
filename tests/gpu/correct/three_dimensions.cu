// launch: grid 2,2,2; block 4,4,4; args x=float32[8,8,8] y=float32[8,8,8]
__global__ void copy(const float *x, float *y) {
    int i = blockIdx.x * 4 + threadIdx.x, j = blockIdx.y * 4 + threadIdx.y;
    int k = blockIdx.z * 4 + threadIdx.z;
    y[(k * 8 + j) * 8 + i] = x[(k * 8 + j) * 8 + i];
}
