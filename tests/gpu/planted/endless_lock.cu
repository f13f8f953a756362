// launch: grid 1; block 64; limit 0.3; args lock=zeros:int32[1] total=zeros:float32[1]
// bug: timeout; block 0
__global__ void count(int *lock, float *total) {
    while (atomicCAS(lock, 0, 1)) {}  // <- bug
    total[0] += 1;
}
