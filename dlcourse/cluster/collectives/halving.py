"""All-reduce by recursive halving and doubling: few steps, and little data in most of them.

Partners exchange halves of what they still have to add: half of the data with a rank far away,
a quarter with one half as far, and so on. When every rank holds one part of the sum, the same
exchanges run backwards.

Source: Thakur, Rabenseifner, Gropp, "Optimization of collective communication operations in
MPICH", 2005, https://doi.org/10.1177/1094342005051521, section 4.5.
"""

from dlcourse.cluster.collectives.arrays import empty, split


def halving_doubling(world, array):
    """Add the arrays of all ranks up in about 2 log2(size) steps.

    Ranks beyond the largest power of two give their array to a partner first and get the sum from
    it at the end. Sums are sums of pairs, the same bits in all ranks and all runs.

    Args:
        world: a World.
        array: one-dimensional array; overwritten with the sum.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> def program(world):
    ...     array = np.array([1, 10, world.rank])
    ...     halving_doubling(world, array)
    ...     return array.tolist()
    >>> run(program, ranks=3).results
    [[3, 30, 3], [3, 30, 3], [3, 30, 3]]
    """
    core = 2 ** (world.size.bit_length() - 1)
    if world.rank >= core:
        world.send(array, world.rank - core)
        world.recv(array, world.rank - core)
        return
    has_guest = world.rank + core < world.size
    if has_guest:
        array += world.recv(empty(array), world.rank + core)
    halves = list(_halves(world.rank, core, len(array)))
    for partner, keep, give in halves:
        arrived = empty(array[keep])
        _exchange(world, partner, array[give], arrived)
        array[keep] += arrived
    for partner, keep, give in reversed(halves):
        _exchange(world, partner, array[keep], array[give])
    if has_guest:
        world.send(array, world.rank + core)


def _halves(rank, core, n):
    """Yield (partner, slice to keep, slice to give away), halving what there is each time."""
    parts, low, distance = split(n, core), 0, core // 2
    while distance:
        middle = low + distance
        lower = slice(parts[low].start, parts[middle].start)
        upper = slice(parts[middle].start, parts[middle + distance - 1].stop)
        upwards = bool(rank & distance)
        yield rank ^ distance, *((upper, lower) if upwards else (lower, upper))
        low, distance = (middle if upwards else low), distance // 2


def _exchange(world, partner, outgoing, incoming):
    sending = world.isend(outgoing, partner)
    world.recv(incoming, partner)
    sending.wait()
