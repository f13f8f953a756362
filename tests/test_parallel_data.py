"""Data parallelism, plain and sharded: whatever the ranks, the numbers are those of one device."""

import os
import subprocess
import sys
import sysconfig
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.cluster.run import run
from dlcourse.parallel.checkpoint import resume, save
from dlcourse.parallel.data import images, sentences
from dlcourse.parallel.data_parallel import Bucketed, Naive, Overlapped
from dlcourse.parallel.exchange import Exchange
from dlcourse.parallel.models import convnet, transformer
from dlcourse.parallel.sharded import Zero1, Zero2, Zero3
from dlcourse.parallel.stages import memory, traffic
from dlcourse.parallel.train import train, train_one
from dlcourse.parallel.update import optimizer
from tests.parallel.data_ranks import (
    NETWORKS,
    PLAIN,
    SHARDED,
    against_torch,
    data,
    everything,
    program,
    worst,
)

SCRIPTS = Path(sysconfig.get_path("scripts"))
ENVIRONMENT = os.environ | {"PYTHONPATH": os.getcwd(), "OMP_NUM_THREADS": "1"}
TOLERANCE = {"float64": 1e-10, "float32": 1e-5}


pytestmark = pytest.mark.usefixtures("one_thread")


@cache
def one_device(name, dtype, update, steps, size):
    network = NETWORKS[name](dtype)
    losses = train_one(network, data(name, dtype), steps, size, update)
    return {key: value.detach() for key, value in network.named_parameters()}, losses


def check(strategy, name, dtype, update, ranks, size, steps=10, on="ideal"):
    case = (name, dtype, update, steps, size)
    wanted, losses = one_device(*case)
    for found, theirs in run(program, ranks, on, args=(strategy, *case, data(name, dtype))).results:
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


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_updates_are_torchs(name):
    torch.manual_seed(0)
    ours, theirs = torch.randn(5, dtype=torch.float64), torch.nn.Parameter(torch.empty(5).double())
    theirs.data.copy_(ours)
    kinds = {"sgd": partial(torch.optim.SGD, lr=0.05, momentum=0.9), "adam": torch.optim.Adam}
    updates = optimizer(name, [ours]), kinds[name]([theirs])
    for _ in range(10):
        ours.grad = theirs.grad = torch.randn(5, dtype=torch.float64)
        for update in updates:
            update.step()
    assert (ours - theirs).abs().max() < 1e-15


@given(st.integers(1, 5), st.integers(0, 30), st.integers(1, 100))
def test_an_exchange_cut_into_pieces_is_the_sum(ranks, n, piece):
    def program(world):
        world.piece = piece
        array = np.arange(n) * (world.rank + 1)
        exchange = Exchange(world, array)
        for _ in range(2):
            exchange.begin()
            exchange.add()
            exchange.finish()
        return array.tolist()

    done = run(program, ranks)
    total = np.arange(n) * sum(range(1, ranks + 1)) * ranks
    assert done.results == [total.tolist()] * ranks
    pieces = max(1, round(8 * n / ranks / piece))
    assert len(done.trace.messages) == 2 * pieces * 2 * ranks * (ranks - 1)


def test_unknown_updates_are_named():
    with pytest.raises(ValueError, match="update='sgdd': there are sgd, adam"):
        optimizer("sgdd", [])


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("update", ["sgd", "adam"])
def test_ranks_hold_what_the_closed_forms_say(name, update):
    units = [sum(p.numel() for p in u.parameters()) for u in NETWORKS[name]().children()]
    moments = {"sgd": 8, "adam": 16}[update]

    def program(world, strategy):
        chosen = strategy(world, NETWORKS[name](), update)
        train(world, chosen, data(name, "float64"), steps=2)
        return chosen.held() if strategy is Naive else chosen.most

    for stage, strategy in enumerate([Naive, *SHARDED]):
        for rank, found in enumerate(run(program, 3, args=(strategy,)).results):
            assert found == memory(units, 3, stage, rank, 8, 8, moments)


def test_ranks_send_what_the_closed_forms_say():
    n = 8 * sum(p.numel() for p in convnet().parameters())

    def sent(strategy, steps):
        case = (strategy, "convnet", "float64", "sgd", steps, 64, data("convnet", "float64"))
        return sum(m.bytes for m in run(program, 2, args=case).trace.messages)

    for stage, strategy in enumerate([Overlapped, *SHARDED]):
        step = sent(strategy, 2) - sent(strategy, 1)
        assert step / 2 == pytest.approx(traffic(n, 2, stage) + 8, rel=1e-4)  # and the loss


