"""Behind exercise sheet 07: what each task should give, what it may cost, likely slips.

Rank programs are compared with what one computer makes of all rows together: arrays are
(ranks, n), row r is rank r's.
"""

import math
from types import MappingProxyType

import numpy as np

from dlcourse.cluster.collectives.costs import AlphaBeta, seconds
from dlcourse.course.rank_check import (
    all_of,
    bytes_between_nodes,
    bytes_of_busiest,
    messages_of_busiest,
    spends_at_most,
)

IDEAL = AlphaBeta(alpha=1e-6, beta=1 / 10e9)  # of run(..., on="ideal")


def broadcast(arrays, root):
    """Give everybody the root's row.

    >>> broadcast(np.array([[1, 2], [3, 4]]), root=1)
    array([[3, 4],
           [3, 4]])
    """
    return np.stack([arrays[root]] * len(arrays))


def shift(arrays, distance):
    """Move every row `distance` ranks on.

    >>> shift(np.array([[1], [2], [3]]), 1).tolist()
    [[3], [1], [2]]
    """
    return np.roll(arrays, distance, axis=0)


def all_reduce(arrays, *_):
    """Give everybody the sum of all rows.

    >>> all_reduce(np.array([[1, 2], [3, 4]]))
    array([[4, 6],
           [4, 6]])
    """
    return np.stack([arrays.sum(axis=0)] * len(arrays))


def stuck_ranks(waits):
    """Set free whoever waits for a rank that is free, until nobody is; the others are stuck.

    Args:
        waits: array (ranks,): whom each rank waits for; -1 for one that is at work.

    Returns:
        Array of ranks.

    >>> stuck_ranks(np.array([1, 0, 0, -1, 3]))
    array([0, 1, 2])
    """
    free = waits == -1
    for _ in waits:
        free = free | free[waits]
    return np.flatnonzero(~free)


def speedup(compute, gradient_bytes, gpus, inside, network):
    """Compare samples a second of two nodes and of one, by the cost formula of the library.

    Args:
        compute: seconds of arithmetic in a step, on every GPU.
        gradient_bytes: of the whole network.
        gpus: in a node.
        inside, network: bytes/s between neighbours in a node, and between the nodes.

    Returns:
        float.

    >>> round(speedup(0.1, 240e6, gpus=2, inside=15.75e9, network=4e9), 2)
    1.21
    """
    one = compute + _ring(gradient_bytes, gpus, inside)
    return 2 * one / (compute + _ring(gradient_bytes, 2 * gpus, min(inside, network)))


def alpha_beta(sizes, seconds):
    """Fit alpha + beta n by least squares of relative errors, NumPy's way.

    >>> alpha_beta(np.array([1, 10, 100]), np.array([3, 21, 201])).round(9)
    array([1., 2.])
    """
    return np.polyfit(sizes, seconds, 1, w=1 / seconds)[::-1]


def _ring(n, p, bandwidth):
    return seconds("all_reduce", n, p, AlphaBeta(0, 1 / bandwidth))


def _step_counts(p):
    return max(p - 1, 0).bit_length()


def _row_bytes(arrays):
    return arrays.nbytes // len(arrays)


def _parts_bytes(arrays):
    """Bytes of the 2 (p - 1) parts that a rank sends, all as long as the longest."""
    ranks, n = arrays.shape
    return 2 * (ranks - 1) * math.ceil(n / ranks) * arrays.itemsize


