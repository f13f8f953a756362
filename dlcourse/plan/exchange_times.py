"""How long gradients take between computers with several GPUs and one network card each.

The post *Data Parallelism* counts what has to pass one card: every GPU of a computer sends its
gradients to every GPU of the others. The same count for three better ways to add up.

Not modelled: latency; messages inside a computer, which travel meanwhile and over wider links;
messages that cross in the network and wait for each other.
"""

from types import MappingProxyType

from dlcourse.cluster.collectives.arrays import choose


def arrays_through_a_card(way, nodes, gpus):
    """Count the arrays that the busiest network card sends, or that it gets and then sends.

    Args:
        way: "naive": everybody sends to everybody; "server": rank 0 adds up and sends the sum;
            "ring": through all GPUs, a computer's one behind the other; "hierarchical": each
            computer adds up inside, then its GPUs form one ring each with those of the others.
        nodes: computers.
        gpus: in each of them.

    Returns:
        float: whole arrays of gradients.

    Raises:
        ValueError: for another way, or if a computer or a GPU is missing.

    >>> [arrays_through_a_card("naive", nodes, gpus=3) for nodes in (1, 2, 4)]
    [0, 9, 27]
    >>> [arrays_through_a_card(way, 4, 3) for way in ("server", "ring", "hierarchical")]
    [18, 1.8333333333333333, 1.5]
    """
    count = choose(COUNTS, way)
    if nodes < 1 or gpus < 1:
        raise ValueError(f"nodes={nodes}, gpus={gpus}: there is at least one of each")
    return count(nodes, gpus) if nodes > 1 else 0


def exchange_seconds(way, nodes, gpus, size, bandwidth):
    """Time the exchange of gradients: what the busiest network card takes.

    Args:
        way, nodes, gpus: as for `arrays_through_a_card`.
        size: bytes of a GPU's gradients.
        bandwidth: of a card, bytes/s in each direction.

    Returns:
        Seconds.

    >>> card = 40 * 2**30 / 8
    >>> [round(1e3 * exchange_seconds("naive", n, 3, 4e6, card), 2) for n in (2, 4)]
    [6.71, 20.12]
    """
    return arrays_through_a_card(way, nodes, gpus) * size / bandwidth


def _naive(nodes, gpus):
    """Each of a computer's GPUs to each GPU elsewhere."""
    return gpus * (nodes - 1) * gpus


def _server(nodes, gpus):
    """The arrays of all other computers come in; when they are added up, as many sums go out."""
    return 2 * (nodes - 1) * gpus


def _ring(nodes, gpus):
    """One flow leaves each computer."""
    ranks = nodes * gpus
    return 2 * (ranks - 1) / ranks


def _hierarchical(nodes, gpus):
    """As many rings as a computer has GPUs, each of that part of the array."""
    return 2 * (nodes - 1) / nodes


COUNTS = MappingProxyType(
    {"naive": _naive, "server": _server, "ring": _ring, "hierarchical": _hierarchical}
)
