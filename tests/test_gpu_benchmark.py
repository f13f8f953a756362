"""The peers that the emulated GPU is raced against compute what it computes."""

import importlib.util

import numpy as np
import pytest

from benchmarks import emulator
from benchmarks.emulator import convolution, matmul, simulate
from benchmarks.peers.plain import compile_tiles
from dlcourse.gpu.rungs import correlate

CASES = [convolution, matmul]


def expected(case):
    left, right = case.args[:2]
    if case.name == "matmul":
        return left @ right
    rows = [[correlate(row, taps) for row in left] for taps in right]  # (5, H, W)
    padded = np.pad(rows, ((0, 0), (2, 2), (0, 0)))
    return sum(padded[r, r : r + len(left)] for r in range(5))


@pytest.mark.parametrize("make", CASES)
def test_the_emulator_and_plain_cpp_equal_numpy(make, tmp_path):
    case = make()
    case.emulate()
    np.testing.assert_array_equal(case.args[2], expected(case))
    case.args[2][:] = 0
    compile_tiles(tmp_path)(case.name, case.args)
    np.testing.assert_array_equal(case.args[2], expected(case))


@pytest.mark.skipif(not importlib.util.find_spec("numba"), reason="numba: extra benchmarks")
@pytest.mark.parametrize("make", CASES)
def test_numbas_simulator_agrees(make, monkeypatch):
    """`simulate` raises where it does not; it runs one block of the grid."""
    monkeypatch.setattr(emulator, "BLOCKS", {"convolution": 1, "matmul": 1})
    case = make()
    case.emulate()
    assert simulate(case, quick=True) > 1
