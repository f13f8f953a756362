// launch: grid 1; block 32; args x=float32[32] y=float32[32] count=int32[1]
__global__ void positive(const float *x, float *y, int *count) {
    bool keep = x[threadIdx.x] > 4;
    unsigned kept = __ballot_sync(0xffffffff, keep);
    if (keep) y[__popc(kept & ((1u << threadIdx.x) - 1))] = x[threadIdx.x];
    if (threadIdx.x == 0) *count = __popc(kept);
}
