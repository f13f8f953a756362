"""What the traced build counts equals counts made by hand (tests/gpu/counted.py)."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent / "gpu"))
from counted import CASES


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


def test_there_are_at_least_thirty_cases():
    assert len(CASES) >= 30
