"""Around the ring: every rank sends to its right neighbour and receives from its left one.

Each part of the data travels on its own and always in the same direction, so all links are busy
all the time. What arrives is first added and then, once a part is complete, kept.

Source: Patarasuk, Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations",
2009, https://doi.org/10.1016/j.jpdc.2008.09.002.
"""

from collections import deque
from itertools import cycle

from dlcourse.cluster.collectives.arrays import Parts, cut, empty
from dlcourse.cluster.errors import check_counts


def ring(world, array, segments=None):
    """Add the arrays of all ranks up: a reduce-scatter, then an all-gather.

    Args:
        world: a World.
        array: one-dimensional array; overwritten with the sum.
        segments: as for `travel`.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> def program(world):
    ...     array = np.array([1, 10, world.rank])
    ...     ring(world, array)
    ...     return array.tolist()
    >>> run(program, ranks=2).results
    [[2, 20, 1], [2, 20, 1]]
    """
    parts, steps = Parts(array, world.size), world.size - 1
    travel(world, parts, world.rank - 1, steps, steps, segments)


def travel(world, parts, start, adding=0, keeping=0, segments=None):
    """Send a part to the right, then send on what arrives from the left, step by step.

    In step t a rank receives parts[start - t - 1] and sends what it received in step t - 1. The
    terms of a sum are added in the order of the ranks that the part visits: two runs give the
    same bits, and so do all ranks.

    Args:
        world: a World.
        parts: sequence of `size` arrays (n,), the longest first, of equal lengths in all ranks;
            changed in place.
        start: number of the part to send first, counted modulo `size`.
        adding: steps in which a rank adds its own part to the one that arrives.
        keeping: further steps in which the part that arrives replaces its own.
        segments: messages for each part: one is added while the next one travels. If left out, as
            many as the world's `piece` says.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> def program(world):
    ...     parts = [np.array([1.0]), np.array([10.0]), np.array([100.0])]
    ...     travel(world, parts, world.rank - 1, adding=2)
    ...     return [part.item() for part in parts]
    >>> run(program, ranks=3).results
    [[3.0, 20.0, 100.0], [1.0, 30.0, 200.0], [2.0, 10.0, 300.0]]
    """
    segments = world.pieces(parts[0].nbytes) if segments is None else segments
    check_counts(segments=segments)
    legs = _legs(parts, start - 1, adding, keeping, segments)
    if (leg := next(legs, None)) is not None:
        _hand_on(world, cut(parts[start % len(parts)], segments), leg, legs)


def _hand_on(world, mine, leg, legs):
    """Send pieces to the right, and hand on what comes from the left, one asked for ahead."""
    left, right = (world.rank - 1) % world.size, (world.rank + 1) % world.size
    request = world.irecv(leg[0], left)  # asked for first: so nothing sent has to wait
    sending = deque(world.isend(piece, right) for piece in mine)
    while leg:
        inbox, piece, goes_on = leg
        leg = next(legs, None)
        following = leg and world.irecv(leg[0], left)
        request.wait()
        if inbox is not piece:
            piece += inbox
        sending.popleft().wait()
        if goes_on:
            sending.append(world.isend(piece, right))
        request = following


def _legs(parts, start, adding, keeping, segments):
    """Yield what comes, in order: (where to, the piece that it changes, whether that goes on).

    A kept piece replaces the old one at once. It can't arrive before that one was sent: it is made
    of it.
    """
    size, longest = len(parts), -(-len(parts[0]) // segments)
    steps = adding + keeping if size > 1 else 0
    room = empty(parts[0], 2 * longest if adding else 0)  # one block: free() keeps it for next time
    rooms = cycle((room[:longest], room[longest:]))  # while one is filled, the other one is added
    for step in range(steps):
        part = parts[(start - step) % size]
        for piece in cut(part, segments) if segments > 1 else (part,):
            inbox = next(rooms)[: len(piece)] if step < adding else piece
            yield inbox, piece, step < steps - 1
