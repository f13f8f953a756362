// launch: grid 1; block 32; args x=int32[32]
__constant__ int table[4] = {3, 1, 4, 1};

__global__ void look_up(int *x) { x[threadIdx.x] = table[x[threadIdx.x] % 4]; }
