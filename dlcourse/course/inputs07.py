"""Inputs that find mistakes in exercise sheet 07: awkward numbers of ranks, short rows."""

import numpy as np

from dlcourse.course.cases import cases, grids, one_of, sequences, whole

COUNT = 16  # inputs a check: each is a run of its own
READABLE = 9  # numbers: three ranks with three parts of one


def rows(ranks, longest, seed=0):
    """Draw a row for each rank: (array (ranks, n),), smallest first.

    Where n < p, parts are empty: hard to read, so none of those is among the smallest.

    >>> min(array.size for (array,) in rows(5, 3) if len(array) > array.shape[1])
    10
    """
    readable = lambda array: len(array) <= array.shape[1] or array.size > READABLE  # noqa: E731
    return cases(grids(ranks, longest), seed=seed, count=COUNT, where=readable)


def rows_and_rank(ranks, longest, seed=0):
    """Draw a row for each rank and one of the ranks: (array (ranks, n), rank).

    >>> array, rank = rows_and_rank(4, 3)[-1]
    >>> rank < len(array)
    True
    """
    fits = lambda array, rank: rank < len(array)  # noqa: E731
    draw = grids(ranks, longest), whole(0, ranks - 1)
    return cases(*draw, seed=seed, count=COUNT, where=fits)


def halves(most, seed=0):
    """Draw rows that can be halved down to one part a rank: (array (ranks, m * ranks),).

    >>> [array.shape for (array,) in halves(4)][-1]
    (4, 12)
    """
    powers = one_of(*(2**i for i in range(most.bit_length())))
    drawn, rng = cases(powers, whole(1, 3), seed=seed, count=COUNT), np.random.default_rng(seed)
    return [(_numbers(rng, (ranks, m * ranks)),) for ranks, m in drawn]


def nodes(most, largest, seed=0):
    """Draw rows for whole nodes: (array (nodes * node, n), node).

    >>> array, node = nodes(3, 3)[-1]
    >>> len(array) % node
    0
    """
    drawn = cases(whole(1, most), whole(1, largest), whole(1, 6), seed=seed, count=COUNT)
    rng = np.random.default_rng(seed)
    return [(_numbers(rng, (count * node, n)), node) for count, node, n in drawn]


def waits(most, seed=0):
    """Draw who waits for whom: (array (ranks,),), -1 for a rank that is at work.

    >>> waits(4)[0]
    (array([0]),)
    """
    rng = np.random.default_rng(seed)
    sizes = sorted(rng.integers(1, most + 1, 2 * COUNT).tolist())
    return [(np.where(rng.random(p) < 0.25, -1, rng.integers(0, p, p)),) for p in sizes]


def second_nodes(seed=0):
    """Draw training steps: (compute, gradient_bytes, gpus, inside, network).

    >>> len(second_nodes()[0])
    5
    """
    return cases(
        one_of(0.01, 0.05, 0.2),
        one_of(4e6, 100e6, 240e6),
        whole(1, 8),
        one_of(10e9, 300e9),
        one_of(1e9, 4e9, 50e9),
        seed=seed,
    )


def timings(seed=0):
    """Draw measured messages: (sizes, seconds), both arrays (n,), with a few percent of noise.

    >>> sizes, seconds = timings()[0]
    >>> len(sizes) == len(seconds) >= 3
    True
    """
    drawn = cases(whole(3, 9), one_of(1, 5, 20), one_of(1, 4, 12), seed=seed)
    rng, found = np.random.default_rng(seed), []
    for n, microseconds, gigabytes in drawn:
        sizes = 8.0 ** np.arange(1, n + 1)
        noise = rng.uniform(1, 1.2, n).round(3)
        found.append((sizes, (microseconds / 1e6 + sizes / (gigabytes * 1e9)) * noise))
    return found


def _numbers(rng, shape):
    """Small numbers of the kinds that `cases` draws."""
    size = int(np.prod(shape))
    return sequences(size, size)(rng).reshape(shape)
