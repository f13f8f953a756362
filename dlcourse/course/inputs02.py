"""Inputs that find mistakes in exercise sheet 02: layers of awkward sizes, drawn from a seed."""

import numpy as np

from dlcourse.conv.image import output_size
from dlcourse.conv.shape import conv_shape
from dlcourse.course.cases import cases, one_of, sequences, whole
from dlcourse.course.sheet02 import costs

MACHINES = ((16, 16), (80, 16), (800, 16), (3200, 16))  # FLOP/s, bytes/s: the ratio matters


def sizes(largest, **how):
    """Draw sizes of layers: ((N, C, H, W), (K, C, R, S), stride, padding), smallest first.

    >>> sizes(4, count=1)
    [((2, 2, 3, 2), (1, 2, 1, 1), 1, 0)]
    """
    few, side, filters = one_of(1, 1, 2, 3), whole(1, largest), whole(1, min(largest, 5))
    drawn = cases(
        *(one_of(1, 1, 2), few, side, side, few, filters, filters, whole(1, 3), whole(0, 2)),
        where=lambda N, C, H, W, K, R, S, stride, padding: max(R - H, S - W) <= 2 * padding,
        **how,
    )
    return [((N, C, H, W), (K, C, R, S), *rest) for N, C, H, W, K, R, S, *rest in drawn]


def convolutions(largest, seed=0):
    """Draw images and filters: (x, w, stride, padding), smallest first.

    >>> x, w, stride, padding = convolutions(4)[0]
    >>> x.shape, w.shape, stride, padding
    ((1, 1, 2, 2), (1, 1, 1, 1), 1, 0)
    """
    return [(x, w, *how) for _, x, w, *how in _drawn(largest, seed)]


def weight_gradients(largest, seed=0):
    """Draw output gradients and images: (dy, x, (K, C, R, S), stride, padding), smallest first.

    >>> dy, x, *given = weight_gradients(4)[0]
    >>> dy.shape, x.shape, *given
    ((1, 1, 2, 2), (1, 1, 2, 2), (1, 1, 1, 1), 1, 0)
    """
    return [(dy, x, w.shape, *how) for dy, x, w, *how in _drawn(largest, seed)]


def input_gradients(largest, seed=0):
    """Draw output gradients and filters: (dy, w, (N, C, H, W), stride, padding), smallest first.

    >>> dy, w, *given = input_gradients(4)[0]
    >>> dy.shape, w.shape, *given
    ((1, 1, 2, 2), (1, 1, 1, 1), (1, 1, 2, 2), 1, 0)
    """
    return [(dy, w, x.shape, *how) for dy, x, w, *how in _drawn(largest, seed)]


def entries(largest, seed=0):
    """Draw entries of an im2col matrix: (row, column, (C, H, W), (R, S), stride, padding).

    >>> entries(4)[0]
    (0, 3, (1, 2, 2), (1, 1), 1, 0)
    """
    rng, drawn = np.random.default_rng(seed), []
    for x_shape, w_shape, stride, padding in sizes(largest, seed=seed):
        *_, P, Q = conv_shape(x_shape, w_shape, stride, padding).out
        row, column = rng.integers([np.prod(w_shape[1:]), P * Q]).tolist()
        drawn.append((row, column, x_shape[1:], w_shape[2:], stride, padding))
    return drawn


def races(seed=0):
    """Draw layers and machines on which two methods are close: arguments of `fastest`.

    >>> x_shape, w_shape, *speeds = races()[0]
    >>> best, second, *_ = sorted(costs(x_shape, w_shape, *speeds).values())
    >>> 1.01 < second / best < 1.5
    True
    """
    side, channels = one_of(7, 14, 28, 56), one_of(1, 4, 16, 64, 256)
    filters = one_of((1, 1), (3, 3), (3, 3), (5, 5), (3, 5), (7, 1))
    drawn = cases(
        *(one_of(1, 2, 8), channels, side, side, channels, filters, whole(0, 3)),
        where=lambda *arguments: _is_close(*_race(*arguments)),
        count=64,
        seed=seed,
    )
    return [_race(*arguments) for arguments in drawn]


def pools(largest, seed=0):
    """Draw maps to pool, many with equal pixels, some all negative: (dy, x, size, stride).

    >>> dy, x, size, stride = pools(4)[0]
    >>> dy.shape, x.shape, size, stride
    ((2, 1), (2, 1), 1, 1)
    """
    rng, drawn = np.random.default_rng(seed), []
    fits = lambda H, W, size, stride: size <= min(H, W)  # noqa: E731
    side = whole(1, largest)
    for H, W, size, stride in cases(side, side, whole(1, 4), whole(1, 4), seed=seed, where=fits):
        P, Q = (output_size(n, size, stride) for n in (H, W))
        x = _numbers(rng, (H, W)) if rng.random() < 0.5 else rng.integers(-3, 0, (H, W))
        drawn.append((_numbers(rng, (P, Q)), x, size, stride))
    return drawn


def rows(longest, seed=0):
    """Draw a row of pixels and a filter of three taps: (x (L,), w (3,)).

    >>> x, w = rows(6)[0]
    >>> len(x), len(w)
    (3, 3)
    """
    return cases(sequences(longest, 3), sequences(3, 3), seed=seed)


def _numbers(rng, shape):
    """Small numbers of the kinds that `cases` draws."""
    size = int(np.prod(shape))
    return sequences(size, size)(rng).reshape(shape)


def _race(N, C, H, W, K, filters, machine):
    return (N, C, H, W), (K, C, *filters), *MACHINES[machine]


def _is_close(*race):
    best, second, *_ = sorted(costs(*race).values())
    return 1.01 < second / best < 1.5


def _drawn(largest, seed):
    """Output gradient, images and filters of layers: (dy, x, w, stride, padding)."""
    rng = np.random.default_rng(seed)
    for x_shape, w_shape, stride, padding in sizes(largest, seed=seed):
        out = conv_shape(x_shape, w_shape, stride, padding).out
        yield *(_numbers(rng, shape) for shape in (out, x_shape, w_shape)), stride, padding
