"""Run a rank program: `run(program, ranks=8, on="dgx-h100")`."""

import traceback
from dataclasses import dataclass

from dlcourse.cluster.clock import Clock
from dlcourse.cluster.diagnosis import deadlock
from dlcourse.cluster.errors import ClusterError, RankError, TimeLimit
from dlcourse.cluster.network import Network
from dlcourse.cluster.recorder import Recorder
from dlcourse.cluster.scheduler import Scheduler
from dlcourse.cluster.topology import Topology, star
from dlcourse.cluster.virtual import EAGER_LIMIT, Mail, VirtualWorld
from dlcourse.trace import ClusterTrace


@dataclass(frozen=True)
class Run:
    """What a run gave.

    Attributes:
        results: what the program returned, by rank.
        outputs: what it printed, by rank.
        seconds: how long it took: the latest clock of the virtual cluster.
        trace: ClusterTrace, or None where none is kept.
    """

    results: list
    outputs: list
    seconds: float
    trace: ClusterTrace | None


def run(program, ranks=8, on="ideal", args=(), time_limit=60.0, trace=True):
    """Run `program(world, *args)` in every rank.

    >>> run(lambda world: world.rank, ranks=3).results
    [0, 1, 2]
    """
    topology = on if isinstance(on, Topology) else star(ranks)
    network = Network(topology)
    recorder = Recorder(network, trace)
    clock = Clock(network, ranks, recorder)
    mail = Mail(ranks, EAGER_LIMIT)
    results = [None] * ranks

    def work(rank):
        try:
            results[rank] = program(VirtualWorld(rank, mail, scheduler), *args)
        except ClusterError as error:
            scheduler.fail(error)
        except Exception:
            scheduler.fail(RankError(rank, traceback.format_exc()))

    scheduler = Scheduler(ranks, clock, work, lambda: deadlock(mail, scheduler))
    if not scheduler.run(time_limit):
        scheduler.fail(TimeLimit(f"not done after {time_limit} s"))
    if scheduler.failure:
        raise scheduler.failure
    seconds = max(clock.now)
    return Run(results, [""] * ranks, seconds, recorder.trace(ranks, seconds))
