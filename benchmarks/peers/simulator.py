"""A peer of benchmarks/emulator.py: the same two kernels on numba's CUDA simulator.

    NUMBA_ENABLE_CUDASIM=1 python benchmarks/peers/simulator.py CASE BLOCKS REPEATS

It runs in a process of its own, since numba chooses its simulator when it is imported. It prints
one JSON object: CPU seconds of the kernel alone, the grid that ran, the sum of what it wrote.
"""

import json
import sys
import time

import numpy as np
from numba import cuda, float32

TILE, RADIUS = 16, 2
WIDE = TILE + 2 * RADIUS
SIDE = 32


@cuda.jit
def convolve(x, w, y, rows, columns):
    """Mirror of convolve.cu."""
    tile = cuda.shared.array((WIDE, WIDE), float32)
    x0, y0 = cuda.threadIdx.x, cuda.threadIdx.y
    left = cuda.blockIdx.x * TILE - RADIUS
    top = cuda.blockIdx.y * TILE - RADIUS
    i = y0
    while i < WIDE:
        j = x0
        while j < WIDE:
            row, column = top + i, left + j
            inside = 0 <= row < rows and 0 <= column < columns
            tile[i, j] = x[row, column] if inside else 0
            j += TILE
        i += TILE
    cuda.syncthreads()
    column, row = left + RADIUS + x0, top + RADIUS + y0
    if row >= rows or column >= columns:
        return
    total = float32(0)
    for r in range(2 * RADIUS + 1):
        for s in range(2 * RADIUS + 1):
            total += w[r, s] * tile[y0 + r, x0 + s]
    y[row, column] = total


@cuda.jit
def multiply(a, b, c, m, n, k):
    """Mirror of dlcourse/gpu/kernels/matmul/2_tiled.cu."""
    left = cuda.shared.array((SIDE, SIDE), float32)
    right = cuda.shared.array((SIDE, SIDE), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    column = cuda.blockIdx.x * SIDE + x
    row = cuda.blockIdx.y * SIDE + y
    total = float32(0)
    for begin in range(0, k, SIDE):
        left[y, x] = a[row, begin + x] if row < m and begin + x < k else 0
        right[y, x] = b[begin + y, column] if begin + y < k and column < n else 0
        cuda.syncthreads()
        for i in range(SIDE):
            total += left[y, i] * right[i, x]
        cuda.syncthreads()
    if row < m and column < n:
        c[row, column] = total


def whole(shape):
    """Numbers from -4 to 4, the same as in benchmarks/emulator.py."""
    return np.random.default_rng(0).integers(-4, 5, shape).astype(np.float32)


def run(case, blocks, repeats):
    """Run so many blocks of a case; return the best of some times, and what came out."""
    if case == "convolution":
        side, per_side = 256, 256 // TILE
        x, w = whole((side, side)), whole((5, 5))
        args, kernel, block = (x, w, np.zeros_like(x), side, side), convolve, (TILE, TILE)
    else:
        side, per_side = 128, 128 // SIDE
        a, b = whole((side, side)), whole((side, side))
        args, kernel, block = (a, b, np.zeros_like(a), side, side, side), multiply, (SIDE, SIDE)
    grid = (min(blocks, per_side), -(-blocks // per_side))
    times = []
    for _ in range(repeats):
        begun = time.process_time()
        kernel[grid, block](*args)
        times.append(time.process_time() - begun)
    return {"seconds": min(times), "grid": grid, "sum": float(args[2].sum())}


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], *map(int, sys.argv[2:]))))
