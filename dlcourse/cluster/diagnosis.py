"""Says in plain sentences why nobody can go on: who waits for whom, in which line."""

from dlcourse.cluster.errors import Deadlock
from dlcourse.cluster.places import of_thread


def deadlock(mail, scheduler):
    """The exception for ranks that wait for each other.

    Args:
        mail: Mail, whose `waits` hold what each rank waits for.
        scheduler: Scheduler, whose threads stand where they wait.

    Returns:
        Deadlock.

    >>> import numpy as np
    >>> from dlcourse.cluster.run import run
    >>> def program(world):
    ...     world.recv(np.zeros(1), source=1 - world.rank)
    >>> run(program, ranks=2)
    Traceback (most recent call last):
        ...
    dlcourse.cluster.errors.Deadlock: no rank can go on:
      rank 0 waits for a message from rank 1
        line 2 in program: world.recv(np.zeros(1), source=1 - world.rank)
      rank 1 waits for a message from rank 0
        line 2 in program: world.recv(np.zeros(1), source=1 - world.rank)
    """
    lines = [_line(rank, request, scheduler) for rank, request in enumerate(mail.waits) if request]
    finished = [rank for rank, done in enumerate(scheduler.clock.finished) if done]
    if finished:
        lines.append(f"finished: {', '.join(map(str, finished))}")
    return Deadlock("\n  ".join(["no rank can go on:", *lines]))


def _line(rank, request, scheduler):
    source, dest, tag = request.transfer.key
    what = (
        f"a message from rank {source}"
        if request.buffer is not None
        else f"rank {dest} to ask for its message"
    )
    what += f" with tag {tag}" if tag else ""
    return f"rank {rank} waits for {what}\n    {of_thread(scheduler.threads[rank])}"
