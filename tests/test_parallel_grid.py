"""Several strategies at once, on grids of ranks, end where one device ends."""

from itertools import product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.cluster.errors import RankError
from dlcourse.cluster.run import run
from dlcourse.parallel.data import images, sentences
from dlcourse.parallel.grid import Grid, Replicas
from dlcourse.parallel.models import convnet, transformer
from dlcourse.parallel.pipeline import Pipeline
from dlcourse.parallel.sequence import ContextParallel
from dlcourse.parallel.split_layers import joined
from dlcourse.parallel.tensor import TensorParallel, split_network
from dlcourse.parallel.train import train, train_one
from dlcourse.plan.schedules import one_f_one_b, zero_bubble

TOLERANCE = {"float64": 1e-10, "float32": 1e-5}
SIZES = {"vocabulary": 11, "length": 5, "width": 12, "heads": 3, "hidden": 14}
SCHEDULES = {"1F1B": one_f_one_b, "ZB-H1": zero_bubble}


pytestmark = pytest.mark.usefixtures("one_thread")


def network(text, dtype="float64", seed=0):
    return transformer(dtype, seed, **SIZES) if text else convnet(dtype, seed, width=3)


def data(text, dtype="float64"):
    return sentences(32, SIZES["length"], SIZES["vocabulary"]) if text else images(32, dtype)


def split_both_ways(grid, text, dtype, how):
    """Data x tensor, tokens between layers whole or split, or data x context."""
    whole = network(text, dtype, seed=grid.place["data"])  # Replicas makes them rank 0's
    if how == "context":
        return ContextParallel(grid.along("inner"), whole)
    return TensorParallel(grid.along("inner"), whole, sequence=how == "sequence")


def two(world, text, dtype, how, shape, steps):
    torch.set_num_threads(1)
    grid = Grid(world, data=shape[0], inner=shape[1])
    rows = grid.along("data")
    chosen = Replicas(rows, split_both_ways(grid, text, dtype, how))
    train(rows, chosen, data(text, dtype), steps, 7)
    return {key: kept["value"] for key, kept in chosen.tensors().items()}


def three(world, text, dtype, schedule, shape, steps):
    torch.set_num_threads(1)
    grid = Grid(world, data=shape[0], pipeline=shape[1], tensor=shape[2])
    split = split_network(grid.along("tensor"), network(text, dtype), join=True)
    pipeline = Pipeline(grid.along("pipeline"), split, SCHEDULES[schedule](shape[1], 2))
    rows = grid.along("data")
    chosen = Replicas(rows, pipeline)
    train(rows, chosen, data(text, dtype), steps, 7)
    whole = joined(grid.along("tensor"), split, chosen.tensors())
    return {key: kept["value"] for key, kept in whole.items()}


def check(ranks, on, program, text, dtype, how, shape, steps=10):
    one = network(text, dtype)
    train_one(one, data(text, dtype), steps, 7)
    for found in run(
        program, ranks, on, args=(text, dtype, how, shape, steps), trace=False
    ).results:
        for key, parameter in one.named_parameters():
            assert (found[key] - parameter).abs().max() <= TOLERANCE[dtype], key


@pytest.mark.parametrize(
    ("text", "dtype", "how"),
    [
        (False, "float64", "tensor"),
        (True, "float64", "tensor"),
        (True, "float32", "sequence"),
        (True, "float64", "context"),
    ],
)
def test_two_strategies_end_where_one_device_ends(text, dtype, how):
    check(4, "ideal", two, text, dtype, how, (2, 2))


@pytest.mark.parametrize(
    ("text", "dtype", "schedule"),
    [(True, "float64", "1F1B"), (True, "float32", "ZB-H1"), (False, "float64", "ZB-H1")],
)
def test_data_x_pipeline_x_tensor_ends_where_one_device_ends(text, dtype, schedule):
    check(8, "ideal", three, text, dtype, schedule, (2, 2, 2))


def test_grids_on_processes_end_where_one_device_ends():
    check(4, "processes", three, True, "float64", "1F1B", (1, 2, 2))


@settings(max_examples=10)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=3))
def test_every_rank_has_its_place_and_its_groups(lengths):
    axes = dict(zip("abc", lengths, strict=False))
    size = torch.tensor(lengths).prod().item()

    def program(world):
        grid = Grid(world, **axes)
        return tuple(grid.place.values()), [grid.along(name).ranks for name in axes]

    results = run(program, size).results
    assert [place for place, _ in results] == list(product(*map(range, lengths)))
    for axis, length in enumerate(lengths):
        groups = {groups[axis] for _, groups in results}
        assert sorted(rank for group in groups for rank in group) == list(range(size))
        assert {len(group) for group in groups} == {length}


def test_a_box_of_another_size_is_named():
    with pytest.raises(RankError, match="data 2 x tensor 3 on 4 ranks: the product must be"):
        run(lambda world: Grid(world, data=2, tensor=3), 4)
