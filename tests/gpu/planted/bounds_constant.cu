// launch: grid 1; block 32; args y=float32[32]; constant w=float32[5]
// bug: out of bounds; thread 0; block 0
__constant__ float w[5];

__global__ void sum(float *y) {
    float total = 0;
    for (int i = 0; i <= 5; i++) total += w[i];  // <- bug
    y[threadIdx.x] = total;
}
