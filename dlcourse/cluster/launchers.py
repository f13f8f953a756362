"""The World of this process, in a program that torchrun or mpiexec started.

    with here() as world:
        program(world)

is the end of a file that runs on a laptop, on eight GPUs, and on a cluster.
"""

import os
import sys
import tempfile
import time
import traceback
from contextlib import contextmanager
from pathlib import Path

from dlcourse.cluster.waking import wake_gently

MPI_RANKS = ("PMI_RANK", "PMIX_RANK", "OMPI_COMM_WORLD_RANK")  # set by every MPI's mpiexec
FORWARD = 0.5  # seconds that mpiexec gets to show what a rank printed last
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@contextmanager
def here():
    """Join the other processes that the same launcher started; leave at the end of the block.

    Returns:
        Context of a World: of torch.distributed under torchrun, of MPI under mpiexec, of this
        process alone otherwise. An exception in one rank ends them all.

    >>> with here() as world:
    ...     print(world)
    rank 0 of 1
    """
    launcher = launched_by(os.environ)
    joined = {"torchrun": _torchrun, "mpiexec": _mpiexec, "python": _alone}[launcher]
    with joined() as world:
        yield world


def launched_by(environment):
    """Which launcher set the environment of a process.

    Args:
        environment: such as os.environ.

    Returns:
        "torchrun", "mpiexec" or "python".

    >>> launched_by({"RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "node1"})
    'torchrun'
    >>> launched_by({"PMI_RANK": "1"}), launched_by({})
    ('mpiexec', 'python')
    """
    if {"RANK", "WORLD_SIZE", "MASTER_ADDR"} <= set(environment):
        return "torchrun"
    return "mpiexec" if any(name in environment for name in MPI_RANKS) else "python"


@contextmanager
def _torchrun():
    from dlcourse.cluster.child import LOOPBACK_DEVICE
    from dlcourse.cluster.torch_world import join, leave

    if os.environ["MASTER_ADDR"] in LOOPBACK:
        os.environ.setdefault("GLOO_SOCKET_IFNAME", LOOPBACK_DEVICE)
    wake_gently()
    world = join({"init_method": "env://"})
    yield world
    _finish(world)
    leave()


@contextmanager
def _mpiexec():
    from dlcourse.cluster.mpi import MpiWorld

    world = MpiWorld.join()
    try:
        yield world
    except BaseException:
        end = f"rank {world.rank} stopped, and all others with it"
        print(f"{traceback.format_exc()}{end}", file=sys.stderr, flush=True)
        time.sleep(FORWARD)
        world.comm.Abort(1)


@contextmanager
def _alone():
    from dlcourse.cluster.torch_world import join, leave

    with tempfile.TemporaryDirectory() as folder:
        store = (Path(folder) / "store").as_uri()
        world = join({"init_method": store, "rank": 0, "world_size": 1})
        try:
            yield world
            _finish(world)
        finally:
            leave()


def _finish(world):
    from dlcourse.cluster.errors import NeverReceived

    if left := world.finish():
        raise NeverReceived(left)
