// launch: grid 2; block 32; args x=float32[256] y=float32[256]
__global__ void copy(const float4 *x, float4 *y) {
    int i = blockIdx.x * 32 + threadIdx.x;
    float4 v = x[i];
    y[i] = make_float4(v.w, v.z, v.y, v.x);
}
