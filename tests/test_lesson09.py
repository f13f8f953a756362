"""What lesson 09 adds to the library: mixed layouts, sub-batches, and the author's measurements."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.cluster.collectives.traffic import link_bytes
from dlcourse.cluster.group import Group
from dlcourse.cluster.run import run
from dlcourse.cluster.topology import star
from dlcourse.draw.cuts import CUTS, PRODUCTS, becomes, show_cuts
from dlcourse.hardware.tables import rows
from dlcourse.parallel.checkpoint import resume, save
from dlcourse.parallel.data import batch, images
from dlcourse.parallel.mixed import DataThenModel, mixed_traffic
from dlcourse.parallel.models import convnet
from dlcourse.parallel.parity import parity
from dlcourse.parallel.train import train_one
from dlcourse.plan.sub_batches import best_parts, step_seconds

TOLERANCE = {"float64": 1e-10, "float32": 1e-5}


pytestmark = pytest.mark.usefixtures("one_thread")


def train_mixed(world, data, size, steps, dtype="float64", update="sgd"):
    torch.set_num_threads(1)
    chosen = DataThenModel(world, convnet(dtype, width=3), update)
    losses = [chosen.step(*batch(data, step, size)) for step in range(steps)]
    return losses, {name: kept["value"] for name, kept in chosen.tensors().items()}


def check(ranks, size, steps, dtype="float64", update="sgd", on="ideal"):
    data, one = images(32, dtype), convnet(dtype, width=3)
    wanted = train_one(one, data, steps, size, update)
    args = (data, size, steps, dtype, update)
    for losses, found in run(train_mixed, ranks, on, args=args).results:
        assert losses == pytest.approx(wanted, abs=TOLERANCE[dtype])
        for name, value in one.named_parameters():
            assert (found[name] - value).abs().max() <= TOLERANCE[dtype]


@pytest.mark.parametrize(("dtype", "update"), [("float64", "adam"), ("float32", "sgd")])
def test_ten_steps_of_the_mixed_layout_end_where_one_device_ends(dtype, update):
    check(3, 7, 10, dtype, update)


def test_the_mixed_layout_on_processes():
    check(2, 7, 10, on="processes")


@settings(max_examples=10)
@given(st.integers(1, 5), st.integers(1, 9))
def test_any_batch_on_any_ranks_gives_the_same(ranks, size):
    check(ranks, size, 2)  # also fewer rows than ranks


def test_another_strategy_goes_on_from_its_checkpoint(tmp_path):
    data = images(32)

    def first(world):
        chosen = DataThenModel(world, convnet(width=3), "adam")
        for step in range(2):
            chosen.step(*batch(data, step, 8))
        save(world, chosen, tmp_path, 2)

    def then(world):
        chosen = DataThenModel(world, convnet(width=3, seed=1), "adam")
        begun = resume(chosen, tmp_path)
        return [chosen.step(*batch(data, step, 8)) for step in range(begun, 4)]

    run(first, 2)
    wanted = train_one(convnet(width=3), data, 4, 8, "adam")[2:]
    assert run(then, 3).results[2] == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(("ranks", "size"), [(2, 8), (3, 7), (4, 6)])
def test_a_mixed_step_sends_what_the_formula_says(ranks, size):
    data = images(32)

    def program(world):
        DataThenModel(world, convnet()).step(*batch(data, 0, size))

    found = run(program, ranks).trace.link_bytes
    assert found == link_bytes(mixed_traffic(convnet(), size, 8, ranks), star(ranks))


def sub_batches(world, parts, compute, numbers):
    """Two ranks that swap their halves of a product, sub-batch by sub-batch."""
    mine, theirs = np.zeros((parts, numbers // parts)), np.empty((parts, numbers // parts))
    moving = []
    for k in range(parts):
        world.compute(seconds=compute / parts)
        moving += [world.isend(mine[k], 1 - world.rank), world.irecv(theirs[k], 1 - world.rank)]
    world.wait(*moving)


@settings(max_examples=20)
@given(st.integers(1, 12), st.floats(0.1e-3, 5e-3))
def test_sub_batches_take_as_long_as_the_formula_says(parts, compute):
    numbers = 12 * 27720  # which 1 to 12 divide
    seconds = run(sub_batches, 2, args=(parts, compute, numbers)).seconds
    wanted = step_seconds(parts, compute, 8 * numbers / 10e9, latency=1e-6)
    assert seconds == pytest.approx(wanted, rel=1e-6)


def test_sub_batches_never_beat_the_longer_of_the_two():
    for parts in (1, 3, 64):
        assert step_seconds(parts, 3.0, 5.0) > 5.0
    assert step_seconds(10**6, 3.0, 5.0) == pytest.approx(5.0, rel=1e-5)
    with pytest.raises(ValueError, match="parts=0"):
        step_seconds(0, 1.0, 1.0)


def test_the_best_number_of_sub_batches_grows_as_the_overhead_shrinks():
    found = [best_parts(8.0, 8.0, overhead=overhead) for overhead in (8.0, 0.5, 0.125, 0.02)]
    assert found == sorted(found) and found[0] == 1 and found[-1] > 10


def test_the_authors_model_parallelism_wins_in_8_bits_only():
    gain = {
        bits: [row["one_gpu_seconds"] / row[f"parallel_{bits}bit_seconds"] for row in table]
        for table in [rows("model_parallel_2015")]
        for bits in (32, 8)
    }
    assert max(gain[32]) < 0.9
    assert [g > 1 for g in gain[8]] == [False, False, True, True, True]


def combined(parts, verdict, result, cut):
    """Make one array of the ranks' results as a picture of cuts says."""
    if verdict == "add":
        return sum(parts)
    return np.concatenate(parts, result.find(cut))


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("product", PRODUCTS)
def test_what_the_picture_of_cuts_says_gives_the_whole_product(product, cut):
    (_, left), (_, right), (_, result) = PRODUCTS[product]
    sizes, rng = {"b": 4, "i": 6, "o": 5}, np.random.default_rng(0)
    factors = [(rng.normal(size=[sizes[a] for a in axes]), axes) for axes in (left, right)]
    whole = np.einsum(f"{left},{right}->{result}", *(array for array, _ in factors))

    def part(array, axes, rank):
        return np.array_split(array, 3, axes.find(cut))[rank] if cut in axes else array

    parts = [
        np.einsum(f"{left},{right}->{result}", *(part(*factor, rank) for factor in factors))
        for rank in range(3)
    ]
    found = combined(parts, becomes(product, cut), result, cut)
    assert found.shape == whole.shape and np.allclose(found, whole)
    assert (cut in result) == (becomes(product, cut) != "add")


def test_a_picture_of_cuts_refuses_more_ranks_than_columns():
    with pytest.raises(ValueError, match="ranks=4"):
        show_cuts(8, 8, 3, ranks=4)


def test_parity_notices_a_strategy_that_forgets_a_sum_or_a_parameter():
    class Forgetful(DataThenModel):
        def tensors(self):
            return {k: kept for k, kept in super().tensors().items() if k != "scores.bias"}

    def alone(world, net):  # every rank trains as if it were the only one
        return DataThenModel(Group(world, [world.rank]), net)

    data = images(16)
    assert parity(DataThenModel, convnet, data, 2) < 1e-12
    assert parity(alone, convnet, data, 2) < 1e-12  # all see all rows
    assert parity(alone, convnet, data, 2, rows=True) > 1e-3  # half of them
    with pytest.raises(ValueError, match=r"scores\.bias"):
        parity(Forgetful, convnet, data, 2)
