"""Says in plain sentences what is wrong with a program: which rank, which line, what it lacks."""

import sys

from dlcourse.cluster.arrays import kind_of
from dlcourse.cluster.errors import (
    SHOWN,
    Deadlock,
    Mismatch,
    NeverReceived,
    TimeLimit,
    few,
    forgotten,
    unmatched,
)
from dlcourse.cluster.places import innermost, of_thread, resolve
from dlcourse.cluster.world import BARRIER
from dlcourse.units import show


def deadlock(mail, scheduler):
    """The exception for ranks that wait for each other.

    Args:
        mail: Mail, whose `waits` hold the message each rank waits for.
        scheduler: Scheduler, whose threads stand where they wait.

    Returns:
        Mismatch if a message that a rank waits for was sent with another tag, else Deadlock.

    >>> import numpy as np
    >>> from dlcourse.cluster.run import run
    >>> def program(world):
    ...     world.recv(np.zeros(1), source=1 - world.rank)
    >>> run(program, ranks=2)
    Traceback (most recent call last):
        ...
    dlcourse.cluster.errors.Deadlock: ranks 0, 1 wait for each other
      rank 0 waits for a message from rank 1
        line 2 in program: world.recv(np.zeros(1), source=1 - world.rank)
      rank 1 waits for a message from rank 0
        line 2 in program: world.recv(np.zeros(1), source=1 - world.rank)
    """
    waits = {rank: transfer for rank, transfer in enumerate(mail.waits) if transfer}
    ring = _ring(waits)
    order = sorted(waits, key=lambda rank: (rank not in ring, rank))
    lines = [_waiting(rank, waits[rank], mail, scheduler) for rank in order]
    tags = [line for wait in waits.items() if (line := _other_tag(*wait, mail))]
    title = "no rank can go on"
    if ring:
        title = f"ranks {_some(sorted(ring))} wait for each other"
    if len(ring) == 1:
        title = f"rank {ring[0]} waits for itself"
    kind = Mismatch if tags else Deadlock
    return kind("\n  ".join([title, *few(tags), *few(lines)]))


def _ring(waits):
    """The ranks that wait for one another in a circle, or none."""
    for start in waits:
        path, rank = [], start
        while rank in waits and rank not in path:
            path.append(rank)
            rank = _peer(rank, waits[rank])
        if rank in path:
            return path[path.index(rank) :]
    return []


def _sends(rank, transfer):
    """Whether a rank that waits has sent the message, not asked for it."""
    return rank == transfer.channel.source and transfer.sent_at is not None


def _peer(rank, transfer):
    """The rank that is waited for."""
    channel = transfer.channel
    return channel.dest if _sends(rank, transfer) else channel.source


def _waiting(rank, transfer, mail, scheduler):
    thread, peer = scheduler.threads[rank], _peer(rank, transfer)
    calls = mail.calls[rank]
    inside = f"in {calls[0].name} " if calls else ""
    tag = transfer.channel.tag
    tagged = f" with tag {tag}" if tag and not inside else ""
    what = f"a message{tagged} from rank {peer}"
    if _sends(rank, transfer):
        limit = show(mail.eager_limit, "B", binary=True)
        what = f"rank {peer} to receive its message{tagged}, of more than {limit}"
    gone = ", which has finished" if scheduler.clock.finished[peer] else ""
    return f"rank {rank} waits {inside}for {what}{gone}\n    {of_thread(thread)}"


def _other_tag(rank, transfer, mail):
    """A sentence if what a rank waits for is there under another tag."""
    mine = transfer.channel
    if _sends(rank, transfer):
        return None
    for other in mail.channels.values():
        ends = (other.source, other.dest) == (mine.source, mine.dest)
        if ends and other.sent_first() and BARRIER not in (mine.tag, other.tag):
            return (
                f"rank {mine.source} sent tag {other.tag} to rank {mine.dest}, which waits for "
                f"tag {mine.tag}\n    {resolve(other.first.sent_at)}"
            )
    return None


