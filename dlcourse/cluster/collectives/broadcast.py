"""Broadcast: the root's array becomes everybody's."""

from types import MappingProxyType

from dlcourse.cluster.collectives.arrays import choose, flat
from dlcourse.cluster.world import collective


@collective
def broadcast(world, array, root=0, algorithm="tree"):
    """Give every rank the root's array.

    Args:
        world: a World.
        array: contiguous NumPy array or torch tensor, of the same shape and dtype in all ranks;
            overwritten except at the root.
        root: rank whose array it is.
        algorithm: "linear" or "tree".

    Returns:
        The same array.

    Raises:
        ValueError: for an unknown algorithm, or an array with gaps in memory.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> run(lambda world: broadcast(world, np.array([world.rank]), root=2).item(), ranks=3).results
    [2, 2, 2]
    """
    choose(ALGORITHMS, algorithm)(world, flat(array), root)
    return array


def linear(world, array, root):
    """Let the root send to one rank after the other: size - 1 messages leave one port.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> run(lambda world: linear(world, np.zeros(1), root=0), ranks=3).trace.messages[-1].dest
    2
    """
    if world.rank != root:
        world.recv(array, root)
        return
    for rank in range(world.size):
        if rank != root:
            world.send(array, rank)


def tree(world, array, root):
    """Let everybody who has it send it on: the number who have it doubles in every round.

    Places are counted from the root. In the round of distance d, place i < d sends to i + d.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> messages = run(lambda world: tree(world, np.zeros(1), root=0), ranks=4).trace.messages
    >>> sorted((m.source, m.dest) for m in messages)
    [(0, 1), (0, 2), (1, 3)]
    """
    place = (world.rank - root) % world.size
    for distance in distances(world.size):
        if place < distance and place + distance < world.size:
            world.send(array, (world.rank + distance) % world.size)
        elif distance <= place < 2 * distance:
            world.recv(array, (world.rank - distance) % world.size)


def distances(size):
    """List the powers of two below `size`: how far messages of a tree go, round by round.

    >>> distances(9)
    [1, 2, 4, 8]
    """
    return [2**i for i in range((size - 1).bit_length())]


ALGORITHMS = MappingProxyType({"linear": linear, "tree": tree})
