"""From measured times to a model's constants: least squares of relative errors.

Ordinary least squares weighs a message of 256 MB, whose time scatters by milliseconds, like one of
1 KB that takes a microsecond: the line misses the short ones and alpha can come out below zero.
With each error divided by the time (a weight of 1 / t²) a tenth too much counts alike everywhere.
Of repeated measurements the shortest counts: a program can be disturbed, but never sped up.
"""

from itertools import combinations

import numpy as np

from dlcourse.cluster.collectives.costs import AlphaBeta


def alpha_beta(sizes, seconds):
    """Fit seconds = alpha + bytes * beta to the time of messages.

    Args:
        sizes: bytes of each message, at least two different ones.
        seconds: the shortest measured time of each.

    Returns:
        AlphaBeta, neither of them negative.

    Raises:
        ValueError: for fewer than two sizes, or a time that is not above 0.

    >>> sizes = np.array([1, 1000, 10**6])
    >>> alpha_beta(sizes, 2e-6 + sizes * 1e-9)
    AlphaBeta(alpha=2e-06, beta=1e-09, gamma=0.0)
    """
    if len(set(map(float, sizes))) < 2:
        raise ValueError(f"sizes={list(sizes)}: a line needs two different sizes")
    found = least_relative_squares([np.ones(len(sizes)), sizes], seconds)
    return AlphaBeta(*(float(f"{value:.12g}") for value in found))


def least_relative_squares(columns, seconds):
    """Find x >= 0 so that the sum of x * columns is as near to seconds as can be, relatively.

    With one to three unknowns every set of them that might be above zero is tried: that is exact,
    and shorter than a general algorithm.

    Args:
        columns: one array (times,) for each unknown.
        seconds: array (times,), all above 0.

    Returns:
        Array of unknowns, in the order of the columns.

    Raises:
        ValueError: for a time that is not above 0, or is missing.

    >>> least_relative_squares([[1, 1, 1], [1, 2, 3]], [3, 5, 7]).round(9)
    array([1., 2.])
    """
    seconds = np.asarray(seconds, float)
    if not (seconds > 0).all():
        raise ValueError(f"seconds={seconds.min()}: a measured time is above 0")
    matrix = np.array(columns, float).T
    if len(matrix) != len(seconds):
        raise ValueError(f"{len(seconds)} times for {len(matrix)} rows: give one for each")
    matrix /= seconds[:, None]
    scale = np.abs(matrix).max(axis=0)
    best = min(_candidates(matrix / scale), key=lambda x: np.sum((matrix / scale @ x - 1) ** 2))
    return best / scale


def _candidates(matrix):
    """Yield least squares solutions for each set of unknowns, where none is negative."""
    unknowns = range(matrix.shape[1])
    for some in (list(s) for n in unknowns for s in combinations(unknowns, n + 1)):
        found = np.linalg.lstsq(matrix[:, some], np.ones(len(matrix)), rcond=None)[0]
        if (found >= 0).all():
            x = np.zeros(len(unknowns))
            x[some] = found
            yield x
