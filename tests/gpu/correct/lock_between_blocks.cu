// launch: grid 8; block 32; args lock=zeros:int32[1] total=zeros:float32[2]
__global__ void count(int *lock, float *total) {
    if (threadIdx.x == 0) {
        while (atomicCAS(lock, 0, 1)) {}
        __threadfence();
        total[0] += 1;
        total[1] = total[0] * 2;
        __threadfence();
        atomicExch(lock, 0);
    }
}
