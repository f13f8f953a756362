"""Checkpoints: a training run goes on after its machine was lost, with another strategy if need be.

A file holds every parameter and its optimizer state under the parameter's name, whole, so neither
the strategy nor the number of ranks has to be the same when training goes on. It is written beside
its place and then renamed: there is never half a checkpoint.
"""

from pathlib import Path


def save(world, strategy, folder, step):
    """Write what a strategy needs to go on; all ranks call it, rank 0 writes.

    Args:
        world: a World.
        strategy: has tensors(), which all ranks call.
        folder: path, made if it isn't there; seen by all ranks when training goes on.
        step: number of the step that comes next.

    >>> import tempfile
    >>> from dlcourse.cluster.run import run
    >>> from dlcourse.parallel.data_parallel import Naive
    >>> from dlcourse.parallel.models import convnet
    >>> from dlcourse.parallel.sharded import Zero3
    >>> folder = tempfile.mkdtemp()
    >>> _ = run(lambda world: save(world, Zero3(world, convnet()), folder, 7), ranks=2)
    >>> run(lambda world: resume(Naive(world, convnet(seed=1)), folder), ranks=3).results
    [7, 7, 7]
    """
    import torch

    tensors = strategy.tensors()
    if world.rank == 0:
        file = _file(folder)
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".part")
        torch.save({"step": step, "tensors": tensors}, unfinished)
        unfinished.replace(file)
    world.barrier()


def resume(strategy, folder):
    """Read what `save` has written, if there is anything.

    Args:
        strategy: has restore(tensors); of a network with the same parameters.
        folder: path.

    Returns:
        number of the step that comes next: 0 without a checkpoint.

    >>> resume(strategy=None, folder="no/such/folder")
    0
    """
    import torch

    if not _file(folder).exists():
        return 0
    found = torch.load(_file(folder), weights_only=True, map_location="cpu")
    strategy.restore(found["tensors"])
    return found["step"]


def _file(folder):
    return Path(folder) / "checkpoint.pt"
