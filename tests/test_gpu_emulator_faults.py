"""What becomes of kernels that go wrong: a sentence with thread, block and line, and no harm."""

import time

import numpy as np
import pytest

from dlcourse.gpu.arguments import LaunchError
from dlcourse.gpu.emulator.process import process
from tests.emulated import REVERSE, SAXPY, SUM, clean, only, plain


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


@pytest.mark.parametrize("waiting", ["__syncthreads()", "__syncwarp()", "v = expf(v)"])
def test_an_endless_loop_is_stopped_wherever_it_is(waiting):
    body = f"float v = x[0];\nwhile (x[0] == 0) {{\n  {waiting};\n}}\nx[1] = v;"
    finding = only(body, np.zeros(3, np.int32), time_limit=0.1)
    assert finding.kind == "timeout" and finding.line in (3, 4)


def test_a_grid_that_takes_too_long():
    source = "__global__ void f(float* x) { for (int i = 0; i < 999; i++) x[0] = sinf(x[0]); }"
    trace = plain(source, "f", (2**20,), (256,), np.ones(1, np.float32), time_limit=0.1)
    assert {f.kind for f in trace.findings} == {"timeout"}


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
