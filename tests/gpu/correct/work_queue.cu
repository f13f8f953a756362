// launch: grid 3; block 32; args x=float32[100] next=zeros:int32[1] n=int32(100)
__global__ void twice(float *x, int *next, int n) {
    for (int i = atomicAdd(next, 1); i < n; i = atomicAdd(next, 1)) x[i] *= 2;
}
