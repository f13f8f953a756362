"""What parallelism sends for a layer: the formulas, by brute force and on the virtual cluster."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.cluster.run import run
from dlcourse.parallel.conjugates import gather
from dlcourse.parallel.data_parallel import Bucketed, Naive
from dlcourse.parallel.models import transformer
from dlcourse.parallel.routing import route
from dlcourse.parallel.split_layers import columns as keep_columns
from dlcourse.parallel.tensor import TensorParallel
from dlcourse.plan.experts import skewed_router
from dlcourse.plan.traffic import (
    crossover_batch,
    data_parallel_numbers,
    model_parallel_numbers,
    pair_numbers,
)

ITEM = 8  # bytes of a float64
sizes = st.integers(1, 60)
rings = st.none() | st.integers(2, 40)


pytestmark = pytest.mark.usefixtures("one_thread")


def first_batch(data, model):
    """The smallest batch with which model parallelism exchanges as much, one after the other."""
    return next(batch for batch in range(1, 10**6) if model(batch) >= data)


@given(sizes, sizes, rings)
def test_the_crossover_is_the_one_found_by_trying(rows, columns, ranks):
    found = first_batch(
        data_parallel_numbers(rows, columns, ranks),
        lambda batch: model_parallel_numbers(batch, rows, columns, ranks),
    )
    assert found == math.ceil(crossover_batch(rows, columns, ranks))


@given(sizes, sizes, sizes, rings)
def test_a_pairs_crossover_is_the_width_between_its_layers(rows, hidden, columns, ranks):
    data = data_parallel_numbers(rows, hidden, ranks) + data_parallel_numbers(
        hidden, columns, ranks
    )
    exact = pytest.approx(pair_numbers(hidden, rows, columns, ranks), rel=1e-12)
    assert data == exact and crossover_batch(hidden, hidden, ranks=2) == hidden


@given(st.integers(1, 10**6), st.integers(2, 10**6))
def test_a_square_layers_crossover_knows_no_ranks(width, ranks):
    assert crossover_batch(width, width) == width / 2
    assert crossover_batch(width, width, ranks) == width


@given(sizes, sizes, sizes, st.integers(2, 40))
def test_a_ring_sends_gradients_twice_and_activations_once(batch, rows, columns, ranks):
    others = (ranks - 1) / ranks
    ring = data_parallel_numbers(rows, columns, ranks)
    assert ring == pytest.approx(2 * others * data_parallel_numbers(rows, columns))
    ring = model_parallel_numbers(batch, rows, columns, ranks)
    assert ring == pytest.approx(others * model_parallel_numbers(batch, rows, columns))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: data_parallel_numbers(0, 9), "rows=0: give 1 or more"),
        (lambda: model_parallel_numbers(-1, 9, 9), "batch=-1: give 1 or more"),
        (lambda: pair_numbers(1, 9, 0), "columns=0: give 1 or more"),
        (lambda: crossover_batch(9, 9, ranks=1), "one rank sends nothing; give 2 or more"),
        (lambda: skewed_router(0, 4, 1.0), "tokens=0, experts=4"),
        (lambda: skewed_router(4, 4, -1.0), "skew=-1.0: give 1 or more of both, and a skew from 0"),
    ],
)
def test_bad_sizes_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---- on the virtual cluster --------------------------------------------------------------------


def sent(program, ranks, args):
    """Bytes that each rank sends, on average."""
    messages = run(program, ranks, args=args).trace.messages
    return sum(message.bytes for message in messages) / ranks


def train_layer(world, strategy, rows, columns, steps):
    torch.set_num_threads(1)
    layer = torch.nn.Linear(rows, columns, bias=False, dtype=torch.float64)
    chosen = strategy(world, layer)
    x, y = torch.ones(2, rows, dtype=torch.float64), torch.zeros(2, dtype=torch.int64)
    for _ in range(steps):
        chosen.step(x, y, of=2 * world.size)


@settings(max_examples=15)
@given(st.sampled_from([Naive, Bucketed]), st.integers(2, 5), st.integers(1, 9), st.integers(1, 9))
def test_data_parallelism_sends_as_many_bytes(strategy, ranks, rows, columns):
    once, twice = (sent(train_layer, ranks, (strategy, rows, columns, n)) for n in (1, 2))
    wanted = ITEM * data_parallel_numbers(rows, columns, ranks)
    assert twice - once == pytest.approx(wanted, rel=1e-12)


def split_layer(world, batch, width):
    """One layer of a chain, split by its outputs: what comes in is gathered from all ranks."""
    torch.set_num_threads(1)
    layer = torch.nn.Linear(width, width, bias=False, dtype=torch.float64)
    keep_columns(world, layer)
    part = layer.weight.shape[0]  # of the layer before, split alike
    x = torch.ones(batch, part, dtype=torch.float64, requires_grad=True)
    y = layer(gather(world, x, 1, width))
    y.sum().backward()
    return y.shape, x.grad.shape


@settings(max_examples=15)
@given(st.integers(2, 5), st.integers(1, 9), st.integers(1, 9))
def test_a_split_layer_sends_as_many_bytes(ranks, batch, width):
    wanted = ITEM * model_parallel_numbers(batch, width, width, ranks)
    assert sent(split_layer, ranks, (batch, width)) == pytest.approx(wanted, rel=1e-12)


def split_block(world, batch, sequence):
    torch.set_num_threads(1)
    split = TensorParallel(world, transformer(width=12, heads=3, length=8), sequence=sequence)
    x = split.network.embed(torch.zeros(batch, 8, dtype=torch.int64)).detach().requires_grad_()
    world.send(np.zeros(0), (world.rank + 1) % world.size)  # marks where the block begins
    world.recv(np.zeros(0), (world.rank - 1) % world.size)
    split.network.block1(x).sum().backward()


@pytest.mark.parametrize("sequence", [False, True])
@pytest.mark.parametrize("ranks", [2, 3, 4])
def test_tensor_parallelism_sends_two_pairs_a_block(ranks, sequence):
    trace = run(split_block, ranks, args=(3, sequence)).trace
    total = 0
    for rank in range(ranks):
        own = [message.bytes for message in trace.messages if message.source == rank]
        total += sum(own[own.index(0) :])
    wanted = 2 * ITEM * pair_numbers(3 * 8, 12, 12, ranks)
    assert total / ranks == pytest.approx(wanted, rel=1e-12)


# ---- routers that like some experts better -----------------------------------------------------


@given(st.integers(1, 8), st.floats(0, 2), st.integers(0, 99))
def test_first_choices_follow_the_law(experts, skew, seed):
    tokens = 4000
    chances = skewed_router(tokens, experts, skew, seed)
    assert chances.sum(1).allclose(torch.ones(tokens, dtype=torch.float64))
    law = np.arange(1, experts + 1) ** -skew
    expected = tokens * law / law.sum()
    found = route(chances, top=1, capacity=1.0).wanted[0].numpy()
    assert (abs(found - expected) <= 6 * np.sqrt(expected)).all()


@given(st.integers(1, 30), st.integers(1, 6), st.floats(0.1, 3), st.floats(0, 3), st.data())
def test_the_slowest_has_its_room_at_most(tokens, experts, capacity, skew, drawn):
    top = drawn.draw(st.integers(1, experts))
    routing = route(skewed_router(tokens, experts, skew), top, capacity)
    assert routing.slowest <= routing.imbalance
    assert routing.kept.max() <= routing.room
    assert (routing.slowest == routing.imbalance) == (routing.dropped == 0)
