"""What the traced build counts equals counts made by hand (tests/gpu/counted_cases.py)."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.gpu.emulator.launch import launch

sys.path.insert(0, str(Path(__file__).parent / "gpu"))
from counted_cases import CASES


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """All kernels, compiled side by side."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda case: case.build(), CASES.values()))


def totals(trace):
    """Requests, lanes, cost and ideal cost by array and kind."""
    found = {}
    for a in trace.accesses:
        cost = a.sectors, a.ideal_sectors
        if a.space != "global":
            cost = a.wavefronts, a.ideal_wavefronts
        row = np.add(found.get((a.array, a.kind), 0), (a.requests, a.lanes, *cost))
        found[a.array, a.kind] = tuple(row.tolist())
    return found


@pytest.mark.parametrize("name", CASES)
def test_counts_equal_those_made_by_hand(name):
    case = CASES[name]
    trace = case.run()
    found = totals(trace)
    assert not trace.findings, trace.findings[0].message
    assert {key: found.get(key) for key in case.accesses} == case.accesses
    assert trace.flop == case.flop
    if case.share is not None:
        assert trace.lanes_run / trace.lanes_offered == pytest.approx(case.share)


DIVERGENT = """__global__ void walk(const int *a, const int *b, int *y, int *z, int *w) {
    int i = threadIdx.x;
    for (int j = 0; j < a[i]; j++) {
        if ((i + j) % 7 == 3) continue;
        if ((i + j) % 3 == 0) y[i] = j;
        else z[i] = j;
        for (int k = 0; k < b[(i + j) % 64]; k++) {
            if (k == i) break;
            w[64 * k + i] = k;
        }
    }
}"""


def walk_together(a, b, lanes):
    """What a warp's requests to y, z and w are if lanes that part meet again at once."""
    found = {name: [0, 0] for name in "yzw"}
    for j in range(max(a[i] for i in lanes)):
        going = [i for i in lanes if j < a[i] and (i + j) % 7 != 3]
        parts = {
            "y": [i for i in going if (i + j) % 3 == 0],
            "z": [i for i in going if (i + j) % 3],
        }
        steps = [[i for i in going if k < min(b[(i + j) % 64], i)] for k in range(max(b))]
        for name, part in [*parts.items(), *(("w", step) for step in steps)]:
            found[name][0] += bool(part)
            found[name][1] += len(part)
    return found


lengths = st.lists(st.integers(0, 6), min_size=64, max_size=64)


@given(lengths, lengths, st.integers(1, 64))
@settings(max_examples=25)
def test_lanes_that_part_meet_again_at_once(a, b, threads):
    args = [np.array(a, np.int32), np.array(b, np.int32)]
    args += [np.zeros(64, np.int32), np.zeros(64, np.int32), np.zeros(512, np.int32)]
    found = totals(launch(DIVERGENT, "walk", (1, 1, 1), (threads, 1, 1), args))
    by_hand = {name: np.zeros(2, int) for name in "yzw"}
    for first in range(0, threads, 32):
        warp = walk_together(a, b, range(first, min(first + 32, threads)))
        by_hand = {name: by_hand[name] + warp[name] for name in "yzw"}
    for name, row in by_hand.items():
        assert found.get((name, "store"), (0, 0))[:2] == tuple(row.tolist())


def test_dynamic_shared_memory_has_its_name():
    source = """__global__ void f(float *x) {
    extern __shared__ float s[];
    s[threadIdx.x] = 1;
    x[threadIdx.x] = s[threadIdx.x];
}"""
    args = [np.zeros(32, np.float32)]
    found = totals(launch(source, "f", (1, 1, 1), (32, 1, 1), args, shared_mem=128))
    assert found["s", "store"] == found["s", "load"] == (1, 32, 1, 1)


def test_a_sample_shows_the_addresses_of_one_warp():
    source = "__global__ void f(int *x) { if (threadIdx.x < 34) x[3 * threadIdx.x] = 1; }"
    trace = launch(source, "f", (1, 1, 1), (64, 1, 1), [np.zeros(128, np.int32)])
    (access,) = trace.accesses
    assert (access.line, access.requests, access.lanes) == (1, 2, 34)
    assert access.sample.warp == 0 and access.sample.addresses == tuple(range(0, 384, 12))


def test_lines_add_up_to_the_launch():
    trace = CASES["matmul, tiled"].run()
    assert sum(line.flop.get("float32", 0) for line in trace.lines) == trace.flop["float32"]
    assert sum(line.lanes_run for line in trace.lines) == trace.lanes_run
    assert sum(line.lanes_offered for line in trace.lines) == trace.lanes_offered
    assert trace.barriers == 1 and trace.shared_bytes == 8192


def test_there_are_at_least_thirty_cases():
    assert len(CASES) >= 30
