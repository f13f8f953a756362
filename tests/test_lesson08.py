"""The numbers of lesson 08 that no other test holds: exchanges, batches, the log of transfers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.cluster.collectives.fit import least_relative_squares
from dlcourse.hardware.tables import rows
from dlcourse.parallel.batch_size import learn, scaled
from dlcourse.parallel.compression import EightBit, OneBit, traffic
from dlcourse.parallel.programs.trials import clocked_exchange
from dlcourse.plan.exchange_times import COUNTS, arrays_through_a_card, exchange_seconds

CARD = 40 * 2**30 / 8


pytestmark = pytest.mark.usefixtures("one_thread")


def test_the_posts_four_times():
    assert abs(4e6 / CARD - 0.75e-3) < 0.01e-3
    counts = [arrays_through_a_card("naive", nodes, 3) for nodes in (2, 4)]
    assert [0.75 * count for count in counts] == [6.75, 20.25]


@pytest.mark.parametrize("way", ["naive", "server", "ring"])
@pytest.mark.parametrize(("nodes", "gpus"), [(2, 1), (2, 3), (3, 2), (4, 3)])
def test_the_virtual_cluster_agrees(way, nodes, gpus):
    formula = exchange_seconds(way, nodes, gpus, 4e6, 4e9)
    clock = clocked_exchange(way, nodes, gpus, 4e6)
    assert formula <= clock <= 1.15 * formula


@given(st.sampled_from(sorted(COUNTS)), st.integers(2, 50), st.integers(1, 16))
def test_rings_never_send_more_than_two_arrays(way, nodes, gpus):
    count = arrays_through_a_card(way, nodes, gpus)
    best = arrays_through_a_card("hierarchical", nodes, gpus)
    assert best <= count or (way, nodes, gpus) == ("naive", nodes, 1)
    if way in ("ring", "hierarchical"):
        assert 1 <= count < 2


@given(st.sampled_from(sorted(COUNTS)), st.integers(1, 16))
def test_one_computer_needs_no_card(way, gpus):
    assert arrays_through_a_card(way, 1, gpus) == 0


def test_bad_counts_are_named():
    with pytest.raises(ValueError, match="nodes=0, gpus=3: there is at least one of each"):
        arrays_through_a_card("ring", 0, 3)
    with pytest.raises(ValueError, match="star"):
        arrays_through_a_card("star", 2, 3)
    with pytest.raises(ValueError, match="size=2000: there are 1437 digits"):
        learn(2000, 0.1)


def test_larger_batches_take_fewer_steps_if_the_rate_grows():
    few, many = (learn(size, scaled(size), accuracy=0.7) for size in (32, 128))
    same = learn(128, scaled(32), accuracy=0.7)
    assert few.arrived and many.arrived and same.arrived
    assert many.steps < 0.6 * few.steps and same.steps > 1.3 * many.steps
    assert few.samples == 32 * len(few.losses)


def test_training_ends_at_the_limit_and_warm_up_begins_slowly():
    cold, warm = (learn(256, 0.02, warm_up, accuracy=1.01, most=2048) for warm_up in (0, 8))
    assert (cold.steps, cold.arrived, cold.samples) == (8, False, 2048)
    assert cold.losses[0] == warm.losses[0] and cold.losses[-1] < warm.losses[-1]


def test_codes_pay_below_64_over_bits_ranks():
    layer = [(4096, 4096)]
    for code, limit in ((EightBit(), 8), (OneBit(), 64)):
        for ranks in (limit // 2, limit * 2):
            ring = 2 * (ranks - 1) / ranks * 4 * 4096**2
            assert (traffic(code, layer, ranks) < ring) == (ranks < limit)


def test_the_log_of_transfers():
    log = rows("eight_bit_transfers")
    numbers = np.array([row["numbers"] for row in log])
    took = {bits: np.array([row[f"seconds_{bits}bit"] for row in log]) for bits in (32, 8, 1)}
    assert np.all((took[8] < took[1])[numbers < 200_000])
    assert np.all((took[8] > took[1])[numbers > 300_000])
    fits = {
        bits: least_relative_squares([np.ones(len(numbers)), numbers], took[bits]) for bits in took
    }
    wire = fits[32][1]
    assert 1 / wire == pytest.approx(5.25 * 2**30 / 4, rel=0.02)  # 5.2 GiB/s
    codes = fits[8][1] - wire / 4
    assert codes == pytest.approx((2.729e-3 + 1.335e-3) / 5120**2, rel=0.1)  # not 1.5 ns
