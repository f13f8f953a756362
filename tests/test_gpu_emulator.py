"""The emulated GPU's plain build computes what NumPy does, on awkward sizes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.gpu.emulator.launch import launch
from dlcourse.gpu.errors import LaunchError
from tests.emulated import PRODUCT, REVERSE, SAXPY, SUM, clean


@settings(max_examples=20, deadline=None)
@given(n=st.integers(1, 3000), threads=st.integers(1, 1024), seed=st.integers(0, 9))
def test_saxpy(n, threads, seed):
    x, y = np.random.default_rng(seed).standard_normal((2, n), np.float32)
    expected = np.float32(2.5) * x + y
    clean(SAXPY, "saxpy", (n // threads + 1,), (threads,), np.int32(n), np.float32(2.5), x, y)
    np.testing.assert_array_equal(y, expected)


@settings(max_examples=20, deadline=None)
@given(
    grid=st.tuples(*[st.integers(1, 4)] * 3),
    block=st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9)),
)
def test_every_thread_of_a_three_dimensional_launch_runs_once(grid, block):
    source = """__global__ void visit(int* count, int* block) {
        int b = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
        int t = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
        int i = b * blockDim.x * blockDim.y * blockDim.z + t;
        count[i] += 1;
        block[i] = blockIdx.z;
    }"""
    count = np.zeros((*grid[::-1], *block), np.int32)
    where = np.zeros_like(count)
    clean(source, "visit", grid, block, count, where)
    assert (count == 1).all()
    assert (where == np.arange(grid[2]).reshape(-1, 1, 1, 1, 1, 1)).all()


@settings(max_examples=15, deadline=None)
@given(n=st.integers(1, 1024))
def test_barriers_and_dynamic_shared_memory(n):
    x = np.arange(n, dtype=np.int32)
    trace = clean(REVERSE, "reverse", (1,), (n,), x, shared_mem=4 * n)
    np.testing.assert_array_equal(x, np.arange(n)[::-1])
    assert trace.barriers == 1 and trace.shared_bytes == 4 * n


@settings(max_examples=15, deadline=None)
@given(n=st.integers(1, 20_000), blocks=st.integers(1, 5), warps=st.integers(1, 32))
def test_shuffles_and_atomics(n, blocks, warps):
    x = np.random.default_rng(n).integers(-9, 9, n).astype(np.float32)
    out = np.zeros(1, np.float32)
    source = SUM.replace("if (threadIdx.x >= 32) return;", "")
    source = source.replace("__activemask()", "0xffffffff")
    clean(source, "sum", (blocks,), (32 * warps,), x, out, np.int32(n))
    assert out == x.sum()


@settings(max_examples=10, deadline=None)
@given(m=st.integers(1, 40), k=st.integers(1, 40), n=st.integers(1, 40))
def test_templates_and_tiles(m, k, n):
    rng = np.random.default_rng(m)
    for entry, dtype, tile in (("product<float, 16>", "f4", 16), ("product<double, 8>", "f8", 8)):
        a = rng.integers(-5, 5, (m, k)).astype(dtype)
        b = rng.integers(-5, 5, (k, n)).astype(dtype)
        c = np.zeros((m, n), dtype)
        grid, sizes = (-(-n // tile), -(-m // tile)), map(np.int32, (m, k, n))
        clean(PRODUCT, entry, grid, (tile, tile), a, b, c, *sizes)
        np.testing.assert_array_equal(c, a @ b)


def test_warp_operations():
    source = """__global__ void warp(unsigned* out) {
        unsigned all = 0xffffffff, lane = threadIdx.x % 32;
        unsigned* mine = out + 12 * threadIdx.x;
        mine[0] = __ballot_sync(all, lane % 3 == 0);
        mine[1] = __any_sync(all, lane == 7) + 10 * __all_sync(all, lane < 32);
        mine[2] = __shfl_sync(all, lane * lane, 5);
        mine[3] = __shfl_up_sync(all, lane, 3);
        mine[4] = __shfl_down_sync(all, lane, 2, 8);
        mine[5] = __match_any_sync(all, lane / 8);
        int equal;
        mine[6] = __match_all_sync(all, lane / 32, &equal) + equal;
        mine[7] = __reduce_add_sync(all, lane);
        mine[8] = __reduce_max_sync(all, int(lane) - 40);
        if (lane < 12) mine[9] = __activemask();
        mine[10] = __popc(__ballot_sync(all, lane > 20)) + __syncthreads_count(lane == 1);
        mine[11] = __shfl_xor_sync(all, (double)lane / 2, 1) * 2;
    }"""
    out = np.zeros((64, 12), np.uint32)
    clean(source, "warp", (1,), (64,), out)
    lane = np.arange(64) % 32
    expected = np.zeros_like(out)
    expected[:, 0] = sum(1 << i for i in range(0, 32, 3))
    expected[:, 1], expected[:, 2] = 11, 25
    expected[:, 3] = np.where(lane < 3, lane, lane - 3)
    expected[:, 4] = np.where(lane % 8 < 6, lane + 2, lane)
    expected[:, 5] = 0xFF << (lane // 8 * 8)
    expected[:, 6], expected[:, 7] = 0, 31 * 16  # all ones and one more
    expected[:, 8] = np.uint32(2**32 - 9)
    expected[:, 9] = np.where(lane < 12, 0xFFF, 0)
    expected[:, 10], expected[:, 11] = 11 + 2, lane ^ 1
    np.testing.assert_array_equal(out, expected)


def test_atomics_of_all_kinds():
    source = """typedef unsigned long long u64;
    __global__ void all(int* i, unsigned* u, float* f, double* d, u64* l) {
        int t = blockIdx.x * blockDim.x + threadIdx.x;
        atomicAdd(i, 1); atomicSub(i + 1, t); atomicMin(i + 2, -t); atomicMax(i + 3, t);
        atomicOr(i + 4, 1 << t % 31); atomicAnd(i + 5, ~(1 << t % 8)); atomicXor(i + 6, t);
        atomicInc(u, 9); atomicDec(u + 1, 9); atomicExch(u + 2, 77);
        atomicAdd(f, 0.5f); atomicAdd(d, 0.25); atomicAdd(l, 1ull << 33);
        int old = i[7], seen;
        do { seen = old; old = atomicCAS(i + 7, seen, seen + 2); } while (old != seen);
    }"""
    i, u = np.zeros(8, np.int32), np.zeros(3, np.uint32)
    i[5] = -1
    f, d, ull = np.zeros(1, "f4"), np.zeros(1, "f8"), np.zeros(1, "u8")
    clean(source, "all", (25,), (1000,), i, u, f, d, ull, workers=2)
    t = np.arange(25_000)
    xor = np.bitwise_xor.reduce(t)
    expected = [t.size, -t.sum(), -t.max(), t.max(), 2**31 - 1, -256, xor, 2 * t.size]
    np.testing.assert_array_equal(i, np.array(expected).astype(np.int32))
    assert list(u) == [0, 0, 77]
    assert (f[0], d[0], ull[0]) == (12_500, 6250, 25_000 * 2**33)


def test_half_is_numpys():
    source = """#include <cuda_fp16.h>
    __global__ void sums(const half* x, const half* y, half* out, float* wide, int n) {
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        if (i < n) { out[i] = __hadd(x[i], y[i]); wide[i] = __half2float(x[i]); }
    }"""
    every = np.arange(2**16, dtype=np.uint16).view(np.float16)
    other = np.random.default_rng(0).permutation(every)
    out, wide = np.zeros_like(every), np.zeros(every.size, np.float32)
    clean(source, "sums", (256,), (256,), every, other, out, wide, np.int32(every.size))
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(out, every + other)
        np.testing.assert_array_equal(wide, every.astype(np.float32))


def test_vector_types_and_constants():
    source = """#include <cuda_runtime.h>
    __constant__ float taps[SIZE];
    __constant__ int shift = 3, unused[2] = {1, 2};
    __device__ int calls = 0;
    __global__ void f(const float4* x, float2* y, int* count) {
        float4 v = __ldg(x + threadIdx.x);
        y[threadIdx.x] = make_float2(v.x * taps[0] + v.w * taps[1] + shift, sqrtf(fabsf(v.y)));
        atomicAdd(&calls, 1);
        __syncthreads();
        *count = max(calls, min(2, 3));
    }"""
    x = np.random.default_rng(1).standard_normal((40, 4), np.float32)
    y, count = np.zeros((40, 2), np.float32), np.zeros(1, np.int32)
    taps = np.array([2, 4], np.float32)
    clean(source, "f", (1,), (40,), x, y, count, constants={"SIZE": "2", "taps": taps})
    np.testing.assert_array_equal(y[:, 0], x[:, 0] * 2 + x[:, 3] * 4 + 3)
    np.testing.assert_allclose(y[:, 1], np.sqrt(np.abs(x[:, 1])), rtol=1e-6)
    assert count[0] == 40


def test_an_array_larger_than_its_constant_is_refused():
    source = "__constant__ float w[3]; __global__ void f(float* y) { y[0] = w[2]; }"
    y = np.zeros(1, np.float32)
    for traced in (False, True):
        with pytest.raises(LaunchError, match=r"w: .*20 bytes .*of 12 bytes"):
            launch(
                source, "f", (1, 1, 1), (1, 1, 1), (y,), traced=traced,
                constants={"w": np.ones(5, np.float32)},
            )  # fmt: skip
    clean(source, "f", (1,), (1,), y, constants={"w": np.ones(3, np.float32)})
    assert y[0] == 1


def test_arrays_may_overlap_and_constants_stay():
    x = np.arange(9, dtype=np.int32)
    source = "__global__ void f(const int* a, int* b) { b[5] = a[6] + 1; b[0] = a[7]; }"
    clean(source, "f", (1,), (1,), x[:8], x[2:])
    assert list(x) == [0, 1, 7, 3, 4, 5, 6, 7, 8]
    fixed = np.ones(3, np.float32)
    fixed.flags.writeable = False
    y = np.zeros(3, np.float32)
    clean(SAXPY, "saxpy", (1,), (3,), np.int32(3), np.float32(5), fixed, y)
    assert (y == 5).all()


def test_two_workers_do_as_one():
    x = np.random.default_rng(0).random(200_003, np.float32)
    results = []
    for workers in (1, 2, 3):
        y = np.ones_like(x)
        size = np.int32(x.size)
        clean(SAXPY, "saxpy", (782,), (256,), size, np.float32(3), x, y, workers=workers)
        results.append(y)
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])


def test_blocks_that_wait_for_each_other():
    """A lock; a flag that a later block raises; a barrier of the whole grid."""
    lock = """__global__ void count(int* lock, int* n) {
        while (atomicCAS(lock, 0, 1)) {}
        *n += 1;
        __threadfence();
        atomicExch(lock, 0);
    }"""
    n = np.zeros(1, np.int32)
    clean(lock, "count", (5,), (100,), np.zeros(1, np.int32), n, workers=2)
    assert n[0] == 500
    chain = """__global__ void chain(volatile int* flag) {
        if (threadIdx.x) return;
        while (blockIdx.x + 1 < gridDim.x && !flag[blockIdx.x + 1]) {}
        flag[blockIdx.x] = 1 + flag[blockIdx.x + 1];
    }"""
    flags = np.zeros(9, np.int32)
    clean(chain, "chain", (8,), (40,), flags)
    assert list(flags) == [8, 7, 6, 5, 4, 3, 2, 1, 0]
    everyone = """__global__ void meet(int* arrived, int* seen) {
        __syncthreads();
        if (threadIdx.x == 0) {
            atomicAdd(arrived, 1);
            while (atomicAdd(arrived, 0) < gridDim.x) {}
        }
        __syncthreads();
        seen[blockIdx.x * blockDim.x + threadIdx.x] = *arrived;
    }"""
    seen = np.zeros(640, np.int32)
    clean(everyone, "meet", (20,), (32,), np.zeros(1, np.int32), seen, workers=2)
    assert (seen == 20).all()


def test_kernels_print():
    source = r"""__global__ void talk(float x) {
        printf("block %d thread %d says %.2f %s\n", blockIdx.x, threadIdx.x, x, "100%");
    }"""
    trace = clean(source, "talk", (2,), (2,), np.float32(1.25))
    expected = [f"block {b} thread {t} says 1.25 100%" for b in (0, 1) for t in (0, 1)]
    assert trace.printed.splitlines() == expected


def test_prints_have_their_limit():
    source = r"""__global__ void chatter(int x) {
        for (int i = 0; i < 20; i++) printf("%1000d\n", x + i);
    }"""
    printed = clean(source, "chatter", (1,), (64,), 5).printed
    assert printed.startswith(" " * 999 + "5\n") and len(printed) < 1.1 * 2**20
    assert printed.endswith("bytes more, for which there is no room\n")
