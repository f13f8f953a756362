"""Pipelines train to the numbers of one device, whatever the schedule, the cuts and the batch."""

from weakref import WeakSet

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.errors import RankError
from dlcourse.cluster.group import Group
from dlcourse.cluster.run import run
from dlcourse.cluster.topology import star
from dlcourse.parallel.checkpoint import resume, save
from dlcourse.parallel.data import batch, images, sentences
from dlcourse.parallel.models import convnet, transformer
from dlcourse.parallel.pipeline import Pipeline, cut
from dlcourse.parallel.split_backward import SplitBackward
from dlcourse.parallel.train import train_one
from dlcourse.plan.memory import peak_memory
from dlcourse.plan.schedules import (
    Pass,
    Schedule,
    gpipe,
    interleaved,
    one_f_one_b,
    zero_bubble,
)
from dlcourse.plan.simulate import Times, simulate

PLAIN = {"GPipe": gpipe, "1F1B": one_f_one_b, "ZB-H1": zero_bubble}


def mlp(units, dtype="float64"):
    """Units of several kinds: dense layers with and without bias, and one without weights."""
    from torch.nn import GELU, LayerNorm, Linear, Sequential

    torch.manual_seed(units)
    found = [
        Sequential(Linear(6, 6, bias=i % 2 == 0), *([LayerNorm(6)] * (i % 3 == 0)))
        if i % 3 < 2
        else GELU()
        for i in range(units - 1)
    ]
    return Sequential(*found, Linear(6, 3)).to(getattr(torch, dtype))


def small(dtype="float64", seed=0):
    """The course's convolutional network, with few filters."""
    return convnet(dtype, seed, width=2)


def tiny():
    """The course's transformer, with few numbers."""
    return transformer(vocabulary=10, length=6, width=8, heads=2, hidden=16)


def points(count):
    torch.manual_seed(count)
    return torch.randn(count, 6, dtype=torch.float64), torch.randint(3, (count,))


def train(world, make, data, schedule, steps, size, options):
    """A rank program: train, and give all weights by name, and the losses."""
    pipeline = Pipeline(world, make(), schedule, **options)
    losses = [pipeline.step(*batch(data, step, size)) for step in range(steps)]
    return {name: tensors["value"] for name, tensors in pipeline.tensors().items()}, losses


def furthest(results, network, losses):
    """How far several ranks' weights and losses are from one device's, at most."""
    apart = []
    for name, weight in network.named_parameters():
        apart += [(found[name] - weight).abs().max().item() for found, _ in results]
    total = [sum(parts) for parts in zip(*(losses for _, losses in results), strict=True)]
    return max(*apart, *(abs(a - b) for a, b in zip(total, losses, strict=True)))


@st.composite
def layouts(draw):
    """A schedule, the cuts of a network, the number of its units, and rows of a batch."""
    kind, stages = draw(st.sampled_from([*PLAIN, "interleaved"])), draw(st.integers(1, 4))
    if kind == "interleaved":
        schedule = interleaved(stages, stages * draw(st.integers(1, 2)), draw(st.integers(1, 3)))
    else:
        schedule = PLAIN[kind](stages, draw(st.integers(1, 6)))
    parts = [draw(st.integers(1, 3)) for _ in range(stages * schedule.chunks)]
    return schedule, parts, draw(st.integers(schedule.micro_batches, 17))


@settings(max_examples=20)
@given(layouts())
def test_any_schedule_and_any_cuts_train_like_one_device(layout):
    schedule, parts, size = layout
    one, data = mlp(sum(parts)), points(23)
    losses = train_one(one, data, steps=3, size=size)
    args = lambda: mlp(sum(parts)), data, schedule, 3, size, {"parts": parts}
    found = run(train, schedule.stages, args=args, trace=False)
    assert furthest(found.results, one, losses) < 1e-10


@pytest.mark.parametrize("name", [*PLAIN, "interleaved"])
@pytest.mark.parametrize(("network", "update"), [("convnet", "sgd"), ("transformer", "adam")])
def test_ten_steps_of_the_courses_networks_end_in_the_same_weights(network, name, update):
    make, data = (small, images(64)) if network == "convnet" else (tiny, sentences(64, 6, 10))
    schedule = interleaved(2, 4, 2) if name == "interleaved" else PLAIN[name](3, 5)
    one = make()
    losses = train_one(one, data, steps=10, size=13, update=update)  # 13 rows: uneven micro-batches
    args = make, data, schedule, 10, 13, {"update": update}
    found = run(train, schedule.stages, args=args, trace=False)
    assert furthest(found.results, one, losses) < 1e-10


def test_single_precision_is_as_close_as_it_can_be():
    def make():
        return small("float32")

    one, data = make(), images(64, "float32")
    losses = train_one(one, data, steps=10, size=13)
    found = run(train, 3, args=(make, data, zero_bubble(3, 5), 10, 13, {}))
    assert furthest(found.results, one, losses) < 1e-5


