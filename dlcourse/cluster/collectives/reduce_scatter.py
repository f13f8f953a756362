"""Reduce-scatter: everybody's arrays are added, and every rank keeps its part of the sum."""

from dlcourse.cluster.arrays import copy_of
from dlcourse.cluster.collectives.arrays import cut
from dlcourse.cluster.collectives.ring import travel
from dlcourse.cluster.world import collective


@collective
def reduce_scatter(world, array, segments=None):
    """Add the arrays of all ranks up, and give each rank one part of the sum.

    Around the ring. Parts are cut along the first axis as `split(len(array), size)` says, the
    longer ones first. The term of rank r + 1 comes first in the sum that rank r gets, its own last.

    Args:
        world: a World.
        array: NumPy array or torch tensor (n, ...), of the same shape and dtype in all ranks;
            left as it is.
        segments: messages for each part: one is added while the next one travels. If left out, as
            many as the world's `piece` says.

    Returns:
        New array, this rank's part of the sum: (n / size, ...) where size divides n.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> run(lambda world: reduce_scatter(world, np.arange(3)).tolist(), ranks=2).results
    [[0, 2], [4]]
    """
    parts = cut(copy_of(array), world.size)
    travel(world, parts, world.rank - 1, adding=world.size - 1, segments=segments)
    return copy_of(parts[world.rank])
