"""Inputs that find mistakes in exercise sheet 09: few ranks, thin parts, exact numbers.

Numbers are whole or quarters, so that sums are exact in any order and no ReLU is in doubt.
"""

import math

import numpy as np

from dlcourse.course.cases import cases, one_of, whole

COUNT = 16  # inputs a check: most are a run of their own
SMALL = (
    *[(2, 1, 1, 1)] * 3,
    *[(2, 2, 1, 1), (2, 1, 2, 1), (2, 1, 1, 2), (3, 1, 1, 1)],
    *[(2, 2, 2, 2), (3, 2, 2, 3)],
)


def columns(ranks, most, seed=0):
    """Draw a layer split by its outputs, and its input: (weights (p, k, m), x (b, k)).

    >>> weights, x = columns(4, 3)[-1]
    >>> weights.shape[1] == x.shape[1]
    True
    """
    return _arrays(lambda p, k, m, b: [(p, k, m), (b, k)], ranks, most, seed)


def rows(ranks, most, seed=0):
    """Draw a layer split by its inputs, with bias: (weights (p, m, n), x (b, p m), bias (n,)).

    >>> weights, x, bias = rows(4, 3)[-1]
    >>> weights.shape[0] * weights.shape[1] == x.shape[1]
    True
    """
    return _arrays(lambda p, m, n, b: [(p, m, n), (b, p * m), (n,)], ranks, most, seed)


def column_gradients(ranks, most, seed=0):
    """Draw what a column-split layer needs to go back.

    Returns (weights (p, k, m), gradient (p, b, m), x (b, k)).

    >>> [array.ndim for array in column_gradients(4, 3)[0]]
    [3, 3, 2]
    """
    return _arrays(lambda p, k, m, b: [(p, k, m), (p, b, m), (b, k)], ranks, most, seed)


def blocks(ranks, most, seed=0):
    """Draw a pair of split layers: (up (p, k, m), down (p, m, k), x (b, k), gradient (b, k)).

    >>> [array.ndim for array in blocks(4, 3)[0]]
    [3, 3, 2, 2]
    """
    shapes = lambda p, k, m, b: [(p, k, m), (p, m, k), (b, k), (b, k)]  # noqa: E731
    return _arrays(shapes, ranks, most, seed)


def trainings(ranks, most, seed=0):
    """Draw a network to train, of whole numbers.

    Returns (up (p, k, m), down (p, m, k), first (k, k), x (b, k), target (b, k), steps).

    >>> up, down, first, x, target, steps = trainings(4, 3)[0]
    >>> x.shape == target.shape, steps in (1, 2)
    (True, True)
    """
    rng, found = np.random.default_rng(seed), []
    for p, k, m, b in _sizes(ranks, most, seed):
        shapes = [(p, k, m), (p, m, k), (k, k), (b, k), (b, k)]
        arrays = [rng.integers(-2, 3, shape).astype(float) for shape in shapes]
        found.append((*arrays, int(rng.integers(1, 3))))
    return found


def layers(most, seed=0):
    """Draw layers to share: (sizes (L, 3): weights, inputs and outputs; batch; ranks).

    >>> sizes, batch, ranks = layers(3)[0]
    >>> sizes.shape[1]
    3
    """
    rng = np.random.default_rng(seed)
    drawn = cases(whole(1, most), whole(1, 12), whole(1, 8), seed=seed, count=3 * COUNT)
    found = []
    for count, batch, ranks in drawn:
        ends = rng.integers(1, 10, (count, 2))
        shared = rng.integers(1, 4, count)  # a convolution's weights are used many times
        sizes = np.column_stack([ends.prod(axis=1) // shared + 1, ends])
        found.append((sizes, batch, ranks))
    return found


def pipelines(seed=0):
    """Draw pipelines: (stages, micro_batches, chunks), micro-batches a multiple where interleaved.

    >>> pipelines()[0]
    (1, 1, 1)
    """
    whole_groups = lambda p, m, v: v == 1 or m % p == 0  # noqa: E731
    draws = whole(1, 7), whole(1, 16), whole(1, 4)
    return cases(*draws, seed=seed, where=whole_groups)


def stages(most, seed=0):
    """Draw pipelines of one chunk a stage: (stages, micro_batches).

    >>> max(stages(4))[0]
    4
    """
    return cases(whole(1, most), whole(1, 2 * most), seed=seed, count=2 * COUNT)


def partial_attention(seed=0):
    """Draw two partial results: (out_a (n, d), log_a (n,), out_b (n, d), log_b (n,)).

    Logarithms are small, or hundreds, or -inf in one part, which has seen no key.

    >>> [array.ndim for array in partial_attention()[0]]
    [2, 1, 2, 1]
    """
    rng, found = np.random.default_rng(seed), []
    for n, d, far, blind in cases(
        whole(1, 4), whole(1, 3), one_of(0, 0, 900), one_of(0, 0, 1, 2), seed=seed
    ):
        outs, logs = rng.integers(-4, 10, (2, n, d)) / 4, rng.integers(-4, 5, (2, n)) / 2
        logs += far * rng.choice([-1, 1], n)  # both parts of a row, so that both count
        if blind:
            logs[blind - 1, rng.integers(n)] = -np.inf
        found.append((outs[0], logs[0], outs[1], logs[1]))
    return found


def choices(most, seed=0):
    """Draw which expert each token has chosen: (chosen (n,), experts, factor).

    >>> chosen, experts, factor = choices(9)[-1]
    >>> bool(chosen.max() < experts)
    True
    """
    draws = whole(1, most), whole(1, 7), one_of(0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
    sure = lambda n, e, f: math.ceil(f * n / e) == math.ceil(f * (n / e))  # noqa: E731
    rng = np.random.default_rng(seed)
    drawn = cases(*draws, seed=seed, where=sure)
    return [(rng.integers(0, experts, n), experts, factor) for n, experts, factor in drawn]


def _arrays(shapes, ranks, most, seed):
    """Draw arrays whose shapes follow from the number of ranks and three sizes."""
    rng = np.random.default_rng(seed)
    return [
        tuple(_numbers(rng, shapes(*sizes), rng.integers(3))) for sizes in _sizes(ranks, most, seed)
    ]


def _sizes(ranks, most, seed):
    """The smallest sizes at which ranks and axes differ, and some that are drawn."""
    drawn = cases(whole(1, ranks), *[whole(1, most)] * 3, seed=seed, count=COUNT - len(SMALL))
    return sorted([*SMALL, *drawn], key=sum)


def _numbers(rng, shapes, kind):
    """Whole numbers as integers, as floats, or quarters, in all arrays the same."""
    for shape in shapes:
        values = rng.integers(-4, 6, shape)
        yield (values, values.astype(float), values / 4)[kind]
