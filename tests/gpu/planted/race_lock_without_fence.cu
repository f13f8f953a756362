// launch: grid 8; block 32; args lock=zeros:int32[1] total=zeros:float32[1]
// bug: race; thread 0; block 1
__global__ void count(int *lock, float *total) {
    if (threadIdx.x) return;
    while (atomicCAS(lock, 0, 1)) {}
    total[0] += 1;  // <- bug
    atomicExch(lock, 0);
}
