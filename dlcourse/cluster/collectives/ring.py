"""Around the ring: every rank sends to its right neighbour and receives from its left one.

Each part of the data travels on its own and always in the same direction, so all links are busy
all the time. What arrives is first added and then, once a part is complete, kept.

Source: Patarasuk, Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations",
2009, https://doi.org/10.1016/j.jpdc.2008.09.002.
"""

from collections import deque
from itertools import cycle

from dlcourse.cluster.arrays import check_array
from dlcourse.cluster.collectives.arrays import Parts, cut, empty, flat
from dlcourse.cluster.errors import check_counts

PIECE = 2**20  # bytes of a message on real processors, about


def ring(world, array, segments=1):
    """Add the arrays of all ranks up: a reduce-scatter, then an all-gather.

    Args:
        world: a World.
        array: one-dimensional array; overwritten with the sum.
        segments: messages for each part: one is added while the next one travels.

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


class PersistentRing:
    """A ring all-reduce of one array, prepared once and done again and again.

    What a call would look up each time is kept: the pieces, and room for those that arrive (memory
    that was just made is slow to write to). MPI calls such collectives persistent, and DDP's
    buckets are what they are for: the same memory is summed up in every step.

    Args:
        world: a World.
        array: contiguous NumPy array or torch tensor, the same one in every call.
        segments: messages for each part. If left out, long parts are cut, so that adding one piece
            and sending the next overlap; a message more costs tens of microseconds, so pieces stay
            long.

    Source: MPI 4.0, "Persistent Collective Operations", https://www.mpi-forum.org/docs/mpi-4.0/mpi40-report.pdf

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> def program(world):
    ...     array = np.ones(3)
    ...     all_reduce = PersistentRing(world, array)
    ...     all_reduce()
    ...     all_reduce()
    ...     return array.tolist()
    >>> run(program, ranks=2).results
    [[4.0, 4.0, 4.0], [4.0, 4.0, 4.0]]
    """

    def __init__(self, world, array, segments=None):
        check_array(array, "PersistentRing")
        self.world, self.array, steps = world, array, world.size - 1
        if segments is None:
            segments = max(1, round(array.nbytes / world.size / PIECE))
        check_counts(segments=segments)
        self.segments = segments
        parts = cut(flat(array), world.size)
        self.mine = cut(parts[world.rank - 1], self.segments)
        self.legs = list(_legs(parts, world.rank - 2, steps, steps, self.segments))

    def __call__(self):
        """Replace the array by the sum of everybody's, and return it."""
        with self.world.collective("all_reduce", self.array, segments=self.segments):
            _travel(self.world, self.mine, self.legs)
        return self.array


def travel(world, parts, start, adding=0, keeping=0, segments=1):
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
        segments: messages for each part: one is added while the next one travels.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> def program(world):
    ...     parts = [np.array([1.0]), np.array([10.0]), np.array([100.0])]
    ...     travel(world, parts, world.rank - 1, adding=2)
    ...     return [part.item() for part in parts]
    >>> run(program, ranks=3).results
    [[3.0, 20.0, 100.0], [1.0, 30.0, 200.0], [2.0, 10.0, 300.0]]
    """
    check_counts(segments=segments)
    mine = cut(parts[start % len(parts)], segments)
    _travel(world, mine, _legs(parts, start - 1, adding, keeping, segments))


def _legs(parts, start, adding, keeping, segments):
    """Yield what comes, in order: (where to, the piece that it changes, whether that goes on).

    A kept piece replaces the old one at once. It can't arrive before that one was sent: it is made
    of it.
    """
    size, longest = len(parts), -(-len(parts[0]) // segments)
    steps = adding + keeping if size > 1 else 0
    room = cycle([empty(parts[0], longest), empty(parts[0], longest)])  # the next one is asked for
    for step in range(steps):
        part = parts[(start - step) % size]
        for piece in cut(part, segments) if segments > 1 else (part,):
            inbox = next(room)[: len(piece)] if step < adding else piece
            yield inbox, piece, step < steps - 1


def _travel(world, mine, legs):
    """Send pieces to the right, and send on what comes from the left."""
    left, right = (world.rank - 1) % world.size, (world.rank + 1) % world.size
    legs = iter(legs)
    leg = next(legs, None)
    if leg is None:
        return
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
