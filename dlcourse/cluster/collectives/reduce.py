"""Reduce: the sum of everybody's arrays, at the root."""

from itertools import chain, cycle, pairwise
from types import MappingProxyType

from dlcourse.cluster.arrays import copy_of
from dlcourse.cluster.collectives.arrays import choose, empty, flat
from dlcourse.cluster.collectives.broadcast import relatives
from dlcourse.cluster.world import collective


@collective
def reduce(world, array, root=0, algorithm="tree"):
    """Add the arrays of all ranks up at the root.

    The order of the terms is fixed, so two runs give the same bits. "linear" adds the root's own
    array first and then those of the others by rank; "tree" adds sums of pairs, so that it may
    round differently.

    Args:
        world: a World.
        array: contiguous NumPy array or torch tensor, of the same shape and dtype in all ranks;
            changed at the root only.
        root: rank that gets the sum.
        algorithm: "linear" or "tree".

    Returns:
        The same array: the sum at the root, unchanged elsewhere.

    Raises:
        ValueError: for an unknown algorithm, or an array with gaps in memory.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> run(lambda world: reduce(world, np.array([world.rank]), root=1)[0].item(), ranks=4).results
    [0, 6, 2, 3]
    """
    choose(ALGORITHMS, algorithm)(world, flat(array), root)
    return array


def linear(world, array, root):
    """Let everybody send to the root, which adds one array after the other.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> run(lambda world: linear(world, np.zeros(1), root=0), ranks=3).trace.messages[-1].source
    2
    """
    if world.rank != root:
        world.send(array, root)
        return
    others = (rank for rank in range(world.size) if rank != root)
    rooms = zip(others, cycle([empty(array), empty(array)]), strict=False)
    asked = ((world.irecv(room, rank), room) for rank, room in rooms)
    for (request, arrived), _ in pairwise(chain(asked, [None])):  # the next one is asked for, too
        request.wait()
        array += arrived


def tree(world, array, root):
    """Send sums of pairs, then of fours, up a tree: the broadcast's tree, run backwards.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> messages = run(lambda world: tree(world, np.zeros(1), root=0), ranks=4).trace.messages
    >>> sorted((m.source, m.dest) for m in messages)
    [(1, 0), (2, 0), (3, 1)]
    """
    parent, children = relatives(world, root)
    total, arrived = array if parent is None else copy_of(array), empty(array)
    for child in reversed(children):
        total += world.recv(arrived, child)
    if parent is not None:
        world.send(total, parent)


ALGORITHMS = MappingProxyType({"linear": linear, "tree": tree})