@pytest.mark.parametrize("update", ["sgd", "adam"])
def test_training_goes_on_from_a_checkpoint_with_any_strategy_and_ranks(tmp_path, update):
    def begin(world, strategy):
        chosen = strategy(world, transformer(seed=world.rank), update)
        train(world, chosen, data("transformer", "float64"), 4, 8)
        save(world, chosen, tmp_path, step=4)

    def go_on(world, strategy):
        chosen = strategy(world, transformer(seed=7), update)
        first = resume(chosen, tmp_path)
        train(world, chosen, data("transformer", "float64"), 10 - first, 8, first)
        return {key: value["value"] for key, value in chosen.tensors().items()}

    wanted, _ = one_device("transformer", "float64", update, 10, 8)
    for before, after in ((Overlapped, Zero3), (Zero3, Zero1), (Zero2, Naive)):
        run(begin, 2, args=(before,))
        for found in run(go_on, 3, args=(after,)).results:
            assert worst(found, wanted) <= 1e-10


def test_half_a_checkpoint_is_none(tmp_path, monkeypatch):
    def program(world):
        chosen = Naive(world, convnet())
        save(world, chosen, tmp_path, step=1)
        monkeypatch.setattr(torch, "save", lambda _, file: file.write_bytes(b"half") and 1 / 0)
        with pytest.raises(ZeroDivisionError):
            save(world, chosen, tmp_path, step=2)
        return resume(chosen, tmp_path)

    assert run(program, 1).results == [1]


def test_processes_end_where_one_device_ends():
    kinds = [
        ("convnet", "float64", "sgd", 10, 7),
        ("transformer", "float64", "adam", 10, 3),
        ("transformer", "float32", "sgd", 10, 8),
    ]
    cases = [(s, *kind, data(*kind[:2])) for s in PLAIN + SHARDED for kind in kinds]
    for results in run(everything, 2, "processes", args=(cases,)).results:
        for (_, *case, _), (found, losses) in zip(cases, results, strict=True):
            wanted, theirs = one_device(*case)
            assert worst(found, wanted) <= TOLERANCE[case[1]]
            assert losses == pytest.approx(theirs, abs=TOLERANCE[case[1]])


def test_parameters_are_those_of_torchs_ddp_and_fsdp2():
    rows = {name: data(name, "float64") for name in NETWORKS}
    for found in run(against_torch, 2, "processes", args=(rows,)).results:
        assert len(found) == 8
        assert max(found.values()) < 1e-10, found


@pytest.mark.parametrize("launcher", ["torchrun", "mpiexec"])
def test_the_same_script_trains_to_the_same_losses_under_any_launcher(launcher, tmp_path):
    if not (SCRIPTS / launcher).exists():
        pytest.skip(f"no {launcher} beside this Python")
    script = ["-m", "dlcourse.parallel.programs.train", "--network", "transformer"]
    script += ["--strategy", "zero2", "--checkpoint", str(tmp_path), "--steps"]
    start = {
        "torchrun": [SCRIPTS / "torchrun", "--nproc-per-node", "2"],
        "mpiexec": [SCRIPTS / "mpiexec", "-n", "2", sys.executable],
    }[launcher]
    shown = []
    for ranks, command in ((2, [*start, *script, "4"]), (1, [sys.executable, *script, "6"])):
        done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True)
        before, after = done.stdout.split(":")
        assert before == f"ranks {ranks}, losses"
        shown += map(float, after.split())
    losses = train_one(transformer("float32"), sentences(), steps=6)
    assert shown == pytest.approx(losses, abs=1e-5)


@pytest.mark.parametrize("strategy", [Naive, Bucketed, Overlapped])
def test_frozen_parameters_stay_as_they_are(strategy):
    def program(world, kind):
        network = convnet()
        first = next(network.parameters())
        first.requires_grad = False
        before = first.clone()
        losses = train(world, kind(world, network), images(32), steps=2)
        return losses, bool((first == before).all())

    alone = run(program, 1, args=(Naive,)).results[0]
    for losses, kept in run(program, 2, args=(strategy,)).results:
        assert kept and losses == pytest.approx(alone[0])
