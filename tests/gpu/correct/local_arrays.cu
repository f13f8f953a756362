// launch: grid 1; block 64; args x=float32[64]
__global__ void sort_digits(float *x) {
    float digits[8];
    for (int i = 0; i < 8; i++) digits[i] = x[(threadIdx.x / 8) * 8 + i];
    for (int i = 1; i < 8; i++)
        for (int j = i; j > 0 && digits[j] < digits[j - 1]; j--) {
            float t = digits[j];
            digits[j] = digits[j - 1];
            digits[j - 1] = t;
        }
    float mine = digits[threadIdx.x % 8];
    __syncthreads();
    x[threadIdx.x] = mine;
}
