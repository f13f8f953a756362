"""Any collective by its name, as `costs.seconds` and `traffic.traffic` call it."""

from types import MappingProxyType

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.collectives.all_to_all import all_to_all
from dlcourse.cluster.collectives.arrays import choose, cut
from dlcourse.cluster.collectives.broadcast import broadcast
from dlcourse.cluster.collectives.costs import FORMULAS
from dlcourse.cluster.collectives.reduce import reduce
from dlcourse.cluster.collectives.reduce_scatter import reduce_scatter


def call(world, collective, array, algorithm, **options):
    """Call a collective on a whole array.

    Args:
        world: a World.
        collective: as for `costs.seconds`.
        array: contiguous NumPy array or torch tensor (n, ...). Of an all-gather, all parts
            together: this rank sends its part.
        algorithm: as for `costs.seconds`.
        options: of the collective itself.

    Returns:
        What the collective returns.

    Raises:
        ValueError: for an unknown collective or algorithm.

    >>> import numpy as np
    >>> from dlcourse.cluster.run import run
    >>> def program(world, *names):
    ...     return call(world, names[0], np.arange(3), names[1]).tolist()
    >>> run(program, ranks=2, args=("reduce_scatter", "ring")).results
    [[0, 2], [4]]
    """
    algorithms = choose(FORMULAS, collective, "collective")
    choose(algorithms, algorithm)
    if len(algorithms) > 1:
        options["algorithm"] = algorithm
    return CALLS[collective](world, array, **options)


def _gather(world, array):
    return all_gather(world, cut(array, world.size)[world.rank], len(array))


CALLS = MappingProxyType(
    {
        "broadcast": broadcast,
        "reduce": reduce,
        "all_gather": _gather,
        "reduce_scatter": reduce_scatter,
        "all_reduce": all_reduce,
        "all_to_all": all_to_all,
    }
)
