// launch: grid 1; block 32; args x=uint32[8]
__global__ void invert(unsigned *x) {
    unsigned char *bytes = (unsigned char *)x;
    bytes[threadIdx.x] = ~bytes[threadIdx.x];
}