@pytest.mark.parametrize(
    ("schedule", "comm"),
    [
        (gpipe(4, 8), 1e-3),
        (one_f_one_b(4, 8), 1e-3),
        (zero_bubble(4, 8), 1e-3),
        (interleaved(4, 8, 2), 1e-9),  # its ranks tell each other shapes before they begin
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_virtual_cluster_and_the_simulator_agree_on_every_pass(schedule, comm):
    times = Times(3e-3, 2e-3, 4e-3, comm)
    seconds = {kind: row[0] / schedule.chunks for kind, row in times.table(1).items()}

    def program(world):
        Pipeline(world, mlp(8), schedule, seconds=seconds).step(*points(24))

    trace = run(program, on=star(4, bandwidth=1e15, latency=comm)).trace
    for rank, spans in enumerate(simulate(schedule, times).spans):
        work = sorted(
            (w.start, w.end, w.label) for w in trace.work if (w.rank, w.kind) == (rank, "compute")
        )
        assert [label for *_, label in work] == [repr(span.step) for span in spans]
        starts, ends, _ = zip(*work, strict=True)
        assert starts == pytest.approx([span.start for span in spans], abs=1e-7)
        assert ends == pytest.approx([span.end for span in spans], abs=1e-7)


def test_ranks_keep_as_many_activations_as_the_planner_says():
    def program(world, schedule):
        pipeline = Pipeline(world, mlp(8), schedule)
        alive = WeakSet()
        for half in pipeline.halves:
            half.forward = counted(half.forward, alive)
        pipeline.step(*points(12))
        return max(alive.counts)

    for schedule in (gpipe(4, 6), one_f_one_b(4, 6), zero_bubble(4, 6), interleaved(2, 6, 2)):
        kept = [peak * schedule.chunks for peak in peak_memory(simulate(schedule))]
        assert run(program, schedule.stages, args=(schedule,)).results == kept


def counted(forward, alive):
    """Wrap a function so that it notes how many of its results are still alive."""
    alive.counts = getattr(alive, "counts", [])

    def counting(x):
        done = forward(x)
        alive.add(done)
        alive.counts.append(len(alive))
        return done

    return counting


def flop(work):
    with FlopCounterMode(display=False) as counter:
        work()
    return counter.get_total_flops()


def test_neither_half_of_the_backward_pass_does_the_others_work():
    module = torch.nn.Sequential(*(torch.nn.Linear(8, 8) for _ in range(4)))
    split, x = SplitBackward(module), torch.randn(16, 8, requires_grad=True)
    passes = []
    forward = flop(lambda: passes.append(split.forward(x)))
    gradient = torch.ones(16, 8)
    assert flop(lambda: split.input_gradient(passes[0], gradient)) == forward
    assert module[0].weight.grad is None
    assert flop(lambda: split.weight_gradients(passes[0])) == forward


def test_two_halves_make_the_whole():
    for make, data in ((small, images(5)), (tiny, sentences(5, 6, 10))):
        whole, halved = SplitBackward(make()), SplitBackward(make())
        for split in (whole, halved):
            done = split.forward(data[0])
            done.y = done.y.square().sum()
            if split is whole:
                split.backward(done)
            else:
                split.input_gradient(done)
                split.weight_gradients(done)
        for one, two in zip(whole.module.parameters(), halved.module.parameters(), strict=True):
            assert torch.allclose(one.grad, two.grad, rtol=1e-12, atol=1e-14)


def test_pipelines_and_replicas_make_a_grid():
    data, schedule = images(64), zero_bubble(2, 3)

    def program(world):
        pipe = Group(world, [world.rank // 2 * 2, world.rank // 2 * 2 + 1])
        replicas = Group(world, [world.rank % 2, world.rank % 2 + 2])
        pipeline, losses = Pipeline(pipe, small(), schedule), []
        for step in range(10):
            x, y = batch(data, step, 13)
            mine = slice(6) if replicas.rank == 0 else slice(6, None)
            pipeline.optimizer.zero_grad()
            losses.append(pipeline.backward(x[mine], y[mine], of=len(y)))
            for weight in pipeline.optimizer.parameters:
                all_reduce(replicas, weight.grad)
            pipeline.optimizer.step()
        return {n: t["value"] for n, t in pipeline.tensors().items()}, losses

    one = small()
    losses = train_one(one, data, steps=10, size=13)
    assert furthest(run(program, 4).results, one, losses) < 1e-10


def test_training_goes_on_from_a_checkpoint_of_other_stages(tmp_path):
    data = images(64)

    def program(world, schedule, seed, steps):
        pipeline = Pipeline(world, small(seed=seed), schedule, "adam")
        losses = [
            pipeline.step(*batch(data, step, 13))
            for step in range(resume(pipeline, tmp_path), steps)
        ]
        save(world, pipeline, tmp_path, steps)
        return {name: t["value"] for name, t in pipeline.tensors().items()}, losses

    run(program, 2, args=(one_f_one_b(2, 4), 0, 4))
    found = run(program, 4, args=(zero_bubble(4, 3), 9, 10)).results
    one = small()
    losses = train_one(one, data, steps=10, size=13, update="adam")
    assert furthest(found, one, losses[4:]) < 1e-10


def test_sequences_may_change_their_length():
    def program(world):
        pipeline = Pipeline(world, tiny(), one_f_one_b(2, 2))
        return [pipeline.step(*sentences(4, length, 10)) for length in (3, 6, 4)]

    assert run(program, 2).results[1][2] > 0


def on_processes(world, data):
    """Train with each schedule; then hold the gradients to torch's own pipelines."""
    found = [
        train(world, small, data, schedule, 10, 13, {})
        for schedule in (gpipe(2, 5), one_f_one_b(2, 5), zero_bubble(2, 5), interleaved(2, 4))
    ]
    return found, [
        _beside_torch(world, data, name) for name in ("GPipe", "1F1B", "Interleaved1F1B")
    ]


def _beside_torch(world, data, name):
    """The largest difference between our gradients and those of torch's own schedule."""
    from torch.distributed import pipelining

    from dlcourse.parallel.models import loss

    chunks = 2 if name.startswith("Inter") else 1
    ours = {"GPipe": gpipe, "1F1B": one_f_one_b, "Interleaved1F1B": interleaved}[name](2, 4)
    pipeline, (x, y) = Pipeline(world, small(), ours), batch(data, 0, 12)
    pipeline.backward(x, y)
    parts = cut(small(), 2 * chunks)
    stages = [
        pipelining.PipelineStage(parts[g], g, 2 * chunks, torch.device("cpu"))
        for g in range(world.rank, 2 * chunks, 2)
    ]
    schedule = getattr(pipelining, f"Schedule{name}")(
        stages if chunks > 1 else stages[0], n_microbatches=4, loss_fn=loss
    )
    schedule.step(*([x] if world.rank == 0 else []), **({"target": y} if world.rank else {}))
    theirs = [w for stage in stages for w in stage.submod.parameters()]
    mine = [w for chunk in pipeline.chunks for w in chunk.parameters()]
    return max((a.grad - b.grad).abs().max().item() for a, b in zip(mine, theirs, strict=True))


def test_on_processes_they_train_like_one_device_and_like_torch():
    one, data = small(), images(64)
    losses = train_one(one, data, steps=10, size=13)
    results = run(on_processes, 2, on="processes", args=(data,)).results
    for several in zip(*(found for found, _ in results), strict=True):
        assert furthest(several, one, losses) < 1e-10
    assert max(max(apart) for _, apart in results) < 1e-12


def shared():
    layer = torch.nn.Linear(2, 2)
    twin = torch.nn.Linear(2, 2)
    twin.weight = layer.weight
    return torch.nn.Sequential(layer, twin)


def test_what_cannot_be_done_is_said():
    with pytest.raises(ValueError, match=r"parts=\[2, 3\]: give 1 or more units each, 4 in all"):
        cut(small(), [2, 3])
    with pytest.raises(ValueError, match=r"parts=\[1, 1, 1, 1, 0\]"):
        cut(small(), 5)
    with pytest.raises(ValueError, match="1 shares weights with another layer"):
        SplitBackward(shared())
    layer = torch.nn.Linear(2, 2)
    with pytest.raises(ValueError, match="runs twice in one pass"):
        SplitBackward(torch.nn.Sequential(layer, layer)).forward(torch.ones(1, 2))
    with pytest.raises(RankError, match="3 stages on 2 ranks"):
        run(lambda world: Pipeline(world, small(), gpipe(3, 4)), 2)
    with pytest.raises(RankError, match=r"parts=\[4\]: GPipe, 2 stages, 4 micro-batches, needs 2"):
        run(lambda world: Pipeline(world, small(), gpipe(2, 4), parts=[4]), 2)
    with pytest.raises(RankError, match="a batch of 3 rows has too few for 4 micro-batches"):
        run(lambda world: Pipeline(world, small(), gpipe(2, 4)).step(*images(3)), 2)


def test_a_schedule_by_hand_runs_too():
    order = tuple(Pass(kind, i) for i in range(3) for kind in ("F", "B", "W"))
    one, data = small(), images(64)
    losses = train_one(one, data, steps=2, size=13)
    args = small, data, Schedule("one by one", 3, (order,) * 3), 2, 13, {}
    assert furthest(run(train, 3, args=args).results, one, losses) < 1e-10
