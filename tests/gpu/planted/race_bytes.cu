// launch: grid 1; block 64; args x=uint8[64]
// bug: race; thread 32; block 0
__global__ void reverse(unsigned char *x) {
    __shared__ unsigned char s[64];
    s[threadIdx.x] = x[threadIdx.x];       // <- bug
    x[threadIdx.x] = s[63 - threadIdx.x];  // <- bug
}
