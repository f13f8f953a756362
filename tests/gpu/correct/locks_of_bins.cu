// launch: grid 4; block 32; args x=int32[128] locks=zeros:int32[10] sums=zeros:float32[10]
__global__ void add(const int *x, int *locks, float *sums) {
    int bin = x[blockIdx.x * 32 + threadIdx.x];
    for (bool done = false; !done;) {
        if (atomicCAS(&locks[bin], 0, 1) == 0) {
            sums[bin] += 1;
            __threadfence();
            atomicExch(&locks[bin], 0);
            done = true;
        }
    }
}
