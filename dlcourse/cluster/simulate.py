"""Runs a rank program on the virtual cluster."""

import traceback

from dlcourse.cluster.clock import Clock
from dlcourse.cluster.diagnosis import deadlock, left_over, too_long
from dlcourse.cluster.errors import ClusterError, RankError
from dlcourse.cluster.mail import EAGER_LIMIT, Mail
from dlcourse.cluster.network import Network
from dlcourse.cluster.output import Outputs, counted
from dlcourse.cluster.recorder import Recorder
from dlcourse.cluster.results import Run
from dlcourse.cluster.scheduler import Scheduler, Stopped
from dlcourse.cluster.stacks import trimmed
from dlcourse.cluster.virtual import VirtualWorld


class Simulation:
    """One run on a virtual cluster.

    Args:
        program: function (world, *args).
        ranks: how many; one on every device, if None.
        topology: Topology; rank i runs on device i.
        args: further arguments of the program, the same objects in all ranks.
        keep: whether the trace keeps every message and wait, or only the bytes over each link.
        speed: (FLOP/s, bytes/s) of every device, for World.compute; or None.
        eager_limit: bytes up to which a message sets out before it is asked for.

    >>> from dlcourse.cluster.topology import star
    >>> Simulation(lambda world: world.rank, 2, star(2)).run(time_limit=1.0).results
    [0, 1]
    """

    def __init__(
        self, program, ranks, topology, args=(), keep=True, speed=None, eager_limit=EAGER_LIMIT
    ):
        devices = len(topology.devices)
        ranks = devices if ranks is None else ranks
        if ranks > devices:
            there = counted(devices, "device")
            raise ValueError(f"ranks={ranks}: {topology.name} has {there}: give no more ranks")
        self.program, self.args = program, args
        self.speed = speed
        self.machine = f"{counted(ranks, 'rank')} on {topology.name}"
        self.network = Network(topology)
        self.recorder = Recorder(keep)
        self.clock = Clock(ranks, self.recorder)
        self.mail = Mail(ranks, self.network, eager_limit)
        self.outputs = Outputs(ranks)
        self.results = [None] * ranks
        self.scheduler = Scheduler(ranks, self.clock, self._work, self._stuck, self._late)

    def run(self, time_limit):
        """Run all ranks.

        Args:
            time_limit: seconds of real time.

        Returns:
            Run.

        Raises:
            ClusterError: of the kind that says what went wrong; its `run` is what was done so far.
        """
        self.time_limit = time_limit
        with self.outputs.collected():
            failure = self.scheduler.run(time_limit)
        failure = failure or left_over(self.mail)
        if failure:
            failure.run = self._so_far()
            raise failure
        return self._so_far()

    def _work(self, rank):
        self.outputs.mine(rank)
        world = VirtualWorld(rank, self.mail, self.scheduler, self.speed)
        try:
            self.results[rank] = self.program(world, *self.args)
        except ClusterError as error:
            self.scheduler.fail(error.with_traceback(None))
        except Stopped:
            raise
        except BaseException as error:  # sys.exit() too ends a rank
            shown = traceback.TracebackException.from_exception(error)
            self.scheduler.fail(RankError(rank, trimmed(shown)))

    def _stuck(self):
        return deadlock(self.mail, self.scheduler)

    def _late(self):
        return too_long(self.time_limit, self.mail, self.scheduler)

    def _so_far(self):
        seconds = max(self.clock.now)
        trace = self.recorder.trace(len(self.results), seconds, [*self.mail.channels.values()])
        return Run(self.machine, self.results, self.outputs.texts(), seconds, trace)
