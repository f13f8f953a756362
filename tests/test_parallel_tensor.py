"""Tensor parallelism: however the layers are split, the numbers are those of one device."""

from collections import Counter
from functools import cache

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.cluster.collectives.costs import AlphaBeta, seconds
from dlcourse.cluster.collectives.traffic import link_bytes, traffic
from dlcourse.cluster.errors import RankError
from dlcourse.cluster.run import run
from dlcourse.cluster.topology import star
from dlcourse.parallel.checkpoint import resume, save
from dlcourse.parallel.data import batch, images, sentences
from dlcourse.parallel.models import convnet, loss, transformer
from dlcourse.parallel.split_layers import Cut
from dlcourse.parallel.tensor import TensorParallel, block_traffic, split_network
from dlcourse.parallel.train import train_one
from dlcourse.parallel.update import optimizer
from dlcourse.parallel.vocabulary import vocabulary_loss

TOLERANCE = {"float64": 1e-10, "float32": 1e-5}
UNEVEN = {"vocabulary": 11, "length": 5, "width": 12, "heads": 3, "hidden": 14}
EVEN = {"vocabulary": 10, "length": 6, "width": 8, "heads": 2, "hidden": 16, "blocks": 1}
TEXT = {"sequence": False}, {"sequence": True}  # both ways to split a transformer


pytestmark = pytest.mark.usefixtures("one_thread")


def network(sizes, dtype="float64"):
    """A convolutional network where sizes are empty, else a transformer."""
    return transformer(dtype, **sizes) if sizes else convnet(dtype, width=3)


@cache
def data_for(vocabulary, length, dtype):
    return sentences(32, length, vocabulary) if vocabulary else images(32, dtype)


def data(sizes, dtype="float64"):
    return data_for(sizes.get("vocabulary"), sizes.get("length"), dtype)


def program(world, sizes, dtype="float64", update="sgd", steps=10, options=()):
    torch.set_num_threads(1)
    chosen = TensorParallel(world, network(sizes, dtype), update, **dict(options))
    losses = [chosen.step(*batch(data(sizes, dtype), step, 7)) for step in range(steps)]
    return {key: kept["value"] for key, kept in chosen.tensors().items()}, losses


def one_device(sizes, dtype="float64", update="sgd", steps=10):
    one = network(sizes, dtype)
    losses = train_one(one, data(sizes, dtype), steps, 7, update)
    return {key: value.detach() for key, value in one.named_parameters()}, losses


def worst(found, wanted):
    assert found.keys() == wanted.keys()
    return max((found[key] - wanted[key]).abs().max().item() for key in wanted)


def check(ranks, sizes, dtype="float64", update="sgd", steps=10, options=()):
    wanted, losses = one_device(sizes, dtype, update, steps)
    args = (sizes, dtype, update, steps, options)
    for found, theirs in run(program, ranks, args=args, trace=False).results:
        assert worst(found, wanted) <= TOLERANCE[dtype]
        assert theirs == pytest.approx(losses, abs=TOLERANCE[dtype])


@pytest.mark.parametrize(("dtype", "update"), [("float64", "adam"), ("float32", "sgd")])
@pytest.mark.parametrize(("sizes", "options"), [({}, {}), (UNEVEN, TEXT[0]), (UNEVEN, TEXT[1])])
def test_ten_steps_end_where_one_device_ends(sizes, options, dtype, update):
    check(2, sizes, dtype, update, options=options)


shapes = st.fixed_dictionaries(
    {
        "vocabulary": st.integers(2, 9),
        "length": st.integers(1, 5),
        "width": st.just(12),
        "heads": st.sampled_from([1, 2, 3, 4]),
        "hidden": st.integers(1, 9),
        "blocks": st.just(1),
    }
)


@settings(max_examples=12)
@given(shapes, st.integers(1, 4), st.sampled_from(TEXT))
def test_any_sizes_on_any_ranks_give_the_same(sizes, ranks, options):
    check(ranks, sizes, steps=2, options=options)  # also fewer heads, or tokens, than ranks


@settings(max_examples=15)
@given(st.integers(1, 5), st.integers(1, 9), st.integers(0, 99))
def test_vocabulary_loss_and_its_gradient_are_the_whole_ones(ranks, length, seed):
    generator = torch.Generator().manual_seed(seed)
    scores = 9 * torch.randn(2, 3, length, generator=generator, dtype=torch.float64)
    targets = torch.randint(length, (2, 3), generator=generator)
    scores.requires_grad_()
    value = loss(scores, targets)
    value.backward()
    cut = Cut(2, length)

    def program(world):
        part = cut.part(world, scores.detach()).requires_grad_()
        found = vocabulary_loss(world, part, targets, length)
        found.backward()
        return found.item(), cut.join(world, part.grad)

    for found, gradient in run(program, ranks, trace=False).results:
        assert found == pytest.approx(value.item(), abs=1e-12)
        assert (gradient - scores.grad).abs().max() < 1e-12


def crossing(ranks, sizes, options, steps):
    args = (sizes, "float64", "sgd", steps, options)
    return Counter(run(program, ranks, args=args).trace.link_bytes)


def predicted(ranks, *counters):
    return link_bytes(sum(counters, Counter()), star(ranks))


def step_bytes(ranks, sizes, options):
    """What one step puts on the links: two runs' difference, so not what gathers the results."""
    return dict(crossing(ranks, sizes, options, 2) - crossing(ranks, sizes, options, 1))


def times(count, pairs):
    return Counter({pair: count * n for pair, n in pairs.items()})


