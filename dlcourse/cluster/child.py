"""What happens in the process of one rank: read the job, run the program, leave the result.

Everything passes through files of the run's folder: `job` (what to run), and for each rank
`N.out`, `N.err` (what it printed), `N.stack` (where it was when time was up) and `N.result`.
"""

import faulthandler
import os
import pickle
import sys
import threading
import time
import traceback
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

LATER = 30.0  # seconds: a rank that hangs says where before torch.distributed gives up
LOOPBACK_DEVICE = "lo0" if sys.platform == "darwin" else "lo"


@dataclass(frozen=True)
class Job:
    """What all ranks run, and where.

    Attributes:
        program: function and arguments, pickled by cloudpickle: a notebook's functions too.
        ranks: how many.
        time_limit: seconds.
        folder, path, argv, environment: working directory, sys.path, sys.argv and os.environ of the
            caller.
    """

    program: bytes
    ranks: int
    time_limit: float
    folder: str
    path: list
    argv: list
    environment: dict


@dataclass(frozen=True)
class Result:
    """How one rank ended: `value`, or the `error` that it raised at time `when`.

    What its program left over, such as messages that nobody received, stands in `left`.
    """

    value: object = None
    left: tuple = ()
    error: traceback.TracebackException | None = None
    when: float = 0.0


def work(folder, rank):
    """Run a rank in this process, and end the process.

    Args:
        folder: path of the run's folder.
        rank: its number.

    >>> work(Path("nowhere"), rank=0)
    Traceback (most recent call last):
        ...
    FileNotFoundError: [Errno 2] No such file or directory: 'nowhere/job'
    """
    job = pickle.loads((folder / "job").read_bytes())
    _settle(job, folder, rank)
    result = _result(job, folder, rank)
    if result.error is not None:
        _leave_result(folder, rank, result)
    sys.stdout.flush()
    os._exit(result.error is not None)  # no clean-up of what the parent's parent had open


def _settle(job, folder, rank):
    """Make this process look like the caller's, with its output in files."""
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(folder / f"{rank}.{name}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
    sys.stdout, sys.stderr = os.fdopen(1, "w", buffering=1), os.fdopen(2, "w", buffering=1)
    os.chdir(job.folder)
    sys.path[:], sys.argv[:] = job.path, job.argv
    os.environ.clear()
    os.environ.update(job.environment)
    os.environ.update(RANK=str(rank), WORLD_SIZE=str(job.ranks))
    os.environ.update(LOCAL_RANK=str(rank), LOCAL_WORLD_SIZE=str(job.ranks))
    if sys.platform != "win32":  # only this computer's ranks may connect
        os.environ.update(GLOO_SOCKET_IFNAME=LOOPBACK_DEVICE, NCCL_SOCKET_IFNAME=LOOPBACK_DEVICE)
    stack = os.open(folder / f"{rank}.stack", os.O_WRONLY | os.O_CREAT)
    faulthandler.dump_traceback_later(job.time_limit, file=stack)


def _result(job, folder, rank):
    import cloudpickle
    import torch

    from dlcourse.cluster.torch_world import join, leave
    from dlcourse.cluster.waking import wake_gently

    wake_gently()
    torch.set_num_threads(max(1, os.cpu_count() // job.ranks))
    result = Result()
    try:
        program, args = cloudpickle.loads(job.program)
        world = join(
            {
                "init_method": (folder / "store").as_uri(),
                "rank": rank,
                "world_size": job.ranks,
                "timeout": timedelta(seconds=job.time_limit + LATER),
            }
        )
        value = program(world, *args)
        _leave_result(folder, rank, Result(value))
        result = Result(value)  # kept, even if another rank fails from here on
        if left := world.finish():  # nobody hangs up while others still talk
            _leave_result(folder, rank, replace(result, left=tuple(left)))
        leave()
    except BaseException as error:
        shown = traceback.TracebackException.from_exception(error, lookup_lines=False)
        result = replace(result, error=shown, when=time.monotonic())
    return result


def _leave_result(folder, rank, result):
    """Write the result whole or not at all."""
    import cloudpickle

    part = folder / f"{rank}.part"
    part.write_bytes(cloudpickle.dumps(result))
    part.rename(folder / f"{rank}.result")


def _end_with_parent():
    """End when the parent does, which closes our stdin."""
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    work(Path(sys.argv[1]), int(sys.argv[2]))
