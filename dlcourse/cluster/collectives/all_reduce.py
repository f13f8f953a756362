"""All-reduce: everybody gets the sum of everybody's arrays; six ways to the same result.

They add the same terms in different orders, so sums of floats differ in the last bits: between
algorithms and from a sum in rank order, never between ranks or between runs. "naive" and "server"
add in rank order.
"""

from types import MappingProxyType

from dlcourse.cluster.arrays import copy_of
from dlcourse.cluster.collectives import broadcast, reduce
from dlcourse.cluster.collectives.arrays import choose, empty, flat
from dlcourse.cluster.collectives.halving import halving_doubling
from dlcourse.cluster.collectives.hierarchical import hierarchical
from dlcourse.cluster.collectives.ring import ring


def all_reduce(world, array, algorithm="ring", **options):
    """Replace everybody's array by the sum of them all.

    Args:
        world: a World.
        array: contiguous NumPy array or torch tensor, of the same shape and dtype in all ranks;
            overwritten.
        algorithm: "naive", "server", "tree", "ring", "halving-doubling" or "hierarchical".
        options: segments of "ring", messages for each part, if left out as many as the world's
            `piece` says; node of "hierarchical", the ranks in a node.

    Returns:
        The same array.

    Raises:
        ValueError: for an unknown algorithm, or an array with gaps in memory.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> run(lambda world: all_reduce(world, np.array([world.rank]))[0].item(), ranks=4).results
    [6, 6, 6, 6]
    """
    with world.collective("all_reduce", array, algorithm=algorithm, **options):
        choose(ALGORITHMS, algorithm)(world, flat(array), **options)
    return array


def naive(world, array):
    """Send everything to everybody, and let everybody add everything.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> len(run(lambda world: naive(world, np.ones(1)), ranks=4).trace.messages)
    12
    """
    everybodys = {world.rank: copy_of(array)}
    for step in range(1, world.size):
        source = (world.rank - step) % world.size
        everybodys[source] = empty(array)
        sending = world.isend(everybodys[world.rank], (world.rank + step) % world.size)
        world.recv(everybodys[source], source)
        sending.wait()
    array[:] = everybodys[0]
    for rank in range(1, world.size):
        array += everybodys[rank]


def server(world, array):
    """Let rank 0, the parameter server, add everything up and send the sum to everybody.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> len(run(lambda world: server(world, np.ones(1)), ranks=4).trace.messages)
    6
    """
    reduce.linear(world, array, root=0)
    broadcast.linear(world, array, root=0)


def tree(world, array):
    """Reduce up a tree to rank 0 and broadcast down the same tree.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> len(run(lambda world: tree(world, np.ones(1)), ranks=4).trace.messages)
    6
    """
    reduce.tree(world, array, root=0)
    broadcast.tree(world, array, root=0)


ALGORITHMS = MappingProxyType(
    {
        "naive": naive,
        "server": server,
        "tree": tree,
        "ring": ring,
        "halving-doubling": halving_doubling,
        "hierarchical": hierarchical,
    }
)
