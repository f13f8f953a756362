"""Expert parallelism: tokens that travel to experts on other ranks end where one device ends."""

import math
from collections import Counter

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import gelu

from dlcourse.cluster.collectives.traffic import link_bytes, traffic
from dlcourse.cluster.run import run
from dlcourse.cluster.topology import star
from dlcourse.parallel.checkpoint import resume, save
from dlcourse.parallel.data import batch, images, sentences, share
from dlcourse.parallel.expert import ExpertParallel, exchange_traffic
from dlcourse.parallel.mixture import with_experts
from dlcourse.parallel.models import convnet, transformer
from dlcourse.parallel.routing import route
from dlcourse.parallel.train import train, train_one

TOLERANCE = {"float64": 1e-10, "float32": 1e-5}
SIZES = {"vocabulary": 11, "length": 5, "width": 8, "heads": 2, "hidden": 12}
EXPERTS = {"experts": 3, "top": 2, "capacity": 0.9, "hidden": 6, "balance": 0.1}


pytestmark = pytest.mark.usefixtures("one_thread")


def network(text, dtype="float64", **options):
    plain = transformer(dtype, **SIZES) if text else convnet(dtype, width=3)
    return with_experts(plain, **(EXPERTS | options))


def data(text, dtype="float64"):
    return sentences(32, SIZES["length"], SIZES["vocabulary"]) if text else images(32, dtype)


def by_hand(unit, x):
    """Experts one token at a time: the result, the loss for imbalance, the choices dropped."""
    tokens = unit.norm(x).flatten(0, -2)
    probabilities = unit.router(tokens).softmax(-1)
    experts = probabilities.shape[-1]
    room = math.ceil(unit.capacity * len(tokens) * unit.top / experts)
    given_to, chosen_by, rows = [0] * experts, [0] * experts, []
    for token, chances in zip(tokens, probabilities, strict=True):
        y = torch.zeros_like(token)
        for expert in chances.argsort(descending=True)[: unit.top].tolist():
            chosen_by[expert] += 1
            if given_to[expert] < room:
                given_to[expert] += 1
                y = y + chances[expert] * (gelu(token @ unit.up[expert]) @ unit.down[expert])
        rows.append(y)
    shares = torch.tensor(chosen_by).to(x) / sum(chosen_by)
    imbalance = unit.balance * experts * (shares * probabilities.mean(0)).sum()
    return x + torch.stack(rows).view_as(x), imbalance, 1 - sum(given_to) / sum(chosen_by)


@settings(max_examples=15)
@given(
    experts=st.integers(1, 5),
    top=st.integers(1, 5),
    capacity=st.sampled_from([0.3, 0.9, 1.25, 5.0]),
    balance=st.sampled_from([0.0, 0.5]),
    seed=st.integers(0, 99),
)
def test_a_unit_does_what_it_does_by_hand(experts, top, capacity, balance, seed):
    options = {"experts": experts, "top": min(top, experts), "capacity": capacity}
    unit = network(True, seed=seed, balance=balance, **options).block1_experts
    torch.manual_seed(seed)
    x = torch.randn(2, 3, SIZES["width"], dtype=torch.float64, requires_grad=True)
    slope = torch.randn(2, 3, SIZES["width"], dtype=torch.float64)
    inputs = [x, *unit.parameters()]
    wanted, imbalance, dropped = by_hand(unit, x)
    right = torch.autograd.grad((wanted * slope).sum() + imbalance, inputs, allow_unused=True)
    found = torch.autograd.grad((unit(x) * slope).sum(), inputs)
    assert (unit(x) - wanted).abs().max() < 1e-12
    assert unit.last.dropped == pytest.approx(dropped)
    for ours, theirs in zip(found, right, strict=True):
        assert (ours - (0 if theirs is None else theirs)).abs().max() < 1e-12


