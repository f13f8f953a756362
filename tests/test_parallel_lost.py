"""A rank is lost in the middle of training: the others say so at once, and training goes on."""

import os
import re
import signal
import time

import pytest
import torch

from dlcourse.cluster.errors import LostRank, RankError
from dlcourse.cluster.run import run
from dlcourse.parallel.checkpoint import resume, save
from dlcourse.parallel.data import sentences
from dlcourse.parallel.models import transformer
from dlcourse.parallel.programs.strategies import STRATEGIES

pytestmark = pytest.mark.usefixtures("one_thread")
RANKS = 3
SIZES = {"vocabulary": 12, "length": 6, "width": 12, "heads": 3, "blocks": 4}
DATA = sentences(16, length=6, vocabulary=12)


def begin(world, name, seed=0):
    torch.set_num_threads(1)
    return STRATEGIES[name].make(world, transformer(seed=seed, **SIZES), "adam")


def train(world, name, strategy, steps, first=0):
    return STRATEGIES[name].train(world, strategy, DATA, steps, size=8, first=first)


def until_one_is_killed(world, name, folder):
    """Train; rank 1 is killed on the way; the others note when and why they can't go on."""
    chosen = begin(world, name)
    train(world, name, chosen, steps=2)
    start = time.monotonic()
    try:
        save(world, chosen, folder, step=2)  # rank 1 may be gone before the others leave this
        if world.rank == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        train(world, name, chosen, steps=2, first=2)
    except LostRank as error:
        (folder / f"{world.rank}.txt").write_text(f"{time.monotonic() - start} {error}")
        raise


def go_on(world, name, folder):
    """Train four steps, those before the checkpoint counted: the parameters, whole."""
    chosen = begin(world, name, seed=0 if folder is None else 9)
    first = 0 if folder is None else resume(chosen, folder)
    train(world, name, chosen, 4 - first, first)
    return first, {key: kept["value"].clone() for key, kept in chosen.tensors().items()}


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_killed_rank_is_noticed_by_all_others_and_training_goes_on(name, tmp_path):
    with pytest.raises(LostRank, match=r"rank 1 died: signal 9 \(SIGKILL\)"):
        run(until_one_is_killed, RANKS, "processes", args=(name, tmp_path))
    for rank in (0, 2):
        seconds, text = (tmp_path / f"{rank}.txt").read_text().split(maxsplit=1)
        assert float(seconds) < 5
        assert re.fullmatch(r"rank \d no longer answers: it died, or stopped because .*", text)
    (first, resumed), *_ = run(go_on, RANKS, args=(name, tmp_path)).results
    (_, unbroken), *_ = run(go_on, RANKS, args=(name, None)).results
    assert first == 2
    assert resumed.keys() == unbroken.keys()
    assert all((resumed[key] - unbroken[key]).abs().max() < 1e-10 for key in unbroken)


def test_a_checkpoint_of_another_update_is_refused(tmp_path):
    def with_sgd(world):
        strategy = STRATEGIES["naive"].make(world, transformer(**SIZES), "sgd")
        train(world, "naive", strategy, steps=1)
        save(world, strategy, tmp_path, step=1)

    run(with_sgd, 1)
    with pytest.raises(RankError, match=r"has velocity for .*; this update keeps steps, mean, squ"):
        run(go_on, 1, args=("tensor", tmp_path))
