// launch: grid 3,3; block 8,8; args a=float32[20,20] b=float32[20,20] c=float32[20,20] n=int32(20)
__global__ void matmul(const float *a, const float *b, float *c, int n) {
    __shared__ float s[8][8], t[8][8];
    int x = threadIdx.x, y = threadIdx.y, row = blockIdx.y * 8 + y, column = blockIdx.x * 8 + x;
    float sum = 0;
    for (int k = 0; k < n; k += 8) {
        s[y][x] = row < n && k + x < n ? a[row * n + k + x] : 0;
        t[y][x] = k + y < n && column < n ? b[(k + y) * n + column] : 0;
        __syncthreads();
        for (int i = 0; i < 8; i++) sum += s[y][i] * t[i][x];
        __syncthreads();
    }
    if (row < n && column < n) c[row * n + column] = sum;
}
