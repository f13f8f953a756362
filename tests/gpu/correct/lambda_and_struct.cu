// launch: grid 1; block 64; args x=float32[64] n=int32(64)
struct View {
    float *data;
    int size;
    __device__ float &operator[](int i) { return data[i]; }
};

__global__ void halve(float *x, int n) {
    View view{x, n};
    auto at = [&](int i) { return i < view.size; };
    if (at(threadIdx.x)) view[threadIdx.x] /= 2;
}