@given(st.integers(1, 30), st.integers(1, 5), st.data())
def test_no_expert_gets_more_than_its_room(tokens, experts, drawn):
    top = drawn.draw(st.integers(1, experts))
    capacity = drawn.draw(st.floats(0.1, 3))
    torch.manual_seed(tokens)
    routing = route(torch.randn(tokens, experts).softmax(-1), top, capacity)
    assert routing.kept.max() <= math.ceil(capacity * tokens * top / experts)
    assert routing.wanted.sum() == tokens * top
    assert torch.bincount(routing.experts, minlength=experts).equal(routing.kept[0])
    assert routing.imbalance >= 1
    assert (routing.dropped == 0) == (len(routing.tokens) == tokens * top)


def program(world, text, dtype="float64", update="sgd", steps=10, size=7, options=()):
    torch.set_num_threads(1)
    chosen = ExpertParallel(world, network(text, dtype, **dict(options)), update)
    losses = train(world, chosen, data(text, dtype), steps, size)
    return {key: kept["value"] for key, kept in chosen.tensors().items()}, losses


def check(ranks, on, text, dtype="float64", update="sgd", steps=10, size=7, options=()):
    one = network(text, dtype, **dict(options))
    losses = train_one(one, data(text, dtype), steps, size, update)
    args = (text, dtype, update, steps, size, options)
    for found, theirs in run(program, ranks, on, args=args).results:
        for key, parameter in one.named_parameters():
            assert (found[key] - parameter).abs().max() <= TOLERANCE[dtype]
        assert theirs == pytest.approx(losses, abs=TOLERANCE[dtype])
    return one


@pytest.mark.parametrize(("dtype", "update"), [("float64", "adam"), ("float32", "sgd")])
@pytest.mark.parametrize("text", [True, False])
def test_ten_steps_end_where_one_device_ends(text, dtype, update):
    one = check(2, "ideal", text, dtype, update)
    last = [unit.last for name, unit in one.named_children() if name.endswith("_experts")]
    assert all(routing.dropped > 0 for routing in last)  # so who is dropped is the same too


@settings(max_examples=10)
@given(
    st.integers(1, 4),
    st.integers(1, 6),
    st.fixed_dictionaries({"experts": st.integers(2, 5), "capacity": st.floats(0.3, 2)}),
)
def test_any_ranks_experts_and_rows_give_the_same(ranks, size, options):
    check(ranks, "ideal", True, steps=2, size=size, options=options)  # ranks without experts, rows


def test_processes_end_where_one_device_ends():
    check(2, "processes", True, "float64", "adam")


def test_the_loss_for_imbalance_evens_the_experts_out():
    def imbalance(balance):
        one = network(True, balance=balance, experts=8, capacity=1.0)
        train_one(one, data(True), 60, 16, "adam")
        return one.block1_experts.last.imbalance

    assert imbalance(2.0) < imbalance(0.0)


@pytest.mark.parametrize("ranks", [2, 3])
def test_bytes_on_links_are_the_closed_form(ranks):
    """Of one unit, forward and backward, census included."""

    def program(world):
        chosen = ExpertParallel(world, network(True))
        unit = chosen.network.block1_experts
        x = torch.randn(3, world.rank + 1, SIZES["width"], dtype=torch.float64)
        unit(x.requires_grad_()).sum().backward()
        return unit.last.kept

    found = run(program, ranks)
    kept = found.results[0]
    assert all(kept.equal(other) for other in found.results)
    census = traffic("all_gather", ranks, 8 * EXPERTS["experts"], ranks)
    wanted = exchange_traffic(kept, SIZES["width"], 8) + Counter(census)
    assert found.trace.link_bytes == link_bytes(wanted, star(ranks))


def test_training_goes_on_from_a_checkpoint_on_other_ranks(tmp_path):
    def part(world, last, seed):
        chosen = ExpertParallel(world, network(True, seed=seed), "adam")
        for step in range(resume(chosen, tmp_path), last):
            rows = batch(data(True), step, 7)
            chosen.step(*share(world, rows), of=rows[1].numel())
        save(world, chosen, tmp_path, last)
        return {key: kept["value"] for key, kept in chosen.tensors().items()}

    one = network(True)
    train_one(one, data(True), 10, 7, "adam")
    run(part, 3, args=(4, 0))
    for found in run(part, 2, args=(10, 9)).results:
        for key, parameter in one.named_parameters():
            assert (found[key] - parameter).abs().max() <= 1e-10
