// launch: grid 2; block 1; args y=int32[2]
// bug: race; thread 0; block 1
__device__ int counter;

__global__ void number(int *y) {
    y[blockIdx.x] = counter++;  // <- bug
}
