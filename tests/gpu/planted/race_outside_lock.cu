// launch: grid 2; block 32; args lock=zeros:int32[1] best=zeros:float32[1] x=shuffled:float32[2]
// bug: race; thread 0; block 1
__global__ void maximum(int *lock, float *best, const float *x) {
    if (threadIdx.x) return;
    float value = x[blockIdx.x] + 1;
    if (value > best[0] || blockIdx.x) {  // <- bug
        while (atomicCAS(lock, 0, 1)) {}
        best[0] = fmaxf(best[0], value);
        __threadfence();
        atomicExch(lock, 0);
    }
}
