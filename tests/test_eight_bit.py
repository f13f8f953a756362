"""The 8-bit paper's speed-ups follow from its tables of times."""

import pytest

from dlcourse.hardware.tables import rows
from dlcourse.plan.eight_bit import (
    FC_PENALTY,
    cluster_speedup,
    dense_seconds,
    four_gpu_speedup,
    speedups_matched,
)

PRINTED = rows("eight_bit_speedups")


@pytest.mark.parametrize(
    ("bits", "kernels", "printed"),
    [(32, "fast", 3.53), (8, "fast", 3.67), (32, "older", 3.71), (8, "older", 3.80)],
)
def test_four_gpus(bits, kernels, printed):
    assert round(four_gpu_speedup(bits, kernels), 2) == printed


def test_the_slip_in_the_printed_penalty_changes_nothing(monkeypatch):
    monkeypatch.setitem(FC_PENALTY, 32, 7.01e-3)
    assert round(four_gpu_speedup(32), 2) == 3.53


@pytest.mark.parametrize(
    "row", PRINTED, ids=lambda r: f"{r['sub_batch']}-{r['kernels']}-{r['bits']}"
)
def test_96_gpus(row):
    ours = cluster_speedup(row["sub_batch"], row["bits"], row["kernels"])
    if row["speedup"] == 1.3:  # two digits
        assert round(ours, 1) == 1.3
    else:
        assert ours == pytest.approx(row["speedup"], rel=0.01)


def test_all_24_match_and_few_would_if_messages_never_hid(monkeypatch):
    assert speedups_matched() == (24, 24)
    monkeypatch.setattr("dlcourse.plan.eight_bit.HIDDEN", 0)
    assert speedups_matched()[0] < 12


def test_waits_of_a_pass_are_those_printed_beside_them():
    for row in rows("eight_bit_cluster"):
        for bits in (32, 8):
            sync = row[f"sync_seconds_{bits}bit"]
            waits = 31 * (sync - 1.3e-3) if sync > 1.3e-3 else sync
            assert waits == pytest.approx(row[f"pass_sync_seconds_{bits}bit"], rel=0.01)


def test_dense_layers_are_a_sixteenth_of_the_step():
    assert dense_seconds() == pytest.approx(6.5e-3)
    assert dense_seconds(parallel=True) == pytest.approx(3.34e-3)


def test_an_unknown_sub_batch_is_named():
    with pytest.raises(ValueError, match="sub_batch=100: the paper measured 128, 256"):
        cluster_speedup(100, 8)
