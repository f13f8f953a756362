// launch: grid 4; block 32; args locks=zeros:int32[2] total=zeros:float32[1]
// bug: race; thread 0; block 1
__global__ void count(int *locks, float *total) {
    if (threadIdx.x) return;
    int *lock = locks + blockIdx.x % 2;
    while (atomicCAS(lock, 0, 1)) {}
    total[0] += 1;  // <- bug
    __threadfence();
    atomicExch(lock, 0);
}
