"""Convolution of sequences, straight from the definition."""

import numpy as np


def convolve(f, g):
    """Convolve two sequences: every product f[i] * g[j] is added to out[i + j].

    Args:
        f: array (n,), real or complex.
        g: array (k,), real or complex.

    Returns:
        array (n + k - 1,): the full convolution.

    Raises:
        ValueError: if an argument is empty or not one-dimensional.

    >>> convolve([1, 2, 3], [1, 10])
    array([ 1, 12, 23, 30])
    """
    f, g = _sequence(f, "f"), _sequence(g, "g")
    out = np.zeros(len(f) + len(g) - 1, np.result_type(f, g))
    for i, value in enumerate(f):
        out[i : i + len(g)] += value * g
    return out


def overlap(f, g, shift):
    """List the products that meet when g, flipped, has been moved to output index `shift`.

    Args:
        f: array (n,).
        g: array (k,).
        shift: output index, 0 to n + k - 2.

    Returns:
        list of (i, j, f[i] * g[j]) with i + j == shift; their sum is convolve(f, g)[shift].

    Raises:
        ValueError: if the shift lies outside the output.

    >>> [(i, j, int(p)) for i, j, p in overlap([1, 2, 3], [1, 10], shift=1)]
    [(0, 1, 10), (1, 0, 2)]
    """
    f, g = _sequence(f, "f"), _sequence(g, "g")
    last = len(f) + len(g) - 2
    if not 0 <= shift <= last:
        raise ValueError(f"shift={shift}: an output of length {last + 1} has shifts 0 to {last}")
    meeting = range(max(0, shift - len(g) + 1), min(shift, len(f) - 1) + 1)
    return [(i, shift - i, f[i] * g[shift - i]) for i in meeting]


def correlate(f, g):
    """Cross-correlate two sequences: slide g past f without flipping it.

    Args:
        f: array (n,).
        g: array (k,), conjugated if complex.

    Returns:
        array (n + k - 1,): out[s] compares f with g standing at f's index s - (k - 1).

    >>> correlate([0, 0, 1, 2, 3, 0], [1, 2, 3])      # largest where g is found
    array([ 0,  0,  3,  8, 14,  8,  3,  0])
    """
    return convolve(f, np.conj(_sequence(g, "g"))[::-1])


def moving_average(x, n):
    """Average every n neighbours: a convolution with n weights of 1/n.

    Args:
        x: array (length,).
        n: number of neighbours, 1 to length.

    Returns:
        array (length - n + 1,): one average for each place where n neighbours exist.

    Raises:
        ValueError: if n is out of range.

    >>> moving_average([1, 2, 3, 6], 2)
    array([1.5, 2.5, 4.5])
    """
    x = _sequence(x, "x")
    if not 1 <= n <= len(x):
        raise ValueError(f"n={n}: averaging {len(x)} values needs n from 1 to {len(x)}")
    return convolve(x, np.full(n, 1 / n))[n - 1 : len(x)]


def _sequence(x, name):
    x = np.asarray(x)
    if x.ndim != 1 or x.size == 0:
        raise ValueError(f"{name} has shape {x.shape}: give a one-dimensional array, not empty")
    return x
