// One step of heat: y = x + c (up + down + left + right - 4 x); the border keeps its values.
//
// Each thread reads five elements; four of them its neighbours read too.

extern "C" __global__ void heat_naive(const float* x, float* y, float c, int rows, int columns) {
    int column = blockIdx.x * TILE + threadIdx.x;
    int row = blockIdx.y * TILE + threadIdx.y;
    if (row >= rows || column >= columns) return;
    int i = row * columns + column;
    bool border = row == 0 || row == rows - 1 || column == 0 || column == columns - 1;
    float around = border ? 4 * x[i] : x[i - columns] + x[i + columns] + x[i - 1] + x[i + 1];
    y[i] = x[i] + c * (around - 4 * x[i]);
}
