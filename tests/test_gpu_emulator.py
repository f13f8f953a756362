"""The emulated GPU's plain build: kernels against NumPy, and what becomes of wrong ones."""

import os
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.gpu.arguments import LaunchError
from dlcourse.gpu.emulator import build as building
from dlcourse.gpu.emulator.build import build
from dlcourse.gpu.emulator.compiler import Compiler, find, ziglang
from dlcourse.gpu.emulator.launch import launch
from dlcourse.gpu.emulator.process import process
from dlcourse.gpu.emulator.rewrite import rewritten
from dlcourse.gpu.errors import CompileError
from dlcourse.gpu.source import masked

SAXPY = """
extern "C" __global__ void saxpy(int n, float a, const float* x, float* __restrict__ y) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = a * x[i] + y[i];
}"""
REVERSE = """
__global__ void reverse(int* x) {
    extern __shared__ int copy[];
    int i = threadIdx.x, n = blockDim.x;
    copy[i] = x[i];
    __syncthreads();
    x[i] = copy[n - 1 - i];
}"""
SUM = """
__global__ void sum(const float* x, float* out, int n) {
    __shared__ float parts[32];
    float v = 0;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
        v += x[i];
    for (int o = 16; o; o /= 2) v += __shfl_down_sync(0xffffffff, v, o);
    if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = v;
    __syncthreads();
    if (threadIdx.x >= 32) return;
    v = threadIdx.x < (blockDim.x + 31) / 32 ? parts[threadIdx.x] : 0;
    for (int o = 16; o; o /= 2) v += __shfl_xor_sync(__activemask(), v, o);
    if (threadIdx.x == 0) atomicAdd(out, v);
}"""
PRODUCT = """
template <typename T, int N>
__global__ void product(const T* a, const T* b, T* c, int m, int k, int n) {
    __shared__ T as[N][N], bs[N][N + 1];
    int x = threadIdx.x, y = threadIdx.y, column = blockIdx.x * N + x, row = blockIdx.y * N + y;
    T sum = 0;
    for (int t = 0; t < k; t += N) {
        as[y][x] = row < m && t + x < k ? a[row * k + t + x] : T(0);
        bs[y][x] = t + y < k && column < n ? b[(t + y) * n + column] : T(0);
        __syncthreads();
        for (int i = 0; i < N; i++) sum += as[y][i] * bs[i][x];
        __syncthreads();
    }
    if (row < m && column < n) c[row * n + column] = sum;
}"""


def plain(source, name, grid, block, *args, **options):
    grid, block = ((*extent, 1, 1)[:3] for extent in (grid, block))
    return launch(source, name, grid, block, args, traced=False, **options)


def clean(*args, **options):
    trace = plain(*args, **options)
    assert trace.findings == ()
    return trace


def only(body, *args, block=(32,), parameters="int* x", **options):
    """The one finding of a kernel that is wrong."""
    source = f"__global__ void wrong({parameters}) {{\n{body}\n}}"
    (finding,) = plain(source, "wrong", (2,), block, *args, **options).findings
    return finding


# --- right results -----------------------------------------------------------------------------


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


# --- what goes wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 7, 40, 64, 4096, 16384])
def test_runs_past_the_end_are_caught(n):
    for beyond in (0, 1, 1000):
        x = np.zeros(n, np.int32)
        trace = plain(
            "__global__ void f(int* x, int i) { x[i] = 1; }",
            "f",
            (1,),
            (1,),
            x,
            np.int32(n + beyond),
        )
        (finding,) = trace.findings
        assert finding.kind == "out of bounds" and not x.any()
        words = f"x[{n + beyond}]: `x` has {n} elements; {beyond + 1} past its end"
        assert words in finding.message


def test_writes_before_the_begin_are_caught():
    (finding,) = plain(
        "__global__ void f(float* early) { early[-2] = 1; }", "f", (1,), (1,), np.ones(9, "f4")
    ).findings
    assert "early[-2]: `early` has 9 elements; 2 before its begin" in finding.message


def test_an_index_that_wraps_around_is_called_so():
    finding = only("x[threadIdx.x - 3] = 1;", np.zeros(64, np.int32))
    assert finding.kind == "out of bounds" and finding.thread == (0, 0, 0)
    assert "x[4294967293]: an unsigned index below zero, -3" in finding.message


def test_a_crash_names_thread_block_and_line():
    finding = only(
        "int i = threadIdx.x;\nif (i == 5 && blockIdx.x) *(int*)8 = 1;", np.zeros(3, "i4")
    )
    assert (finding.kind, finding.line) == ("crash", 3)
    assert finding.thread == (5, 0, 0) and finding.block == (1, 0, 0)
    assert "if (i == 5 && blockIdx.x)" in finding.text and "0x8" in finding.message


