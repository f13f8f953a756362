// launch: grid 1; block 64; args x=float16[64] y=float16[64]
#include <cuda_fp16.h>

__global__ void axpy(const __half *x, __half *y) {
    int i = threadIdx.x;
    y[i] = __hadd(__hmul(__float2half(2.0f), x[i]), y[i]);
}
