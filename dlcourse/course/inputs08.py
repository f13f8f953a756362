"""Inputs that find mistakes in exercise sheet 08: uneven ranks, layers without weights, zeros."""

import numpy as np

from dlcourse.course.cases import cases, grids, one_of, whole
from dlcourse.course.sheet08 import stop_together
from dlcourse.parallel.codebooks import codebook

RUNS = 10  # inputs a check of a rank program: each is a run of its own


def shares(ranks, longest, seed=0):
    """Draw ranks' gradients and how many rows each had: (floats (p, n), whole numbers (p,)).

    >>> gradients, counts = shares(4, 3)[0]
    >>> len(gradients) == len(counts), counts.sum() > 0
    (True, np.True_)
    """
    rng = np.random.default_rng(seed)
    drawn = cases(grids(ranks, longest), seed=seed, count=RUNS)
    return [(gradients.astype(float), _counts(rng, len(gradients))) for (gradients,) in drawn]


def stops(ranks, seed=0):
    """Draw what a linear model learns from, and when it has: (rows (p, m, columns), enough).

    >>> rows, enough = stops(3)[0]
    >>> rows.ndim, enough > 0
    (3, True)
    """
    enough = one_of(0.1371, 0.5713, 1.7103)  # no mean of squares of tenths equals one of these
    draws = _tables(ranks, most=3), enough
    return cases(*draws, seed=seed, count=RUNS, where=_it_matters_who_decides)


def regressions(ranks, seed=0):
    """Draw what a linear model learns from, and how: (rows (p, m, columns), rate, decay).

    >>> rows, rate, decay = regressions(3)[0]
    >>> rows.ndim
    3
    """
    return cases(_tables(ranks, most=3), one_of(0.1, 0.2), one_of(0.5, 0.25), seed=seed, count=RUNS)


def clusters(seed=0):
    """Draw what is exchanged and where: (gradient_bytes, nodes, gpus, network, inside).

    >>> clusters()[0][1:3]
    (1, 1)
    """
    many = whole(1, 4), whole(1, 4)
    drawn = cases(one_of(4e6, 6e7, 2.4e8), *many, one_of(1e9, 4e9), one_of(1.2e10), seed=seed)
    return sorted(drawn, key=lambda case: case[1] * case[2])


def tensors(most, seed=0):
    """Draw bytes of tensors and of a bucket: (sizes (n,), limit).

    >>> sizes, limit = tensors(5)[0]
    >>> sizes.min() >= 1
    np.True_
    """
    return cases(lambda rng: rng.integers(1, 9, rng.integers(1, most + 1)), whole(3, 12), seed=seed)


def layers(most, seed=0):
    """Draw seconds of layers' backward and of their messages, 0 without weights: two (L,).

    >>> backward, messages = layers(4)[0]
    >>> len(backward) == len(messages)
    True
    """
    rng, sizes = np.random.default_rng(seed), cases(whole(1, most), seed=seed)
    return [(1.0 * rng.integers(1, 6, n), 1.0 * rng.integers(0, 7, n)) for (n,) in sizes]


def codes(step=1):
    """Every so many-th byte, in order, and always the first two of either sign: (code,).

    >>> [code for code, in codes(step=100)]
    [0, 1, 100, 128, 129, 200]
    """
    return [(code,) for code in sorted({*range(0, 256, step), 0, 1, 128, 129})]


def numbers(longest, dynamic=False, seed=0):
    """Draw numbers and a table to write them with, no number half way: (values (n,), table (m,)).

    >>> values, table = numbers(3)[-1]
    >>> values.shape, np.abs(table).max() <= 1
    ((3,), np.True_)
    """
    draw = (lambda rng: codebook("dynamic").values) if dynamic else _table
    return cases(_values(longest), draw, seed=seed, where=_no_number_is_half_way)


def histories(most, longest, seed=0):
    """Draw a rank's gradients, step by step, as random as real ones: (gradients (steps, n),).

    >>> [gradients.shape for (gradients,) in histories(3, 2)][0]
    (1, 1)
    """
    return cases(
        lambda rng: rng.normal(0, 3, rng.integers(1, (most + 1, longest + 1))).round(3),
        seed=seed,
        where=lambda gradients: np.all(gradients),
    )


def sub_batches(seed=0):
    """Draw sub-batches, their messages, and a step: (sub_batches (m,), messages (m,), step, dense).

    >>> sizes, messages, step, dense = sub_batches()[0]
    >>> len(sizes) == len(messages)
    True
    """
    rng = np.random.default_rng(seed)
    drawn = cases(whole(1, 4), one_of(0.1041, 0.177), one_of(0.0065, 0.02), seed=seed)
    messages = np.array([0.4e-3, 1.1e-3, 1.4e-3, 2.1e-3, 7.2e-3, 0.025])
    return [
        (128 * 2 ** rng.integers(0, 6, m), rng.choice(messages, m), step, dense)
        for m, step, dense in drawn
    ]


def _counts(rng, ranks):
    """Rows of each rank, 0 among them, but not all 0."""
    counts = rng.integers(0, 5, ranks)
    counts[rng.integers(ranks)] += 1
    return counts


def _tables(ranks, most):
    """Draw (ranks, rows, columns): small tenths, the last column what is to be learnt."""

    def draw(rng):
        shape = rng.integers((1, 1, 2), (ranks + 1, most + 1, 4))
        return rng.integers(-20, 21, shape) / 10

    return draw


def _it_matters_who_decides(rows, enough):
    """Whether training ends elsewhere if it goes by one rank's loss, by their sum, or by none."""
    judges = np.mean, np.sum, np.min, np.max, lambda losses: losses[0], lambda losses: np.inf
    ends = [stop_together(rows, enough, judge) for judge in judges[: None if len(rows) > 1 else 2]]
    return len({end.tobytes() for end in ends}) > len(ends) // 2


def _values(longest):
    """Draw numbers that end in 2, so that even unscaled none is half way; or zeros only."""

    def draw(rng):
        size, largest = rng.integers(1, longest + 1), rng.choice([0, 1, 40])
        drawn = rng.uniform(-largest, largest, size).round(1) + 0.02
        return drawn.round(2) if largest else np.zeros(size)

    return draw


def _table(rng):
    """Draw a few values from -1 to 1, not by size, 0 among them or not."""
    return rng.choice(np.arange(-10, 11), rng.integers(2, 6), replace=False) / 10


def _no_number_is_half_way(values, table):
    scale = np.abs(values).max() or 1.0
    far = np.sort(np.abs(values[:, None] / scale - table), axis=1)
    return np.all(far[:, 1] - far[:, 0] > 1e-6)
