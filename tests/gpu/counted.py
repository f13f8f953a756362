"""Kernels whose counts were made by hand: what the traced build has to agree with.

Global memory has sectors of 32 bytes, shared memory 32 banks of 4 bytes; a warp has 32 lanes.
"""

from dataclasses import dataclass, field

import numpy as np

from dlcourse.gpu.emulator.build import build
from dlcourse.gpu.emulator.launch import launch


def f4(*shape):
    return np.ones(shape, np.float32)


def i4(n):
    return np.int32(n)


@dataclass
class Counts:
    """A kernel, its launch, and what is expected of it.

    `accesses` maps (array, kind) to (requests, lanes, sectors, ideal sectors) in global memory and
    to (requests, lanes, wavefronts, ideal wavefronts) elsewhere, summed over lines.
    """

    source: str
    args: tuple
    accesses: dict = field(default_factory=dict)
    grid: tuple = (1, 1, 1)
    block: tuple = (32, 1, 1)
    flop: dict = field(default_factory=dict)
    share: float | None = None  # of the offered lanes at work
    more: dict = field(default_factory=dict)

    @property
    def entry(self):
        return self.source.split("void ")[1].split("(")[0]

    def build(self):
        build(self.source, self.entry, traced=True)

    def run(self):
        return launch(self.source, self.entry, self.grid, self.block, list(self.args), **self.more)


COPY = "__global__ void copy(const {T} *x, {T} *y, int n, int o) {{ int i = threadIdx.x; {body} }}"


def copy(body, x, y, accesses, n=0, offset=0, **more):
    kind = {"f": "float", "d": "double", "B": "unsigned char", "e": "half"}[x.dtype.char]
    source = COPY.format(T=kind, body=body)
    return Counts(source, (x, y, i4(n), i4(offset)), accesses, **more)


def strided(stride, sectors):
    """saxpy with a stride: 4 requests of 32 lanes for each of its three accesses."""
    source = """__global__ void saxpy(float a, const float *x, float *y, int s) {
    int i = (blockIdx.x * blockDim.x + threadIdx.x) * s;
    y[i] = a * x[i] + y[i];
}"""
    x = f4(128 * stride)
    row = (4, 128, 4 * sectors, 16)
    accesses = {("x", "load"): row, ("y", "load"): row, ("y", "store"): row}
    return Counts(
        source,
        (np.float32(2), x, x.copy(), i4(stride)),
        accesses,
        (2, 1, 1),
        (64, 1, 1),
        flop={"float32": 256},
        share=1.0,
    )


def shifted(offset, sectors):
    """A copy that begins `offset` elements behind a multiple of 256 bytes."""
    return copy(
        "y[i] = x[i + o];", f4(64), f4(32), {("x", "load"): (1, 32, sectors, 4)}, offset=offset
    )


TRANSPOSE = """__global__ void transpose(const float *x, float *y) {
    int i = threadIdx.x, j = threadIdx.y;
    BODY
}"""
TILE = """__shared__ float tile[32][PITCH];
    tile[j][i] = x[32 * j + i];
    __syncthreads();
    y[32 * j + i] = tile[i][j];"""


def transposed(body, accesses):
    return Counts(
        TRANSPOSE.replace("BODY", body), (f4(32, 32), f4(32, 32)), accesses, block=(32, 32, 1)
    )


GOOD = (32, 1024, 128, 128)  # 32 warps, 4 sectors each


def matmul(body, accesses):
    source = """__global__ void matmul(const float *a, const float *b, float *c) {
    int x = threadIdx.x, y = threadIdx.y;
    float sum = 0;
    BODY
    c[32 * y + x] = sum;
}""".replace("BODY", body)
    args = (f4(32, 32), f4(32, 32), f4(32, 32))
    accesses |= {("c", "store"): GOOD}
    return Counts(source, args, accesses, block=(32, 32, 1), flop={"float32": 2 * 32**3}, share=1.0)


NAIVE = "for (int k = 0; k < 32; k++) sum += a[32 * y + k] * b[32 * k + x];"
TILED = """__shared__ float s[32][32], t[32][32];
    s[y][x] = a[32 * y + x];
    t[y][x] = b[32 * y + x];
    __syncthreads();
    for (int k = 0; k < 32; k++) sum += s[y][k] * t[k][x];"""
COLUMN = TILED.replace("t[y][x] =", "t[x][y] =").replace("t[k][x]", "t[x][k]")
FREE = (32, 1024, 32, 32)  # no conflicts


def shared(body, accesses, **more):
    source = """__global__ void shared(float *y) {
    __shared__ float s[1024];
    int i = threadIdx.x;
    for (int k = 0; k < 1024; k += 32) s[k + i] = 0;
    __syncthreads();
    BODY
}""".replace("BODY", body)
    return Counts(source, (f4(64),), accesses | {("s", "store"): FREE}, **more)