@pytest.mark.parametrize("ranks", [2, 3])
def test_a_transformers_bytes_on_links_are_the_closed_forms(ranks):
    tokens, width = 7 * UNEVEN["length"], UNEVEN["width"]
    once = traffic("all_reduce", tokens * width, 8, ranks)  # embedding forward, scores backward
    ends = traffic("all_gather", ranks, 8 * tokens, ranks), traffic("all_reduce", tokens, 8, ranks)
    blocks = times(2, block_traffic(7, UNEVEN["length"], width, 8, ranks))
    found = step_bytes(ranks, UNEVEN, TEXT[0])
    assert found == predicted(ranks, times(2, once), *ends, blocks)


@pytest.mark.parametrize("ranks", [2, 3])
def test_along_the_sequence_the_same_bytes_and_those_of_what_is_not_split(ranks):
    length, width = UNEVEN["length"], UNEVEN["width"]
    block = block_traffic(7, length, width, 8, ranks, sequence=True)
    ends = (
        traffic("all_gather", ranks, 56 * length, ranks),
        traffic("all_reduce", 7 * length, 8, ranks),
    )
    once = Counter(
        {pair: n // 4 for pair, n in block.items()}
    )  # embedding forward, scores backward
    whole = [length * width] + [width] * (2 * 5 + 2)  # places; norms and biases of blocks, a norm
    shared = [traffic("all_reduce", n, 8, ranks) for n in whole]
    wanted = predicted(ranks, times(2, once), *ends, times(2, block), *shared)
    assert step_bytes(ranks, UNEVEN, TEXT[1]) == wanted


def test_the_convolutional_networks_bytes_on_links_are_the_closed_forms():
    sums = [7 * 6 * 16, 7 * 10, 7 * 6 * 16]  # conv2 and scores forward, what enters hidden backward
    once = [traffic("all_reduce", n, 8, 3) for n in sums]
    assert step_bytes(3, {}, {}) == predicted(3, *once)


@pytest.mark.parametrize("options", TEXT)
@pytest.mark.parametrize("ranks", [2, 3, 4])
def test_a_block_takes_as_long_as_four_all_reduces(ranks, options):
    """On a virtual clock that arithmetic doesn't move; exact where ranks divide the numbers."""
    rows, sizes = 12, UNEVEN | {"length": 12}
    numbers = rows * sizes["length"] * sizes["width"]

    def program(world):
        split = split_network(world, transformer(**sizes), **options)
        x = (
            split.embed(torch.zeros(rows, sizes["length"], dtype=torch.int64))
            .detach()
            .requires_grad_()
        )
        start = world.time()
        split.block1(x).sum().backward()
        return world.time() - start

    net = AlphaBeta(alpha=1e-6, beta=1e-10)
    wanted = 4 * seconds("all_reduce", 8 * numbers, ranks, net)
    for found in run(program, ranks).results:
        assert found == pytest.approx(wanted, rel=1e-9)


def test_too_few_filters_are_named():
    with pytest.raises(RankError, match="3 filters on 4 ranks: give each rank one or more"):
        run(program, 4, args=({},))


def test_training_goes_on_from_a_checkpoint_on_other_ranks(tmp_path):
    def begin(world):
        chosen = TensorParallel(world, network(UNEVEN), "adam")
        for step in range(4):
            chosen.step(*batch(data(UNEVEN), step, 7))
        save(world, chosen, tmp_path, step=4)

    def go_on(world):
        chosen = TensorParallel(world, transformer(seed=9, **UNEVEN), "adam", sequence=True)
        for step in range(resume(chosen, tmp_path), 10):
            chosen.step(*batch(data(UNEVEN), step, 7))
        return {key: kept["value"] for key, kept in chosen.tensors().items()}

    run(begin, 3)
    wanted, _ = one_device(UNEVEN, update="adam")
    for found in run(go_on, 2).results:
        assert worst(found, wanted) <= 1e-10


def torchs(world):
    """Ten steps of torch's own tensor parallelism, on DTensors: the parameters, whole."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import Replicate
    from torch.distributed.tensor.parallel import (
        ColwiseParallel,
        RowwiseParallel,
        parallelize_module,
    )

    plan = {
        "embed.token": RowwiseParallel(input_layouts=Replicate()),
        "scores.1": ColwiseParallel(output_layouts=Replicate()),
    }
    plan |= {f"block*.{name}": ColwiseParallel() for name in ("query", "key", "value", "up")}
    plan |= {f"block*.{name}": RowwiseParallel() for name in ("out", "down")}
    module = network(EVEN)
    parallelize_module(module, init_device_mesh("cpu", (world.size,)), plan)
    updating = optimizer("sgd", module.parameters())
    for step in range(10):
        x, y = batch(data(EVEN), step, 7)
        updating.zero_grad()
        loss(module(x), y).backward()
        updating.step()
    named = module.named_parameters()
    return {key: getattr(p, "full_tensor", lambda p=p: p)().detach() for key, p in named}


CASES = [
    ({}, "float64", "sgd", 10),
    (UNEVEN, "float32", "sgd", 10, TEXT[1]),
    (EVEN, "float64", "sgd", 10, TEXT[0]),
]


def everything(world):
    """Train every case, one behind the other: starting ranks takes longer than training."""
    return [program(world, *case) for case in CASES], torchs(world)


def test_processes_end_where_one_device_and_torchs_tensor_parallelism_end():
    for results, theirs in run(everything, 2, "processes").results:
        for (sizes, dtype, *case), (found, losses) in zip(CASES, results, strict=True):
            wanted, one = one_device(sizes, dtype, *case[:2])
            assert worst(found, wanted) <= TOLERANCE[dtype]
            assert losses == pytest.approx(one, abs=TOLERANCE[dtype])
        assert worst(results[-1][0], theirs) <= 1e-10
