"""Broadcast: the root's array becomes everybody's."""

from types import MappingProxyType

from dlcourse.cluster.collectives.arrays import choose, flat
from dlcourse.cluster.errors import check_peer
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

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> messages = run(lambda world: tree(world, np.zeros(1), root=0), ranks=4).trace.messages
    >>> sorted((m.source, m.dest) for m in messages)
    [(0, 1), (0, 2), (1, 3)]
    """
    parent, children = relatives(world, root)
    if parent is not None:
        world.recv(array, parent)
    for child in children:
        world.send(array, child)


def relatives(world, root):
    """List whom a rank is joined with in the binomial tree of a root.

    Places are counted from the root. In round i, each place below 2^i gets the child at 2^i more.

    Args:
        world: the rank's World.
        root: rank at the top.

    Returns:
        Rank of its parent, None for the root; list of its children's, round by round.

    >>> from dlcourse.cluster.run import run
    >>> run(lambda world: relatives(world, root=0), ranks=5).results
    [(None, [1, 2, 4]), (0, [3]), (0, []), (1, []), (0, [])]
    """
    check_peer(world.rank, "takes for root", root, world.size)
    place = (world.rank - root) % world.size
    joins = place.bit_length()  # the first round in which this rank is in the tree
    parent = (world.rank - 2 ** (joins - 1)) % world.size if place else None
    steps = [2**i for i in range(joins, world.size.bit_length()) if place + 2**i < world.size]
    return parent, [(world.rank + step) % world.size for step in steps]


ALGORITHMS = MappingProxyType({"linear": linear, "tree": tree})
