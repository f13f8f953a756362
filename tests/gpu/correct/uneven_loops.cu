// launch: grid 2; block 64; args lengths=int32[128] y=float32[128]
__global__ void walk(const int *lengths, float *y) {
    int i = blockIdx.x * 64 + threadIdx.x;
    float sum = 0;
    for (int k = 0; k < lengths[i]; k++) {
        if (k == 7) continue;
        if (k == 8) break;
        sum += k;
    }
    y[i] = sum;
}