def atomic(body, accesses, **more):
    source = """__global__ void add(int *y, const int *x, float *z) {
    __shared__ int bins[32];
    int i = threadIdx.x;
    bins[i] = 0;
    __syncthreads();
    BODY
}""".replace("BODY", body)
    args = (np.zeros(64, np.int32), np.arange(64, dtype=np.int32), f4(1))
    return Counts(source, args, accesses, **more)


def diverging(body, share, flop=None, block=(32, 1, 1), grid=(1, 1, 1)):
    source = """__global__ void diverge(float *x) {
    int i = threadIdx.x + blockDim.x * threadIdx.y;
    BODY
}""".replace("BODY", body)
    return Counts(source, (f4(4096),), {}, grid, block, flop or {}, share)


HALF = """#include <cuda_fp16.h>
__global__ void halves(const half *x, half *y) {
    int i = threadIdx.x;
    half v = x[i];
    y[i] = __hadd(__hmul(v, v), v);
}"""
CONSTANT = """__constant__ float w[64];
__global__ void weigh(float *y) { y[threadIdx.x] = w[INDEX]; }"""


def constant(index, wavefronts):
    weights = {"constants": {"w": np.arange(64, dtype=np.float32)}}
    accesses = {("w", "load"): (1, 32, wavefronts, 1), ("y", "store"): (1, 32, 4, 4)}
    return Counts(CONSTANT.replace("INDEX", index), (f4(32),), accesses, more=weights)


def convolution(width, height):
    """5 x 5 taps, blocks of 16 x 16, a halo of 2: edges are cut."""
    source = """__global__ void convolve(const float *x, const float *w, float *y, int n, int m) {
    __shared__ float tile[20][20];
    int left = blockIdx.x * 16 - 2, top = blockIdx.y * 16 - 2;
    for (int j = threadIdx.y; j < 20; j += 16)
        for (int i = threadIdx.x; i < 20; i += 16) {
            int r = top + j, c = left + i;
            tile[j][i] = r >= 0 && r < m && c >= 0 && c < n ? x[r * n + c] : 0;
        }
    __syncthreads();
    int c = left + 2 + threadIdx.x, r = top + 2 + threadIdx.y;
    if (c >= n || r >= m) return;
    float sum = 0;
    for (int j = 0; j < 5; j++)
        for (int i = 0; i < 5; i++) sum += w[5 * j + i] * tile[threadIdx.y + j][threadIdx.x + i];
    y[r * n + c] = sum;
}"""
    x, taps, y = f4(height, width), f4(5, 5), f4(height, width)
    grid = (-(-width // 16), -(-height // 16), 1)
    return Counts(
        source,
        (x, taps, y, i4(width), i4(height)),
        by_hand(width, height),
        grid,
        (16, 16, 1),
        {"float32": 2 * 25 * width * height},
    )


def by_hand(width, height):
    """The convolution's counts, thread by thread in plain Python."""
    loads, taps, stores = [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]
    tile_loads, tile_stores = [0, 0, 0, 0], [0, 0, 0, 0]
    for top in range(0, height, 16):
        for left in range(0, width, 16):
            for warp in range(8):
                rows = 2 * warp, 2 * warp + 1
                lanes = [(j, i) for j in rows for i in range(16)]
                for dj in (0, 16):
                    for di in (0, 16):
                        part = [(j + dj, i + di) for j, i in lanes if j + dj < 20 and i + di < 20]
                        add_words(tile_stores, [20 * j + i for j, i in part])
                        inside = [(top - 2 + j, left - 2 + i) for j, i in part]
                        at = [
                            r * width + c for r, c in inside if 0 <= r < height and 0 <= c < width
                        ]
                        add_sectors(loads, at)
                part = [(j, i) for j, i in lanes if top + j < height and left + i < width]
                for dj in range(5):
                    for di in range(5):
                        add_sectors(taps, [5 * dj + di] * len(part))
                        add_words(tile_loads, [20 * (j + dj) + i + di for j, i in part])
                add_sectors(stores, [(top + j) * width + left + i for j, i in part])
    return {
        ("x", "load"): tuple(loads),
        ("w", "load"): tuple(taps),
        ("y", "store"): tuple(stores),
        ("tile", "load"): tuple(tile_loads),
        ("tile", "store"): tuple(tile_stores),
    }


def add_sectors(total, elements):
    if elements:
        sectors, ideal = len({e // 8 for e in elements}), -(-len(set(elements)) // 8)
        total[:] = np.add(total, (1, len(elements), sectors, ideal)).tolist()


def add_words(total, words):
    if words:
        banks = np.bincount([w % 32 for w in set(words)])
        ideal = -(-len(set(words)) // 32)
        total[:] = np.add(total, (1, len(words), int(banks.max()), ideal)).tolist()
