"""Context parallelism: attention around the ring is attention, and trains like one device."""

from collections import Counter

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import scaled_dot_product_attention

from dlcourse.cluster.collectives.costs import AlphaBeta
from dlcourse.cluster.collectives.traffic import link_bytes, traffic
from dlcourse.cluster.run import run
from dlcourse.cluster.topology import star
from dlcourse.parallel.checkpoint import resume, save
from dlcourse.parallel.data import batch, sentences
from dlcourse.parallel.models import transformer
from dlcourse.parallel.ring_attention import ring_attention
from dlcourse.parallel.sequence import ContextParallel, attention_traffic, layouts, pairs
from dlcourse.parallel.train import train_one

TOLERANCE = {"float64": 1e-10, "float32": 1e-5}
LAYOUTS = ["contiguous", "zigzag"]
SIZES = {"vocabulary": 11, "length": 7, "width": 8, "heads": 2, "hidden": 12}


pytestmark = pytest.mark.usefixtures("one_thread")


@settings(max_examples=20)
@given(
    st.integers(1, 5), st.integers(1, 13), st.integers(1, 3), st.sampled_from(LAYOUTS), st.data()
)
def test_ring_attention_and_its_gradients_are_exact(ranks, length, heads, layout, drawn):
    torch.manual_seed(drawn.draw(st.integers(0, 99)))
    whole = [
        (3 * torch.randn(2, heads, length, 4, dtype=torch.float64)).requires_grad_()
        for _ in range(3)
    ]
    gradient = torch.randn(2, heads, length, 4, dtype=torch.float64)
    wanted = scaled_dot_product_attention(*whole, is_causal=True)
    wanted.backward(gradient)
    places = layouts(length, ranks, layout)

    def program(world):
        mine = places[world.rank]
        parts = [t.detach()[..., mine, :].requires_grad_() for t in whole]
        found = ring_attention(world, places, *parts)
        found.backward(gradient[..., mine, :])
        return found.detach(), *(part.grad for part in parts)

    # no send may count on being buffered
    for rank, results in enumerate(run(program, ranks, eager_limit=0).results):
        for found, right in zip(results, [wanted, *(t.grad for t in whole)], strict=True):
            apart = found - right[..., places[rank], :]
            assert apart.abs().sum() < 1e-11


@given(st.integers(0, 40), st.integers(1, 9), st.sampled_from(LAYOUTS))
def test_every_place_belongs_to_one_rank(length, ranks, layout):
    places = layouts(length, ranks, layout)
    assert sorted(torch.cat(places).tolist()) == list(range(length))
    assert sum(pairs(places)) == length * (length + 1) // 2


@pytest.mark.parametrize("ranks", [2, 4])
def test_zigzag_shares_the_work_out_evenly(ranks):
    assert len(set(pairs(layouts(8 * ranks, ranks, "zigzag")))) == 1
    contiguous = pairs(layouts(1024 * ranks, ranks))
    assert max(contiguous) / (sum(contiguous) / ranks) == pytest.approx(2 - 1 / ranks, rel=1e-3)


def test_unknown_layouts_are_named():
    with pytest.raises(ValueError, match="layout='zig': there are contiguous, zigzag"):
        layouts(8, 2, "zig")


def program(world, dtype="float64", update="sgd", steps=10, layout="contiguous"):
    torch.set_num_threads(1)
    chosen = ContextParallel(world, transformer(dtype, **SIZES), update, layout)
    data = sentences(32, SIZES["length"], SIZES["vocabulary"])
    losses = [chosen.step(*batch(data, step, 5)) for step in range(steps)]
    return {key: kept["value"] for key, kept in chosen.tensors().items()}, losses


def check(ranks, on, dtype, update, layout):
    one, data = transformer(dtype, **SIZES), sentences(32, SIZES["length"], SIZES["vocabulary"])
    losses = train_one(one, data, 10, 5, update)
    results = run(program, ranks, on, args=(dtype, update, 10, layout)).results
    for found, _ in results:
        for key, parameter in one.named_parameters():
            assert (found[key] - parameter).abs().max() <= TOLERANCE[dtype]
    parts = zip(*(theirs for _, theirs in results), strict=True)
    assert [sum(part) for part in parts] == pytest.approx(losses, abs=TOLERANCE[dtype])


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("dtype", "update"), [("float64", "adam"), ("float32", "sgd")])
def test_ten_steps_end_where_one_device_ends(layout, dtype, update):
    check(3, "ideal", dtype, update, layout)


def test_processes_end_where_one_device_ends():
    check(2, "processes", "float64", "adam", "zigzag")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("ranks", [2, 3])
def test_bytes_on_links_are_the_closed_form(ranks, layout):
    def crossing(steps):
        return Counter(run(program, ranks, args=("float64", "sgd", steps, layout)).trace.link_bytes)

    block = attention_traffic(layouts(SIZES["length"], ranks, layout), 5, SIZES["width"], 8)
    lengths = [parameter.numel() for parameter in transformer(**SIZES).parameters()]
    wanted = sum((traffic("all_reduce", n, 8, ranks) for n in lengths), block + block)
    assert dict(crossing(2) - crossing(1)) == link_bytes(wanted, star(ranks))


@pytest.mark.parametrize("ranks", [1, 2, 4])
def test_ring_attention_takes_as_long_as_its_messages(ranks):
    """Forward, on a virtual clock that arithmetic doesn't move: p - 1 keys and values."""

    def program(world):
        part = torch.zeros(1, 1, 16 // ranks, 4, dtype=torch.float64)
        start = world.time()
        ring_attention(world, layouts(16, ranks), part, part, part)
        return world.time() - start

    net = AlphaBeta(alpha=1e-6, beta=1e-10)
    for found in run(program, ranks).results:
        assert found == pytest.approx((ranks - 1) * net.message(2 * 16 // ranks * 4 * 8), rel=1e-9)


def test_training_goes_on_from_a_checkpoint(tmp_path):
    data = sentences(32, SIZES["length"], SIZES["vocabulary"])

    def part(world, last, seed):
        chosen = ContextParallel(world, transformer(seed=seed, **SIZES), "adam")
        for step in range(resume(chosen, tmp_path), last):
            chosen.step(*batch(data, step, 5))
        save(world, chosen, tmp_path, last)
        return {key: kept["value"] for key, kept in chosen.tensors().items()}

    one = transformer(**SIZES)
    train_one(one, data, 10, 5, "adam")
    run(part, 3, args=(4, 0))
    for found in run(part, 2, args=(10, 9)).results:
        for key, parameter in one.named_parameters():
            assert (found[key] - parameter).abs().max() <= 1e-10
