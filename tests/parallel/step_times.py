"""A step of every strategy of data parallelism, on the virtual clock and in closed form."""

from collections import OrderedDict

import torch

from dlcourse.cluster.collectives.costs import AlphaBeta
from dlcourse.cluster.run import run
from dlcourse.cluster.topology import star
from dlcourse.parallel.programs.strategies import STRATEGIES as ALL
from dlcourse.parallel.step_time import charge, step_seconds

STRATEGIES = [name for name in ALL if name in ("naive", "bucketed", "overlapped") or "zero" in name]
NET = AlphaBeta(alpha=5e-8, beta=1e-10)
WIDTH, UNITS = 48, 8
SIZE = 8 * WIDTH**2  # bytes of a unit
COMPUTE = (5e-7, 1e-6, 4e-6, 1e-4)  # seconds of a unit forward: messages are longer, or shorter


def predicted(name, ranks, compute):
    """Seconds of a step in closed form."""
    return step_seconds(name, [SIZE] * UNITS, [(compute, 2 * compute)] * UNITS, ranks, NET)


def simulated(name, ranks, compute):
    """Seconds of one step on the virtual cluster, what goes before it left out."""
    options = {"limit": SIZE} if name in ("bucketed", "overlapped") else {}

    def program(world, steps):
        units = ((str(i), torch.nn.Linear(WIDTH, WIDTH, bias=False)) for i in range(UNITS))
        network = torch.nn.Sequential(OrderedDict(units)).double()
        charge(world, network, [(compute, 2 * compute)] * UNITS)
        chosen = ALL[name].make(world, network, **options)
        for _ in range(steps):
            chosen.step(torch.ones(2, WIDTH).double(), torch.zeros(2, dtype=torch.int64), of=2)

    ideal = star(ranks, bandwidth=1 / NET.beta, latency=NET.alpha)
    one, two = (run(program, on=ideal, args=(steps,)).seconds for steps in (1, 2))
    return two - one
