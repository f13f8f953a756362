"""Small rank programs that compare strategies: how long a step takes, what a rank holds.

`run` starts them on a virtual cluster or on processes.
"""

import os
from collections import OrderedDict

import numpy as np

from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.parts import Node, cluster
from dlcourse.cluster.run import run
from dlcourse.parallel.data import share
from dlcourse.parallel.grid import Grid
from dlcourse.parallel.pipeline import Pipeline
from dlcourse.parallel.programs.train import program
from dlcourse.parallel.step_time import charge
from dlcourse.parallel.train import train


def exchange(world, count, way):
    """Add up `count` float32 numbers of every rank by a way of `all_reduce`.

    >>> run(exchange, 2, args=(10**6, "ring")).seconds < 1e-3
    True
    """
    all_reduce(world, np.ones(count, np.float32), way)


def clocked_exchange(way, nodes, gpus, size, nic="InfiniBand QDR 4x"):
    """Ask the virtual clock how long gradients take between computers with one card each.

    Args:
        way: of `all_reduce`.
        nodes: computers, on one switch.
        gpus: in each of them.
        size: bytes of a GPU's gradients.
        nic: name of the cards.

    Returns:
        Seconds.

    >>> round(clocked_exchange("naive", nodes=2, gpus=1, size=4e6), 4)    # 4 MB at 4 GB/s
    0.001
    """
    net = cluster("one card each", Node(gpus, nics=1, nic=nic), nodes, "switch")
    return run(exchange, on=net, args=(int(size / 4), way), trace=False).seconds


def layered_step(world, strategy, times, width=500):
    """Train one step on equal dense layers whose passes take given times on a virtual clock.

    Args:
        world: a World.
        strategy: function (world, network, limit=bytes of a bucket) -> strategy.
        times: (seconds of forward, seconds of backward) of each layer.
        width: of the layers, whose width² gradients fill a bucket.

    Returns:
        (begin, end) of the step on the clock, in seconds.

    >>> from dlcourse.parallel.data_parallel import Bucketed
    >>> begin, end = run(layered_step, 1, args=(Bucketed, [(1e-3, 2e-3)] * 4)).results[0]
    >>> round(end - begin, 9)
    0.012
    """
    import torch

    layers = (torch.nn.Linear(width, width, bias=False) for _ in times)
    network = torch.nn.Sequential(OrderedDict((f"{i}", layer) for i, layer in enumerate(layers)))
    charge(world, network, times)
    chosen, begin = strategy(world, network, limit=4 * width**2), world.time()
    chosen.step(torch.ones(2, width), torch.zeros(2, dtype=torch.int64), of=2 * world.size)
    return begin, world.time()


def fastest_steps(world, strategies, network, data, turns):
    """Time steps of several strategies, by turns, so that a busy moment hits them all.

    Args:
        world: a World.
        strategies: list of functions (world, network) -> strategy.
        network: function () -> network.
        data: (x, y) tensors; the ranks share their rows.
        turns: steps of each strategy.

    Returns:
        list of seconds: the shortest step of each.

    >>> from dlcourse.parallel.data import images
    >>> from dlcourse.parallel.data_parallel import Bucketed, Naive
    >>> from dlcourse.parallel.models import convnet
    >>> args = [Naive, Bucketed], convnet, images(8), 2
    >>> naive, bucketed = run(fastest_steps, 2, args=args).results[0]
    >>> 0 < bucketed < naive
    True
    """
    import torch

    torch.set_num_threads(1)  # each rank is a process of its own
    x, y = share(world, data)
    chosen = [make(world, network()) for make in strategies]
    times = [[] for _ in chosen]
    for _ in range(turns):
        for strategy, its in zip(chosen, times, strict=True):
            world.barrier()
            begin = world.time()
            strategy.step(x, y, of=data[1].numel())
            its.append(world.time() - begin)
    return [min(its) for its in times]


def weigh(world, strategy, network, data):
    """Train two steps with Adam, and weigh what this rank then holds, and held at most.

    Args:
        world: a World.
        strategy: Naive or one of the ZeRO stages.
        network: function () -> network.
        data: (x, y) tensors.

    Returns:
        two tuples of bytes: of parameters, of gradients, of the optimizer's state.

    >>> from dlcourse.parallel.data import images
    >>> from dlcourse.parallel.models import convnet
    >>> from dlcourse.parallel.sharded import Zero3
    >>> (_, after, _), (_, most, _) = run(weigh, 2, args=(Zero3, convnet, images(8))).results[0]
    >>> 0 < after < most
    True
    """
    chosen = strategy(world, network(), "adam")
    train(world, chosen, data, steps=2)
    return chosen.held(), getattr(chosen, "most", chosen.held())


def until_lost(world, folder, steps=4):
    """Train and leave a checkpoint; then rank 1 dies while the others wait for it.

    Args:
        world: a World of processes.
        folder: of the checkpoint.
        steps: before it.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run(until_lost, 2, "processes", args=(folder,))
    Traceback (most recent call last):
    dlcourse.cluster.errors.LostRank: ...
    """
    program(world, steps=steps, folder=folder)
    if world.rank == 1:
        os._exit(1)
    world.barrier()


def clocked_pipeline(schedule, times):
    """Make a pipeline whose passes take a simulator's times on the virtual clock.

    Args:
        schedule: Schedule of equal stages.
        times: dlcourse.plan.simulate.Times.

    Returns:
        function (world, network) -> Pipeline.

    >>> from dlcourse.parallel.data import sentences
    >>> from dlcourse.parallel.models import transformer
    >>> from dlcourse.parallel.parity import clocked_step
    >>> from dlcourse.plan.schedules import gpipe
    >>> from dlcourse.plan.simulate import Times
    >>> make = clocked_pipeline(gpipe(2, 4), Times(1e-3, 1e-3, 1e-3))
    >>> round(clocked_step(make, transformer, sentences(16), ranks=2), 3)    # (4 + 1) passes
    0.015
    """
    cost = {kind: took[0] / schedule.chunks for kind, took in times.table(1).items()}
    return lambda world, network: Pipeline(world, network, schedule, seconds=cost)


def block(world, axes, tokens=2048, width=1024):
    """Send what one block of a transformer sends in a step: along "tensor", then along "data".

    Args:
        world: a World.
        axes: dict axis -> ranks, as for Grid; the last axis has neighbouring ranks.
        tokens, width: of the block's activations; its weights are split along "tensor".

    >>> long, short = (run(block, 4, args=({"data": 2, "tensor": 2}, n)).seconds for n in (64, 8))
    >>> long > short
    True
    """
    grid = Grid(world, **axes)
    weights = 12 * width**2 // axes["tensor"]
    activations, gradients = np.ones(tokens * width, np.float32), np.ones(weights, np.float32)
    for _ in range(4):  # two pairs of layers, forward and backward
        all_reduce(grid.along("tensor"), activations)
    all_reduce(grid.along("data"), gradients)
