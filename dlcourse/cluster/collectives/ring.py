"""Around the ring: every rank sends to its right neighbour and receives from its left one.

Each part of the data travels on its own and always in the same direction, so all links are busy
all the time. What arrives is first added and then, once a part is complete, kept.

Source: Patarasuk, Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations",
2009, https://doi.org/10.1016/j.jpdc.2008.09.002.
"""

import math
from collections import deque
from itertools import cycle, islice

from dlcourse.cluster.collectives.arrays import Parts, cut, empty


def ring(world, array, segments=1, room=None):
    """Add the arrays of all ranks up: a reduce-scatter, then an all-gather.

    Args:
        world: a World.
        array: one-dimensional array; overwritten with the sum.
        segments: messages for each part: one is added while the next one travels.
        room: see `travel`; `tuned` gives both.

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
    travel(world, parts, world.rank - 1, steps, steps, segments, room)


def tuned(array, size):
    """Choose how a ring is fast on real processors: few messages, room kept for those to come.

    Long parts are cut, so that adding one piece and sending the next overlap; a message more costs
    tens of microseconds, so pieces stay long. Memory that was just made is slow to write to: who
    calls again and again keeps this room.

    Args:
        array: one-dimensional, what is to be all-reduced.
        size: number of ranks.

    Returns:
        dict, the further arguments of `ring`: segments and room.

    >>> import numpy as np
    >>> choice = tuned(np.zeros(2**21), size=2)
    >>> choice["segments"], [len(place) for place in choice["room"]]
    (2, [524288, 524288, 524288, 524288])
    """
    segments = max(1, round(array.nbytes / size / PIECE))
    longest = math.ceil(math.ceil(len(array) / size) / segments)
    places = min(AHEAD, 2 * (size - 1) * segments)
    return {"segments": segments, "room": [empty(array, longest) for _ in range(places)]}


def travel(world, parts, start, adding=0, keeping=0, segments=1, room=None):
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
        room: list of two arrays or more, as long as the longest message, for what is to be added;
            that many messages are asked for ahead. Two new ones if left out.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> def program(world):
    ...     parts = [np.array([1.0]), np.array([10.0]), np.array([100.0])]
    ...     travel(world, parts, world.rank - 1, adding=2)
    ...     return [part.item() for part in parts]
    >>> run(program, ranks=3).results
    [[3.0, 20.0, 100.0], [1.0, 30.0, 200.0], [2.0, 10.0, 300.0]]
    """
    adding, keeping = (adding, keeping) if world.size > 1 else (0, 0)
    right = (world.rank + 1) % world.size
    room = room or [empty(parts[0], -(-len(parts[0]) // segments)) for _ in range(2)]
    asking = _asking(world, parts, start - 1, adding, keeping, segments, room)
    asked = deque(islice(asking, 1))  # asked for first: so nothing sent has to wait
    mine = cut(parts[start % world.size], segments) if asked else []
    sending = deque(world.isend(piece, right) for piece in mine)
    asked.extend(islice(asking, len(room) - 1))
    last = (adding + keeping - 1) * segments
    for number in range(last + segments):
        request, arrived, piece = asked.popleft()
        request.wait()
        if arrived is not piece:
            piece += arrived
        sending.popleft().wait()
        if number < last:
            sending.append(world.isend(piece, right))
        asked.extend(islice(asking, 1))


def _asking(world, parts, start, adding, keeping, segments, room):
    """Ask for a piece whenever it is resumed: yield (Request, what arrives, piece of a part).

    A kept piece replaces the old one at once. It can't arrive before that one was sent: it is made
    of it.
    """
    left, places = (world.rank - 1) % world.size, cycle(room)
    for step in range(adding + keeping):
        part = parts[(start - step) % world.size]
        for piece in cut(part, segments) if segments > 1 else (part,):
            buffer = next(places)[: len(piece)] if step < adding else piece
            yield world.irecv(buffer, left), buffer, piece


PIECE = 2**22  # bytes of a message on real processors, about
AHEAD = 8  # messages asked for ahead, at most
