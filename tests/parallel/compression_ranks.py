"""Rank programs of the tests of compression: a process that imports them needs no pytest."""

import torch

from dlcourse.parallel.compression import Compressed
from dlcourse.parallel.models import convnet
from dlcourse.parallel.train import train


def program(world, rows, code, feedback=None, steps=3, size=8, update="sgd"):
    """Train; the parameters as one tensor, and the losses."""
    torch.set_num_threads(1)
    network = convnet("float32", seed=world.rank)
    strategy = Compressed(world, network, update, code, feedback)
    losses = train(world, strategy, rows, steps, size)
    return torch.cat([p.detach().reshape(-1) for p in network.parameters()]), losses


def one_step(world, rows, code, steps):
    """Nothing but steps: no message but those of gradients, once parameters are everywhere."""
    strategy = Compressed(world, convnet("float32"), code=code)
    for _ in range(steps):
        strategy.step(*rows, of=len(rows[1]))
    return [tuple(left.shape) for left in strategy.left]