def test_a_division_by_zero_is_no_end_of_the_world():
    finding = only("x[1] = 7 / x[0];", np.zeros(3, np.int32))
    if finding.kind == "crash":  # arm64 divides
        assert "divided by zero" in finding.message and finding.line == 2


def test_endless_recursion_is_a_stack_overflow():
    source = """__device__ int deep(volatile int* x, int n) {
        volatile int much[64];
        much[n % 64] = x[0];
        return deep(x, n + 1) + much[3];
    }
    __global__ void f(int* x) { x[0] = deep(x, 0); }"""
    (finding,) = plain(source, "f", (1,), (1,), np.zeros(3, np.int32)).findings
    assert finding.kind == "stack overflow" and 1 <= finding.line <= 4


def test_an_endless_loop_ends_with_its_line():
    body = "volatile int* v = x;\nif (threadIdx.x == 3)\n  while (v[0] == 0)\n    v[1] += 2;"
    began = time.perf_counter()
    finding = only(body, np.zeros(3, np.int32), time_limit=0.2)
    assert finding.kind == "timeout" and finding.line in (4, 5)
    assert finding.thread == (3, 0, 0) and "0.2 s" in finding.message
    assert time.perf_counter() - began < 5


def test_an_empty_endless_loop_is_not_optimised_away():
    finding = only("while (true) {}", np.zeros(3, np.int32), time_limit=0.1)
    assert finding.kind == "timeout" and finding.line in (1, 2)  # GCC blames the brace


def test_a_barrier_that_some_never_reach():
    missed = only("if (threadIdx.x < 8)\n  __syncthreads();", np.zeros(3, np.int32))
    assert (missed.kind, missed.line) == ("barrier divergence", 3)
    assert "8 threads" in missed.message and "24 have already returned" in missed.message
    apart = only(
        "if (threadIdx.x < 8)\n  __syncthreads();\nelse\n  __syncthreads();", np.zeros(3, np.int32)
    )
    assert "8 threads wait at __syncthreads() in line 3" in apart.message
    assert "24 wait in line 5" in apart.message


def test_a_deadlock_says_who_waits_where():
    body = "if (threadIdx.x < 4)\n  x[0] = __shfl_sync(~0u, 1, 2);\n__syncthreads();"
    deadlock = only(body, np.zeros(3, np.int32))
    assert deadlock.kind == "deadlock"
    assert "4 wait at a warp operation (mask 0xffffffff) in line 3" in deadlock.message
    assert "28 wait at __syncthreads() in line 4" in deadlock.message


def test_a_lane_that_is_not_in_its_mask():
    finding = only("x[0] = __shfl_sync(1u << threadIdx.x % 31, 1, 0);", np.zeros(3, np.int32))
    assert finding.kind == "lane not in mask" and finding.thread == (31, 0, 0)


def test_assertions_and_traps():
    failed = only("assert(threadIdx.x < 9);", np.zeros(3, np.int32))
    assert failed.kind == "assertion" and failed.thread == (9, 0, 0) and failed.line == 2
    assert only("if (threadIdx.x == 2) __trap();", np.zeros(3, np.int32)).kind == "trap"


def test_writes_past_a_shared_variable_are_caught():
    body = "__shared__ int s[10];\ns[threadIdx.x] = 1;\n__syncthreads();\nx[0] = s[0];"
    finding = only(body, np.zeros(3, np.int32), block=(12,))
    assert "past the end of s, at element 10 of 10" in finding.message


def test_right_kernels_are_not_accused():
    clean(
        "__global__ void f(int n) { if (threadIdx.x >= n) return; __syncwarp(); }",
        "f",
        (1,),
        (40,),
        np.int32(9),
    )
    x, out = np.ones(1000, np.float32), np.zeros(1, np.float32)
    clean(SUM, "sum", (3,), (96,), x, out, np.int32(1000))
    assert out[0] == 1000


def test_uninitialised_shared_memory_is_nan():
    source = """__global__ void f(float* x) {
        __shared__ float s[4];
        x[threadIdx.x] = s[threadIdx.x];
        s[threadIdx.x] = 1;
    }"""
    x = np.zeros(4, np.float32)
    clean(source, "f", (3,), (4,), x)
    assert np.isnan(x).all()


def test_the_next_kernel_runs_after_a_crash_and_a_timeout():
    only("*(int*)8 = 1;", np.zeros(3, np.int32))
    x = np.arange(5, dtype=np.int32)
    clean(REVERSE, "reverse", (1,), (5,), x, shared_mem=20)
    assert list(x) == [4, 3, 2, 1, 0]
    process().child.kill()
    process().child.wait()
    clean(REVERSE, "reverse", (1,), (5,), x, shared_mem=20)
    assert list(x) == [0, 1, 2, 3, 4]


