"""All-to-all: every rank has a part for every other rank."""

from dlcourse.cluster.collectives.arrays import cut, empty
from dlcourse.cluster.world import collective


@collective
def all_to_all(world, array):
    """Send part i of every rank's array to rank i: a transpose of ranks and parts.

    In step t each rank sends to the rank t places on and receives from the one t places back, so
    that every port sends one message and receives one at a time.

    Args:
        world: a World.
        array: contiguous NumPy array or torch tensor (n, ...), of the same shape and dtype in all
            ranks; cut along its first axis as `split(n, size)` says; left as it is.

    Returns:
        New array: what rank 0 had for this rank, then what rank 1 had, and so on.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> def program(world):
    ...     return all_to_all(world, 10 * world.rank + np.arange(2)).tolist()
    >>> run(program, ranks=2).results
    [[0, 10], [1, 11]]
    """
    rank, size = world.rank, world.size
    outgoing = cut(array, size)
    arrived = empty(array, size * len(outgoing[rank]))
    incoming = cut(arrived, size)
    incoming[rank][:] = outgoing[rank]
    for step in range(1, size):
        dest, source = (rank + step) % size, (rank - step) % size
        sending = world.isend(outgoing[dest], dest)
        world.recv(incoming[source], source)
        sending.wait()
    return arrived
