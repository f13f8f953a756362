// launch: grid 1; block 32; args x=float32[102] n=int32(102)
__global__ void twice(float *x, int n) {
    int i = threadIdx.x;
    if (4 * i + 3 < n) {
        float4 v = reinterpret_cast<float4 *>(x)[i];
        v.x *= 2, v.y *= 2, v.z *= 2, v.w *= 2;
        reinterpret_cast<float4 *>(x)[i] = v;
    } else {
        for (int k = 4 * i; k < n; k++) x[k] *= 2;
    }
}
