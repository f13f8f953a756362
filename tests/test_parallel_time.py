"""The virtual cluster's step times are those of the closed forms."""

from collections import OrderedDict

import pytest
import torch

from dlcourse.cluster.collectives.costs import AlphaBeta
from dlcourse.cluster.run import run
from dlcourse.cluster.topology import star
from dlcourse.parallel.data_parallel import Bucketed, Naive, Overlapped
from dlcourse.parallel.sharded import Zero1, Zero2, Zero3
from dlcourse.parallel.step_time import charge, step_seconds

STRATEGIES = {"naive": Naive, "bucketed": Bucketed, "overlapped": Overlapped}
STRATEGIES |= {"zero1": Zero1, "zero2": Zero2, "zero3": Zero3}
NET = AlphaBeta(alpha=5e-8, beta=1e-10)
WIDTH, UNITS = 48, 8
SIZE = 8 * WIDTH**2  # bytes of a unit


def step_time(strategy, ranks, times, **options):
    """Seconds of one step on the virtual cluster, what goes before it left out."""

    def program(world, steps):
        units = OrderedDict(
            (str(i), torch.nn.Linear(WIDTH, WIDTH, bias=False)) for i in range(UNITS)
        )
        network = torch.nn.Sequential(units).double()
        charge(world, network, times)
        chosen = strategy(world, network, **options)
        for _ in range(steps):
            chosen.step(torch.ones(2, WIDTH).double(), torch.zeros(2, dtype=torch.int64), of=2)

    ideal = star(ranks, bandwidth=1 / NET.beta, latency=NET.alpha)
    one, two = (run(program, on=ideal, args=(steps,)).seconds for steps in (1, 2))
    return two - one


@pytest.mark.parametrize("compute", [5e-7, 1e-6, 4e-6, 1e-4])
@pytest.mark.parametrize("ranks", [1, 2, 4])
@pytest.mark.parametrize("name", STRATEGIES)
def test_steps_take_as_long_as_the_closed_form_says(name, ranks, compute):
    times = [(compute, 2 * compute)] * UNITS
    options = {"limit": SIZE} if name in ("bucketed", "overlapped") else {}
    predicted = step_seconds(name, [SIZE] * UNITS, times, ranks, NET)
    simulated = step_time(STRATEGIES[name], ranks, times, **options)
    exact = 0.1 if name == "overlapped" else 1e-9
    assert simulated == pytest.approx(predicted, rel=exact, abs=1e-15)
