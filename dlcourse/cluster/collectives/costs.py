"""How long collectives take, in closed form: the alpha-beta model, with gamma for additions.

A message of n bytes takes alpha + n beta; a port sends one message and receives one at a time, and
the latencies of messages that wait for one port overlap. The virtual cluster's "ideal" network
takes exactly this long, where the docstring says so and gamma is 0.

Letters: p ranks, n bytes of each rank's whole array, k = ceil(log2 p).

Not modelled: links that several ranks share, what a rank spends on each message (so a server's
short messages from any number of ranks cost one alpha), memory copies, additions that overlap with
messages, that parts differ by one item where p does not divide the items.

Source: Thakur, Rabenseifner, Gropp, "Optimization of collective communication operations in
MPICH", 2005, https://doi.org/10.1177/1094342005051521.
"""

from dataclasses import dataclass
from types import MappingProxyType

from dlcourse.cluster.collectives.arrays import choose
from dlcourse.cluster.collectives.hierarchical import check_node
from dlcourse.cluster.errors import check_counts


@dataclass(frozen=True)
class AlphaBeta:
    """A network in three numbers.

    Attributes:
        alpha: seconds that a message takes however short it is.
        beta: seconds for each byte of it: 1 / bandwidth.
        gamma: seconds to add one byte of it to another.

    >>> net = AlphaBeta(alpha=2e-6, beta=1e-9)
    >>> net.message(1000)
    3e-06
    """

    alpha: float
    beta: float
    gamma: float = 0.0

    def message(self, n):
        """Seconds that a message of n bytes takes."""
        return self.alpha + n * self.beta


def seconds(collective, n, p, net, algorithm="ring", **nodes):
    """How long a collective takes.

    Args:
        collective: "broadcast", "reduce", "all_gather", "reduce_scatter", "all_reduce" or
            "all_to_all".
        n: bytes of the whole array: number or NumPy array. Of an all-gather, all parts together.
        p: ranks.
        net: AlphaBeta.
        algorithm: as the collective itself calls it; "ring" for all-gather and reduce-scatter,
            "shifts" for all-to-all.
        nodes: of "hierarchical": node, the ranks in a node, and inside, an AlphaBeta of the links
            in it; net is then what a rank gets between the nodes.

    Returns:
        Seconds, of the shape of n.

    Raises:
        ValueError: for an unknown collective or algorithm, no ranks, or ranks that fill no whole
            nodes.

    >>> net = AlphaBeta(alpha=1e-6, beta=1e-9)
    >>> [round(1e6 * seconds("all_reduce", 8000, 8, net, how)) for how in ("ring", "tree")]
    [28, 54]
    """
    algorithms = choose(FORMULAS, collective, "collective")
    check_counts(p=p)
    return choose(algorithms, algorithm)(n, int(p), net, **nodes)


def fastest(collective, n, p, net):
    """Name the algorithm that takes the least time, "hierarchical" left out.

    >>> net = AlphaBeta(alpha=1e-6, beta=1e-9)
    >>> [fastest("all_reduce", n, 12, net) for n in (8, 10**6)]
    ['server', 'ring']
    """
    names = [name for name in choose(FORMULAS, collective, "collective") if name != "hierarchical"]
    return min(names, key=lambda name: seconds(collective, n, p, net, name))


def _rounds(p):
    return (p - 1).bit_length()


def _broadcast_linear(n, p, net):
    """Exact: alpha + (p - 1) n beta."""
    return min(p - 1, 1) * net.alpha + (p - 1) * n * net.beta


def _broadcast_tree(n, p, net):
    """k (alpha + n beta), exact where p is a power of two, else at most this long."""
    return _rounds(p) * net.message(n)


def _reduce_linear(n, p, net):
    """Exact: alpha + (p - 1) n beta, if a long message keeps a port busy for alpha or more."""
    return _broadcast_linear(n, p, net) + (p - 1) * n * net.gamma


def _reduce_tree(n, p, net):
    """As a broadcast, with as many additions as rounds."""
    return _rounds(p) * (net.message(n) + n * net.gamma)


def _all_gather(n, p, net):
    """Exact where p divides the items: (p - 1) (alpha + n / p beta)."""
    return (p - 1) * net.message(n / p)


def _reduce_scatter(n, p, net):
    """As an all-gather, with an addition in each step."""
    return _all_gather(n, p, net) + (p - 1) * n / p * net.gamma


def _naive(n, p, net):
    """Exact: (p - 1) (alpha + n beta)."""
    return (p - 1) * (net.message(n) + n * net.gamma)


def _server(n, p, net):
    """Exact, as its two halves: 2 (alpha + (p - 1) n beta)."""
    return _reduce_linear(n, p, net) + _broadcast_linear(n, p, net)


def _tree(n, p, net):
    """2 k (alpha + n beta), exact where p is a power of two, else at most this long."""
    return _reduce_tree(n, p, net) + _broadcast_tree(n, p, net)


def _ring(n, p, net):
    """Exact where p divides the items: 2 (p - 1) (alpha + n / p beta)."""
    return _reduce_scatter(n, p, net) + _all_gather(n, p, net)


def _halving_doubling(n, p, net):
    """Exact where p is a power of two and divides the items, q = p.

    2 log2(q) alpha + 2 (1 - 1 / q) n beta. If p is not the power of two q, 2 (alpha + n beta) more,
    or a little longer where a partner's first message is in the way of a guest's.
    """
    q = 2 ** (p.bit_length() - 1)
    core = 2 * _rounds(q) * net.alpha + (1 - 1 / q) * n * (2 * net.beta + net.gamma)
    return core + (p > q) * (2 * net.message(n) + n * net.gamma)


def _hierarchical(n, p, net, node, inside):
    """A ring's two halves inside a node, a ring between nodes with 1 / node of the data."""
    check_node(p, node)
    return _ring(n, node, inside) + _ring(n / node, p // node, net)


FORMULAS = MappingProxyType(
    {
        "broadcast": {"linear": _broadcast_linear, "tree": _broadcast_tree},
        "reduce": {"linear": _reduce_linear, "tree": _reduce_tree},
        "all_gather": {"ring": _all_gather},
        "reduce_scatter": {"ring": _reduce_scatter},
        "all_reduce": {
            "naive": _naive,
            "server": _server,
            "tree": _tree,
            "ring": _ring,
            "halving-doubling": _halving_doubling,
            "hierarchical": _hierarchical,
        },
        "all_to_all": {"shifts": _all_gather},
    }
)
