"""All-gather: everybody gets everybody's arrays, one behind the other."""

from dlcourse.cluster.collectives.arrays import cut, empty, flat
from dlcourse.cluster.collectives.ring import travel


def all_gather(world, array, length=None):
    """Join the arrays of all ranks along the first axis, in rank order, around the ring.

    The inverse of `reduce_scatter`: that one's parts are joined by all_gather(world, part, n).

    Args:
        world: a World.
        array: contiguous NumPy array or torch tensor (m, ...), of one dtype in all ranks.
        length: of the joined array, if the ranks' arrays differ in length as the parts of
            `split(length, size)` do; size * m if left out.

    Returns:
        New array (length, ...), the same in all ranks.

    Raises:
        ValueError: if the array is not of the length that `split` gives this rank.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> run(lambda world: all_gather(world, np.array([world.rank])).tolist(), ranks=3).results
    [[0, 1, 2], [0, 1, 2], [0, 1, 2]]
    """
    length = world.size * len(array) if length is None else length
    joined = empty(array, length)
    parts = cut(joined, world.size)
    mine = parts[world.rank]
    if len(mine) != len(array):
        rule = f"rank {world.rank} of {world.size} has {len(mine)} of length={length}"
        raise ValueError(f"an array of {len(array)} rows: {rule}; see split()")
    mine[:] = array
    with world.collective("all_gather", joined):
        travel(world, [flat(part) for part in parts], world.rank, keeping=world.size - 1)
    return joined
