"""The table of counts made by hand: a kernel, its launch, and what each array costs.

A row of global memory is (requests, lanes, sectors, fewest sectors), one of shared and constant
memory (requests, lanes, wavefronts, fewest wavefronts).
"""

import numpy as np
from counted import (
    COLUMN,
    FREE,
    GOOD,
    HALF,
    NAIVE,
    TILE,
    TILED,
    Counts,
    atomic,
    constant,
    convolution,
    copy,
    diverging,
    f4,
    matmul,
    shared,
    shifted,
    strided,
    transposed,
)

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
