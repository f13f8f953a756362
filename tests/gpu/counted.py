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


SHARE_4 = {("y", "store"): (1, 32, 4, 4)}
CASES = {
    "stride 1": strided(1, 4),
    "stride 2": strided(2, 8),
    "stride 4": strided(4, 16),
    "stride 8": strided(8, 32),
    "stride 32": strided(32, 32),
    "offset 0": shifted(0, 4),
    "offset 1": shifted(1, 5),
    "offset 7": shifted(7, 5),
    "offset 8": shifted(8, 4),
    "backwards": copy("y[i] = x[31 - i];", f4(32), f4(32), {("x", "load"): (1, 32, 4, 4)}),
    "one for all": copy("y[i] = x[n];", f4(32), f4(32), {("x", "load"): (1, 32, 1, 1)}, n=5),
    "read-only load": copy(
        "y[i] = __ldg(x + i);", f4(32), f4(32), {("x", "load"): (1, 32, 4, 4)} | SHARE_4
    ),
    "scattered": copy(
        "y[i] = x[i * 37 % 256];",
        f4(256),
        f4(32),
        {("x", "load"): (1, 32, len({i * 37 % 256 // 8 for i in range(32)}), 4)},
    ),
    "partial warps": copy(
        "y[i] = x[i];",
        f4(40),
        f4(40),
        {("x", "load"): (2, 40, 5, 5), ("y", "store"): (2, 40, 5, 5)},
        block=(40, 1, 1),
    ),
    "guarded": copy(
        "if (i < n) y[i] = x[i];", f4(20), f4(20), {("x", "load"): (1, 20, 3, 3)}, n=20
    ),
    "every second lane": copy(
        "if (i % 2) y[i] = x[i];", f4(32), f4(32), {("x", "load"): (1, 16, 4, 2)}
    ),
    "float4": copy(
        "((float4 *)y)[i] = ((const float4 *)x)[i];",
        f4(128),
        f4(128),
        {("x", "load"): (1, 32, 16, 16), ("y", "store"): (1, 32, 16, 16)},
    ),
    "float4 through a variable": copy(
        "float4 v = ((const float4 *)x)[i]; v.x += v.y; ((float4 *)y)[i] = v;",
        f4(128),
        f4(128),
        {("x", "load"): (1, 32, 16, 16), ("y", "store"): (1, 32, 16, 16)},
        flop={"float32": 32},
    ),
    "float2 made in place": copy(
        "((float2 *)y)[i] = float2{x[i], 1};",
        f4(32),
        f4(64),
        {("x", "load"): (1, 32, 4, 4), ("y", "store"): (1, 32, 8, 8)},
    ),
    "float4 of which one is used": copy(
        "y[i] = ((const float4 *)x)[i].z;",
        f4(128),
        f4(32),
        {("x", "load"): (1, 32, 16, 4), ("y", "store"): (1, 32, 4, 4)},
    ),
    "float2, every second": copy(
        "((float2 *)y)[i] = ((const float2 *)x)[2 * i];",
        f4(128),
        f4(64),
        {("x", "load"): (1, 32, 16, 8), ("y", "store"): (1, 32, 8, 8)},
    ),
    "double": copy(
        "y[i] = 2.5 * x[i] + 1;",
        np.ones(32),
        np.ones(32),
        {("x", "load"): (1, 32, 8, 8), ("y", "store"): (1, 32, 8, 8)},
        flop={"float64": 64},
    ),
    "double by mistake": copy("y[i] = x[i] * 2.1;", f4(32), f4(32), SHARE_4, flop={"float64": 32}),
    "bytes": copy(
        "y[i] = x[i];",
        np.ones(32, np.uint8),
        np.ones(32, np.uint8),
        {("x", "load"): (1, 32, 1, 1), ("y", "store"): (1, 32, 1, 1)},
    ),
    "half": Counts(
        HALF,
        (np.ones(32, np.float16), np.ones(32, np.float16)),
        {("x", "load"): (1, 32, 2, 2), ("y", "store"): (1, 32, 2, 2)},
        flop={"float16": 64},
    ),
    "transpose, naive": transposed(
        "y[32 * i + j] = x[32 * j + i];",
        {("x", "load"): GOOD, ("y", "store"): (32, 1024, 1024, 128)},
    ),
    "transpose, tiled": transposed(
        TILE.replace("PITCH", "32"),
        {
            ("x", "load"): GOOD,
            ("y", "store"): GOOD,
            ("tile", "store"): FREE,
            ("tile", "load"): (32, 1024, 1024, 32),
        },
    ),
    "transpose, padded": transposed(
        TILE.replace("PITCH", "33"),
        {
            ("x", "load"): GOOD,
            ("y", "store"): GOOD,
            ("tile", "store"): FREE,
            ("tile", "load"): FREE,
        },
    ),
    "matmul, naive": matmul(
        NAIVE, {("a", "load"): (1024, 32768, 1024, 1024), ("b", "load"): (1024, 32768, 4096, 4096)}
    ),
    "matmul, tiled": matmul(
        TILED,
        {
            ("a", "load"): GOOD,
            ("b", "load"): GOOD,
            ("s", "store"): FREE,
            ("t", "store"): FREE,
            ("s", "load"): (1024, 32768, 1024, 1024),
            ("t", "load"): (1024, 32768, 1024, 1024),
        },
    ),
    "matmul, tile by columns": matmul(
        COLUMN,
        {("t", "store"): (32, 1024, 1024, 32), ("t", "load"): (1024, 32768, 32768, 1024)},
    ),
    "convolution 40 x 21": convolution(40, 21),
    "convolution 250 x 130": convolution(250, 130),
    "banks: stride 2": shared("y[i] = s[2 * i];", {("s", "load"): (1, 32, 2, 1)}),
    "banks: stride 3": shared("y[i] = s[3 * i];", {("s", "load"): (1, 32, 1, 1)}),
    "banks: stride 32": shared("y[i] = s[32 * i];", {("s", "load"): (1, 32, 32, 1)}),
    "banks: one word": shared("y[i] = s[7];", {("s", "load"): (1, 32, 1, 1)}),
    "banks: float4": shared(
        "float4 v = ((float4 *)s)[i]; y[i] = v.x + v.w;",
        {("s", "load"): (1, 32, 4, 4)},
        flop={"float32": 32},
    ),
    "atomics: one place": atomic("atomicAdd(&y[0], 1);", {("y", "atomic"): (1, 32, 1, 1)}, flop={}),
    "atomics: side by side": atomic(
        "atomicAdd(&y[i], x[i]);", {("y", "atomic"): (1, 32, 4, 4), ("x", "load"): (1, 32, 4, 4)}
    ),
    "atomics: shared, all in one bin": atomic(
        "atomicAdd(&bins[0], 1);", {("bins", "atomic"): (1, 32, 32, 1)}
    ),
    "atomics: shared, pairs": atomic(
        "atomicAdd(&bins[i / 2], 1);", {("bins", "atomic"): (1, 32, 2, 1)}
    ),
    "atomics: float": atomic(
        "atomicAdd(z, 1.5f);", {("z", "atomic"): (1, 32, 1, 1)}, flop={"float32": 32}
    ),
    "shuffles": copy(
        "float v = x[i]; for (int d = 16; d; d /= 2) v += __shfl_down_sync(~0u, v, d); y[i] = v;",
        f4(32),
        f4(32),
        {("x", "load"): (1, 32, 4, 4), ("y", "store"): (1, 32, 4, 4)},
        flop={"float32": 160},
    ),
    "constant, uniform": constant("5", 1),
    "constant, by lane": constant("threadIdx.x", 32),
    "constant, by half": constant("threadIdx.x / 16", 2),
    "no divergence": diverging("x[i] = 1;", 1.0),
    "half a warp": diverging("x[i] = 1;", 0.5, block=(16, 1, 1)),
    "2-D blocks": diverging("x[i] = 1;", 100 / 128, block=(10, 10, 1)),
}
