"""Data parallelism, plain and sharded: whatever the ranks, the numbers are those of one device."""

from functools import cache

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.cluster.run import run
from dlcourse.parallel.data import images, sentences
from dlcourse.parallel.data_parallel import Bucketed, Naive, Overlapped
from dlcourse.parallel.models import convnet, transformer
from dlcourse.parallel.sharded import Zero1, Zero2, Zero3
from dlcourse.parallel.train import train, train_one

PLAIN = [Naive, Bucketed, Overlapped]
SHARDED = [Zero1, Zero2, Zero3]
TOLERANCE = {"float64": 1e-10, "float32": 1e-5}
NETWORKS = {"convnet": convnet, "transformer": transformer}


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Two cores, many small networks: threads would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@cache
def data(name, dtype):
    return images(64, dtype) if name == "convnet" else sentences(64)


@cache
def one_device(name, dtype, update, steps, size):
    network = NETWORKS[name](dtype)
    losses = train_one(network, data(name, dtype), steps, size, update)
    return {key: value.detach() for key, value in network.named_parameters()}, losses


def options(strategy):
    """Small buckets: several of them in these small networks."""
    return {"limit": 2**14} if strategy in (Bucketed, Overlapped) else {}


def program(world, strategy, name, dtype, update, steps, size):
    torch.set_num_threads(1)
    chosen = strategy(world, NETWORKS[name](dtype, seed=world.rank), update, **options(strategy))
    losses = train(world, chosen, data(name, dtype), steps, size)
    return {key: value["value"] for key, value in chosen.tensors().items()}, losses


def worst(found, wanted):
    assert found.keys() == wanted.keys()
    return max((found[key] - wanted[key]).abs().max().item() for key in wanted)


def check(strategy, name, dtype, update, ranks, size, steps=10, on="ideal"):
    case = (name, dtype, update, steps, size)
    wanted, losses = one_device(*case)
    for found, theirs in run(program, ranks, on, args=(strategy, *case)).results:
        assert worst(found, wanted) <= TOLERANCE[dtype]
        assert theirs == pytest.approx(losses, abs=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("update", ["sgd", "adam"])
@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("strategy", PLAIN + SHARDED)
def test_ten_steps_end_where_one_device_ends(strategy, name, update, dtype):
    check(strategy, name, dtype, update, ranks=3, size=8)


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(PLAIN + SHARDED), st.integers(1, 6), st.integers(1, 9))
def test_any_ranks_and_rows_give_the_same(strategy, ranks, size):
    check(strategy, "convnet", "float64", "sgd", ranks, size, steps=2)