ROUNDS = all_of(
    spends_at_most(
        lambda arrays, root: _step_counts(len(arrays)),
        messages_of_busiest,
        "one rank sends {} messages where {} are enough: let others pass it on",
    ),
    spends_at_most(
        lambda arrays, root: seconds("broadcast", _row_bytes(arrays), len(arrays), IDEAL, "tree"),
        lambda run, root: run.seconds,
        "it takes {} where {} are enough: let everybody who has it send it on",
        unit="s",
    ),
)
PART_BY_PART = spends_at_most(
    _parts_bytes,
    bytes_of_busiest,
    "one rank sends {} where {} are enough: send parts, not whole rows",
    unit="B",
)
FEW_STEPS = all_of(
    spends_at_most(
        lambda arrays: 2 * _step_counts(len(arrays)),
        messages_of_busiest,
        "one rank sends {} messages where {} are enough: halve with every one",
    ),
    spends_at_most(
        _parts_bytes,
        bytes_of_busiest,
        "one rank sends {} where {} are enough: halve what is sent with every step",
        unit="B",
    ),
)
LITTLE_BETWEEN_NODES = spends_at_most(
    lambda arrays, node: 2 * (len(arrays) // node - 1) * _row_bytes(arrays),
    bytes_between_nodes,
    "{} cross the network between nodes where {} are enough: add up within a node first",
    unit="B",
)


SLIPS = MappingProxyType(
    {
        "tree_broadcast": {
            "rank 0 is taken for the root": lambda arrays, root: broadcast(arrays, 0),
        },
        "shift": {
            "rows move the other way": lambda arrays, distance: shift(arrays, -distance),
            "the distance is taken to be 1": lambda arrays, distance: shift(arrays, 1),
        },
        "stuck_ranks": {
            "all who wait are counted": lambda waits: np.flatnonzero(waits >= 0),
            "those who only wait for a stuck rank are left out": lambda waits: np.array(
                [rank for rank in stuck_ranks(waits) if _on_a_circle(waits, rank)]
            ),
        },
        "ring_all_reduce": {
            "the sum is divided by the number of ranks": lambda arrays: (
                all_reduce(arrays) / len(arrays)
            ),
            "a rank's own row is left out": lambda arrays: all_reduce(arrays) - arrays,
            "nothing that arrives is written into the row": lambda arrays: arrays,
            "the second half writes nothing into the row: rank r has only part r + 1 complete": (
                lambda arrays: _first_half(arrays, 0)
            ),
            "the second half writes nothing into the row: rank r has only part r complete": (
                lambda arrays: _first_half(arrays, 1)
            ),
            "the second half begins with an incomplete part: part j comes from rank j alone": (
                lambda arrays: _from_one_rank(arrays, 0)
            ),
            "the second half begins with an incomplete part: part j comes from rank j + 1 alone": (
                lambda arrays: _from_one_rank(arrays, 1)
            ),
            "the first half writes no sums into the row: part j comes from rank j - 1 alone": (
                lambda arrays: _from_one_rank(arrays, -1)
            ),
        },
        "halving_doubling": {
            "the sum is divided by the number of ranks": lambda arrays: (
                all_reduce(arrays) / len(arrays)
            ),
        },
        "hierarchical_all_reduce": {
            "only the rows of one node are added": lambda arrays, node: np.repeat(
                arrays.reshape(-1, node, arrays.shape[1]).sum(axis=1), node, axis=0
            ),
        },
        "second_node": {
            "steps are compared, not samples": lambda *given: speedup(*given) / 2,
            "the ring sends each byte once, not 2 (p - 1) / p times": (
                lambda compute, n, gpus, inside, network: (
                    2 * (compute + (gpus > 1) * n / inside) / (compute + n / min(inside, network))
                )
            ),
        },
        "fit_alpha_beta": {
            "errors are not divided by the times": lambda sizes, seconds: np.polyfit(
                sizes, seconds, 1
            )[::-1],
            "errors are divided by the square roots of the times": lambda sizes, seconds: (
                np.polyfit(sizes, seconds, 1, w=seconds**-0.5)[::-1]
            ),
        },
    }
)


def _first_half(arrays, later):
    """What the first half of a ring leaves; part j sets out from rank j + later."""
    sums = [
        np.roll(np.roll(part, -start, axis=0).cumsum(axis=0), start, axis=0)
        for start, part in enumerate(np.array_split(arrays, len(arrays), axis=1), later)
    ]
    return np.concatenate(sums, axis=1)


def _from_one_rank(arrays, later):
    """Part j of rank j + later, for all j, in every rank."""
    parts = enumerate(np.array_split(arrays, len(arrays), axis=1), later)
    return np.concatenate([broadcast(part, rank % len(arrays)) for rank, part in parts], axis=1)


def _on_a_circle(waits, rank):
    at = waits[rank]
    for _ in waits:
        if at == rank:
            return True
        at = waits[at]
    return False
