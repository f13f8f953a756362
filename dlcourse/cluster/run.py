"""Run a rank program: `run(program, ranks=8, on="dgx-h100")`."""

from dlcourse.cluster.errors import ClusterError, check_counts
from dlcourse.cluster.mail import EAGER_LIMIT
from dlcourse.cluster.output import by_rank
from dlcourse.cluster.presets import topology
from dlcourse.cluster.processes import run_processes
from dlcourse.cluster.simulate import Simulation
from dlcourse.cluster.topology import Topology, star


def run(
    program,
    ranks=None,
    on="ideal",
    args=(),
    time_limit=60.0,
    trace=True,
    speed=None,
    eager_limit=EAGER_LIMIT,
):
    """Run `program(world, *args)` in every rank.

    Args:
        program: function whose first argument is the rank's World; a notebook cell's will do.
        ranks: how many; left out, the topology's devices, 8 if it is ideal, and 2 processes.
        on: "ideal" (every rank on one perfect switch), a preset's name such as "dgx-h100", a
            Topology, or "processes": real ones, joined by torch.distributed, which compares no
            shapes and dtypes.
        args: further arguments.
        time_limit: seconds of real time after which the run is ended.
        trace: whether to keep every message and wait; if not, only the bytes over each link.
        speed: (FLOP/s, bytes/s) of every device, for World.compute.
        eager_limit: bytes up to which a message is sent before its receiver asks for it. With 0
            every send waits: a program that ends then deadlocks nowhere, whatever its sizes.
            This, trace and speed are for the virtual cluster.

    Returns:
        Run.

    Raises:
        ValueError: if `ranks` is no number of ranks, or `on` is unknown or has too few devices.
        ClusterError: RankError, Deadlock, Mismatch, NeverReceived, TimeLimit or LostRank. What
            the ranks printed until then is printed first; `error.run` has what was done.

    >>> import numpy as np
    >>> def program(world):
    ...     if world.rank == 0:
    ...         world.send(np.arange(3), dest=1)
    ...     else:
    ...         print(world.recv(np.empty(3, int), source=0))
    >>> run(program, ranks=2)
    2 ranks on ideal: 1 µs, 1 message, 24 B
    rank 1: [0 1 2]
    """
    if ranks is not None:
        check_counts(ranks=ranks)
    try:
        if on == "processes":
            return run_processes(program, 2 if ranks is None else ranks, args, time_limit)
        network = _topology(on, ranks)
        simulation = Simulation(program, ranks, network, args, trace, speed, eager_limit)
        return simulation.run(time_limit)
    except ClusterError as error:
        if printed := by_rank(error.run.outputs):
            print(printed)
        raise


def _topology(on, ranks):
    if isinstance(on, Topology):
        return on
    return star(8 if ranks is None else ranks) if on == "ideal" else topology(on)
