"""The traced build finds every planted bug, with its place, and accuses no correct kernel.

The kernels lie in tests/gpu/planted and tests/gpu/correct, each with its launch in its first lines.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from dlcourse.gpu.emulator.launch import launch

sys.path.insert(0, str(Path(__file__).parent / "gpu"))
import corpus

PLANTED, CORRECT = corpus.planted(), corpus.correct()
KINDS = {
    *("out of bounds", "wild pointer", "misaligned", "race", "uninitialised", "inactive lane"),
    *("lane not in mask", "barrier divergence", "deadlock", "timeout", "assertion", "crash"),
}


@pytest.fixture(scope="module")
def findings():
    """Gives the findings of a kernel of the corpus; all are compiled first, side by side."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda case: case.build(), PLANTED + CORRECT))
    known = {}

    def look_up(case):
        if case.name not in known:
            known[case.name] = case.run().findings
        return known[case.name]

    return look_up


@pytest.mark.parametrize("case", PLANTED, ids=lambda case: case.name)
def test_a_planted_bug_is_found_with_kind_thread_block_and_line(case, findings):
    found = findings(case)
    assert case.bug.is_found(found), [f.message for f in found] or "no findings"


@pytest.mark.parametrize("case", CORRECT, ids=lambda case: case.name)
def test_a_correct_kernel_is_not_accused(case, findings):
    assert not findings(case)


@pytest.mark.parametrize("case", PLANTED, ids=lambda case: case.name)
def test_a_finding_is_a_sentence_with_its_place(case, findings):
    for finding in findings(case):
        assert finding.message.startswith(f"{finding.kind}: ")
        assert "block (" in finding.message
        if finding.line:
            assert finding.text == case.source.splitlines()[finding.line - 1].strip()
            assert f"line {finding.line}" in finding.message


def test_the_corpus_is_large_and_covers_every_kind():
    assert len(PLANTED) >= 40 and len(CORRECT) >= 40
    assert {case.bug.kind for case in PLANTED} == KINDS


def messages(source, entry, block, *args, grid=1):
    found = launch(source, entry, (grid, 1, 1), (block, 1, 1), list(args)).findings
    return [f.message for f in found]


def test_an_access_out_of_bounds_says_how_far():
    source = "__global__ void f(float* x) {\n  x[threadIdx.x + 3] = 1;\n}"
    assert messages(source, "f", 32, np.zeros(32, np.float32)) == [
        "out of bounds: write of x[32]: `x` has 32 elements; 1 past its end. "
        "thread (29,0,0) of block (0,0,0), line 2: `x[threadIdx.x + 3] = 1;`"
    ]


def test_a_race_names_both_sides():
    source = (
        "__global__ void f(int* x) {\n"
        "  __shared__ int s[64];\n"
        "  s[threadIdx.x] = threadIdx.x;\n"
        "  x[threadIdx.x] = s[threadIdx.x / 2];\n"
        "}"
    )
    (message,) = messages(source, "f", 64, np.zeros(64, np.int32))
    assert message == (
        "race: shared s[0] was written by thread (0,0,0) of block (0,0,0) in line 3, "
        "`s[threadIdx.x] = threadIdx.x;`, and is read, with no __syncwarp() or __syncthreads() "
        "in between, by thread (1,0,0) of block (0,0,0), line 4: "
        "`x[threadIdx.x] = s[threadIdx.x / 2];`"
    )


def test_many_threads_with_one_mistake_make_one_finding():
    source = "__global__ void f(int* x) { x[threadIdx.x + 64] = 1; }"
    assert len(messages(source, "f", 64, np.zeros(64, np.int32), grid=4)) == 1


def test_after_a_finding_the_next_launch_is_clean():
    source = "__global__ void f(int* x, int n) { x[n + threadIdx.x] = 1; }"
    x = np.zeros(64, np.int32)
    assert messages(source, "f", 64, x, np.int32(1))
    assert messages(source, "f", 64, x, np.int32(1 << 30))
    assert not messages(source, "f", 64, x, np.int32(0))
    assert x.all()
