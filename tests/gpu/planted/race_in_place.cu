// launch: grid 1; block 64; args x=float32[66]
// bug: race; thread 1; block 0
__global__ void blur(float *x) {
    int i = threadIdx.x + 1;
    x[i] = (x[i - 1] + x[i] + x[i + 1]) / 3;  // <- bug
}