def wrong_kind(mail, transfer, array, buffer):
    """The exception for a message that doesn't fit the buffer it should go into.

    Args:
        mail: Mail, which knows where the other side stands.
        transfer: Transfer, posted by the other side.
        array, buffer: what is sent, and where it goes.

    Returns:
        Mismatch.

    >>> import numpy as np
    >>> from dlcourse.cluster.run import run
    >>> def program(world):
    ...     if world.rank == 0:
    ...         world.send(np.zeros(3), dest=1)
    ...     else:
    ...         world.recv(np.zeros(4), source=0)
    >>> run(program, ranks=2)
    Traceback (most recent call last):
        ...
    dlcourse.cluster.errors.Mismatch: rank 0 sends float64 of shape (3,) to rank 1
        line 3 in program: world.send(np.zeros(3), dest=1)
      which receives into float64 of shape (4,)
        line 5 in program: world.recv(np.zeros(4), source=0)
    """
    channel, here = transfer.channel, innermost(sys._getframe())
    sent_at = resolve(transfer.sent_at) if transfer.sent_at else here
    asked_at = resolve(mail.receiving[transfer]) if transfer in mail.receiving else here
    return Mismatch(
        f"rank {channel.source} sends {kind_of(array)} to rank {channel.dest}\n    {sent_at}\n"
        f"  which receives into {kind_of(buffer)}\n    {asked_at}"
    )


def wrong_collective(number, one, other):
    """The exception for two ranks that are in different collectives.

    Args:
        number: how many collectives both called before.
        one, other: Call of each of them.

    Returns:
        Mismatch.

    >>> import numpy as np
    >>> from dlcourse.cluster.run import run
    >>> from dlcourse.cluster.world import collective
    >>> sum_up = collective(lambda world, array: None)
    >>> def program(world):
    ...     world.barrier() if world.rank else sum_up(world, np.zeros(1))
    >>> run(program, ranks=2)
    Traceback (most recent call last):
        ...
    dlcourse.cluster.errors.Mismatch: the ranks disagree on collective number 1
      rank 0 calls <lambda>(float64 of shape (1,))
        line 2 in program: world.barrier() if world.rank else sum_up(world, np.zeros(1))
      rank 1 calls barrier()
        line 2 in program: world.barrier() if world.rank else sum_up(world, np.zeros(1))
    """
    lines = [f"  rank {call.rank} calls {call}\n    {call.place}" for call in (one, other)]
    return Mismatch("\n".join([f"the ranks disagree on collective number {number + 1}", *lines]))


def left_over(mail):
    """The exception for messages and requests that nobody came back for, if there are any.

    Args:
        mail: Mail at the end of a run.

    Returns:
        NeverReceived, or None.

    >>> import numpy as np
    >>> from dlcourse.cluster.run import run
    >>> run(lambda world: world.send(np.zeros(1), dest=0, tag=7), ranks=1)
    Traceback (most recent call last):
        ...
    dlcourse.cluster.errors.NeverReceived: the program ended with something left over
      rank 0 sent 8 B with tag 7 to rank 0, which never received them
        line 1: run(lambda world: world.send(np.zeros(1), dest=0, tag=7), ranks=1)
    """
    lines = [
        *(_unmatched(mail, transfer) for channel in mail.channels.values() for transfer in channel),
        *(_forgotten(at, t.channel.dest, "irecv") for t, at in mail.receiving.items() if t.matched),
        *(_forgotten(at, t.channel.source, "isend") for t, at in mail.sending.items() if t.matched),
    ]
    if not lines:
        return None
    return NeverReceived(lines)


def too_long(time_limit, mail, scheduler):
    """The exception for a run that was ended at its limit.

    Args:
        time_limit: seconds.
        mail: Mail.
        scheduler: Scheduler, whose `running` is the rank at work.

    Returns:
        TimeLimit.

    >>> from dlcourse.cluster.run import run
    >>> def program(world):
    ...     while True: pass
    >>> run(program, ranks=2, time_limit=0.1)
    Traceback (most recent call last):
        ...
    dlcourse.cluster.errors.TimeLimit: not done after 0.1 s (time_limit)
      rank 0 was at work
        line 2 in program: while True: pass
    """
    threads, running = scheduler.threads, scheduler.running
    waits = {rank: wait for rank, wait in enumerate(mail.waits) if wait and not wait.matched}
    place = of_thread(threads[running])  # None for a thread that has ended
    lines = [f"rank {running} was at work" + (f"\n    {place}" if place else "")]
    lines += [_waiting(rank, waits[rank], mail, scheduler) for rank in waits if rank != running]
    title = f"not done after {time_limit:g} s (time_limit)"
    return TimeLimit("\n  ".join([title, *few(lines)]))


def _unmatched(mail, transfer):
    channel, sent = transfer.channel, transfer.sent_at
    size = transfer.bytes if sent else None
    text = unmatched(channel.source, channel.dest, channel.tag, size)
    return f"{text}\n    {resolve(sent or mail.receiving[transfer])}"


def _forgotten(place, rank, call):
    return f"{forgotten(rank, call)}\n    {resolve(place)}"


def _some(ranks):
    return ", ".join([*map(str, ranks[:SHOWN]), *(["..."] if len(ranks) > SHOWN else [])])
