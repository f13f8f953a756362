"""How many bytes collectives send from which rank to which, in closed form and exactly.

Letters: p ranks, n items of each rank's whole array, parts as `split(n, p)` cuts them.
"""

from collections import Counter
from types import MappingProxyType

from dlcourse.cluster.collectives.arrays import choose, split
from dlcourse.cluster.collectives.hierarchical import check_node
from dlcourse.cluster.errors import check_counts


def traffic(collective, n, itemsize, p, algorithm="ring", **options):
    """Count the bytes that each rank sends to each other one.

    Args:
        collective: as in `costs.seconds`.
        n: items of the whole array. Of an all-gather, all parts together.
        itemsize: bytes of an item.
        p: ranks.
        algorithm: as in `costs.seconds`.
        options: root=0 of a broadcast or a reduce; node of a hierarchical all-reduce.

    Returns:
        Counter, (source, dest) -> bytes; pairs between which nothing goes are left out.

    Raises:
        ValueError: for an unknown collective or algorithm, a root that isn't there, no ranks, or
            ranks that fill no whole nodes.

    >>> dict(traffic("all_reduce", 6, 4, 3))
    {(0, 1): 32, (1, 2): 32, (2, 0): 32}
    """
    check_counts(p=p)
    if not 0 <= options.get("root", 0) < p:
        raise ValueError(f"root={options['root']}: there are ranks 0 to {p - 1}")
    items = choose(choose(PAIRS, collective, "collective"), algorithm)(n, int(p), **options)
    return Counter({pair: itemsize * count for pair, count in items.items() if count})


def sent(pairs, p):
    """Add up what each rank sends.

    Args:
        pairs: Counter, (source, dest) -> bytes.
        p: ranks.

    Returns:
        list of bytes, by rank.

    >>> sent(traffic("broadcast", 10, 1, 4, "tree"), 4)
    [20, 10, 0, 0]
    """
    total = Counter()
    for (source, _), count in pairs.items():
        total[source] += count
    return [total[rank] for rank in range(p)]


def link_bytes(pairs, topology):
    """Lay the bytes of each pair on the links of its route.

    Args:
        pairs: Counter, (source, dest) -> bytes.
        topology: Topology.

    Returns:
        dict, Hop.channel -> bytes that cross it, as a run counts them.

    >>> from dlcourse.cluster.topology import star
    >>> link_bytes({(0, 1): 10, (2, 1): 5}, star(3))["switch>device1"]
    15
    """
    total = Counter()
    for (source, dest), count in pairs.items():
        total.update({hop.channel: count for hop in topology.route(source, dest)})
    return dict(sorted(total.items()))


def lengths(n, p):
    """Lengths of the parts that `split` cuts.

    >>> lengths(7, 3)
    [3, 2, 2]
    """
    return [part.stop - part.start for part in split(n, p)]


def _add(*counters):
    return sum(counters, Counter())


def _star(n, p, root=0):
    """From the root to everybody."""
    return Counter({(root, rank): n for rank in range(p) if rank != root})


def _tree(n, p, root=0):
    """From every place's parent, the place without its highest bit."""
    places = [(place - (1 << place.bit_length() - 1), place) for place in range(1, p)]
    return Counter({((a + root) % p, (b + root) % p): n for a, b in places})


def _back(pairs):
    """The same bytes in the other direction."""

    def reverse(n, p, **options):
        return Counter({(dest, source): k for (source, dest), k in pairs(n, p, **options).items()})

    return reverse


def _gather(n, p):
    """Around the ring, all parts but the right neighbour's own."""
    part = lengths(n, p)
    rights = [(rank, (rank + 1) % p) for rank in range(p if p > 1 else 0)]
    return Counter({(rank, right): n - part[right] for rank, right in rights})


def _scatter(n, p):
    """Around the ring, all parts but the one that stays."""
    part = lengths(n, p)
    return Counter({(rank, (rank + 1) % p): n - part[rank] for rank in range(p if p > 1 else 0)})


def _ring(n, p):
    return _add(_scatter(n, p), _gather(n, p))


def _naive(n, p):
    return Counter({(a, b): n for a in range(p) for b in range(p) if a != b})


def _shifts(n, p):
    part = lengths(n, p)
    return Counter({(a, b): part[b] for a in range(p) for b in range(p) if a != b})


def _halving_doubling(n, p):
    """Partners at distance d send each other all of the 2 d parts that they share, one way each."""
    q = 2 ** (p.bit_length() - 1)
    part, pairs = lengths(n, q), Counter()
    for d in (2**i for i in range(q.bit_length() - 1)):
        for rank in range(q):
            first = rank - rank % (2 * d)
            pairs[rank, rank ^ d] = sum(part[first : first + 2 * d])
    for guest in range(q, p):
        pairs[guest, guest - q] = pairs[guest - q, guest] = n
    return pairs


def _hierarchical(n, p, node):
    """A ring's two halves in every node, and a ring for each part between the nodes."""
    check_node(p, node)
    pairs = Counter()
    for (a, b), count in _ring(n, node).items():
        pairs.update({(first + a, first + b): count for first in range(0, p, node)})
    for place, length in enumerate(lengths(n, node)):
        across = _ring(length, p // node)
        pairs.update({(a * node + place, b * node + place): k for (a, b), k in across.items()})
    return pairs


PAIRS = MappingProxyType(
    {
        "broadcast": {"linear": _star, "tree": _tree},
        "reduce": {"linear": _back(_star), "tree": _back(_tree)},
        "all_gather": {"ring": _gather},
        "reduce_scatter": {"ring": _scatter},
        "all_reduce": {
            "naive": _naive,
            "server": lambda n, p: _add(_star(n, p), _back(_star)(n, p)),
            "tree": lambda n, p: _add(_tree(n, p), _back(_tree)(n, p)),
            "ring": _ring,
            "halving-doubling": _halving_doubling,
            "hierarchical": _hierarchical,
        },
        "all_to_all": {"shifts": _shifts},
    }
)
