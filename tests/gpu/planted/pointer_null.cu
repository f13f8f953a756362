// launch: grid 1; block 32; args address=int64(0)
// bug: wild pointer; thread 0; block 0
__global__ void clear(long long address) {
    ((float *)address)[threadIdx.x] = 0;  // <- bug
}