def test_arrays_larger_than_the_arena():
    x = np.zeros(90_000_000, np.int8)
    clean(
        "__global__ void f(char* x, int n) { x[n - 1] = 3; }", "f", (1,), (1,), x, np.int32(x.size)
    )
    assert x[-1] == 3 and not x[:-1].any()


def test_launches_that_cannot_be():
    with pytest.raises(LaunchError, match="takes n, a, x, y: it was given 1"):
        plain(SAXPY, "saxpy", (1,), (1,), np.int32(1))
    with pytest.raises(LaunchError, match=r"block=\(2048, 1, 1\)"):
        plain(SAXPY, "saxpy", (1,), (2048,), np.int32(1))


# --- compiling ---------------------------------------------------------------------------------


def test_a_compile_error_has_the_students_line():
    source = "__global__ void f(int* x) {\n  __shared__ int s[3];\n  x[0] = y;\n}"
    with pytest.raises(CompileError, match=r"mine\.cu:3:\d+: error: .*y"):
        plain(source, "f", (1,), (1,), np.zeros(1, np.int32), filename="mine.cu")
    with pytest.raises(CompileError, match=r"kernel\.cu:1: error: .*no initial value"):
        plain("__global__ void f() { __shared__ int s = 1; }", "f", (1,), (1,))


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(building, "cache_folder", lambda: tmp_path)
    return tmp_path


def test_a_kernel_is_compiled_once(cache, monkeypatch):
    first = build(SAXPY, "saxpy")
    calls = []
    monkeypatch.setattr(Compiler, "run", lambda *a, **k: calls.append(a))
    began = time.perf_counter()
    assert build(SAXPY, "saxpy") == first and not calls
    assert time.perf_counter() - began < 0.02
    build.__globals__["os"].remove(first.path)
    with pytest.raises(FileNotFoundError):
        build(SAXPY, "saxpy")
    assert calls


def test_constants_compiler_and_entry_are_part_of_the_key(cache, monkeypatch):
    made = []
    monkeypatch.setattr(building, "_compile", lambda work, path, *rest: made.append(path))
    other = Compiler(("c++",), False, "2")
    build(SAXPY, "saxpy")
    build(SAXPY, "saxpy", (("N", "1"),))
    build(SAXPY, "saxpy", compiler=other)
    build(SAXPY + " ", "saxpy")
    build(SAXPY, "saxpy", filename="other.cu")
    assert len(set(made)) == 5


def test_cxx_is_asked_first(monkeypatch):
    monkeypatch.setenv("CXX", "g++ -pipe")
    assert find().command[1:] == ("-pipe",)
    monkeypatch.delenv("CXX")
    monkeypatch.setenv("PATH", os.devnull)
    assert find() == ziglang()


def test_zig_compiles_the_same():
    pytest.importorskip("ziglang")
    library = build(SUM, "sum", compiler=ziglang())
    assert os.path.getsize(library.path) > 1000


def test_zigs_kernels_run(monkeypatch):
    pytest.importorskip("ziglang")
    monkeypatch.setattr("dlcourse.gpu.emulator.build.find", ziglang)
    x, out = np.ones(1000, np.float32), np.zeros(1, np.float32)
    clean(SUM, "sum", (3,), (96,), x, out, np.int32(1000))
    assert out[0] == 1000
    finding = only("assert(threadIdx.x < 9);", np.zeros(3, np.int32))
    assert finding.line == 2
    assert only("while (true) {}", np.zeros(3, np.int32), time_limit=0.1).line in (1, 2)
    assert only("\nx[1] = x[9999];", np.zeros(3, np.int32)).line == 3


# --- rewriting ---------------------------------------------------------------------------------


@given(st.text(alphabet="ab/*\"'\\\n {};", max_size=40))
def test_masking_keeps_length_and_lines(text):
    mask = masked(text)
    assert len(mask) == len(text)
    assert [i for i, c in enumerate(mask) if c == "\n"] == [
        i for i, c in enumerate(text) if c == "\n"
    ]


@pytest.mark.parametrize(
    ("declaration", "parts"),
    [
        ("__shared__ float a[4][5], b;", ["typedef float emu_type_a[4][5];", "emu_type_b &b"]),
        ("volatile __shared__ int v[8];", ["typedef volatile int emu_type_v[8];"]),
        ("__shared__ T tile[N + 1];", ["typedef T emu_type_tile[N + 1];"]),
        ("extern __shared__ __align__(16) char raw[];", ["char *raw = (char *)"]),
        ("__shared__ Pair<int, 3> p[2];", ["typedef Pair<int, 3> emu_type_p[2];"]),
        ("__shared__ float\n  far[3];", ["typedef float emu_type_far[3];"]),
        ("__shared__ float *p[3];", ["typedef float *emu_type_p[3];"]),
    ],
)
def test_shared_declarations(declaration, parts):
    new = rewritten("void f() { " + declaration + " }")
    assert all(part in new for part in parts)
    assert new.count("\n") == declaration.count("\n")
