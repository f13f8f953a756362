"""Two-level all-reduce: fast links within a node do most of the work, slow ones the rest.

Source: Jia et al., "Highly scalable deep learning training system with mixed-precision", 2018,
https://arxiv.org/abs/1807.11205, section 3.3, here with a reduce-scatter within the node.
"""

from dlcourse.cluster.collectives.arrays import cut
from dlcourse.cluster.collectives.ring import ring, travel
from dlcourse.cluster.errors import check_counts
from dlcourse.cluster.group import Group


def hierarchical(world, array, node):
    """Add the arrays of all ranks up: within nodes, between nodes, within nodes again.

    A reduce-scatter leaves each rank of a node with one part of the node's sum; ranks with the
    same part all-reduce it between the nodes; an all-gather within the node completes it. So only
    1 / node of the data crosses the network for each rank.

    Args:
        world: a World.
        array: one-dimensional array; overwritten with the sum.
        node: ranks in a node; node i has ranks i * node to (i + 1) * node - 1.

    Raises:
        ValueError: if the ranks do not fill whole nodes.

    >>> from dlcourse.cluster.run import run
    >>> import numpy as np
    >>> def program(world):
    ...     array = np.array([1, 10, world.rank])
    ...     hierarchical(world, array, node=2)
    ...     return array.tolist()
    >>> run(program, ranks=4).results[0]
    [4, 40, 6]
    """
    check_node(world.size, node)
    first = world.rank - world.rank % node
    inside = Group(world, range(first, first + node))
    across = Group(world, range(world.rank % node, world.size, node))
    parts = cut(array, node)
    travel(inside, parts, inside.rank - 1, adding=node - 1)
    ring(across, parts[inside.rank])
    travel(inside, parts, inside.rank, keeping=node - 1)


def check_node(ranks, node):
    """Refuse nodes that some ranks would not fill.

    Args:
        ranks: in all nodes together.
        node: in each of them.

    Raises:
        ValueError: if `node` does not divide them.

    >>> check_node(8, node=4)
    """
    check_counts(node=node)
    if ranks % node:
        rule = "choose a node size that divides the number of ranks"
        raise ValueError(f"node={node}: {ranks} ranks fill no whole nodes; {rule}")
