// launch: grid 2; block 32; args lock=zeros:int32[1] total=zeros:float32[1]
__global__ void count(int *lock, float *total) {
    bool done = false;
    while (!done) {
        if (atomicCAS(lock, 0, 1) == 0) {
            total[0] += 1;
            __threadfence();
            atomicExch(lock, 0);
            done = true;
        }
    }
}
