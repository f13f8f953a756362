"""Behind exercise sheet 09: what each task should give, what it may cost, likely slips.

Rank programs are compared with what one computer makes of the whole layer. Arrays of parts are
(ranks, ...), part r is rank r's.
"""

import math
from types import MappingProxyType

import numpy as np

from dlcourse.course.pipeline_check import holds_at_most
from dlcourse.course.rank_check import bytes_of_busiest, of_pairs, spends_at_most
from dlcourse.plan.schedules import interleaved, one_f_one_b
from dlcourse.plan.simulate import simulate

RATE = 1 / 64  # of learning: a power of two keeps sums exact
ITEM = 8  # bytes of a number


def stack_columns(weights, x):
    """Multiply by the whole matrix, whose columns were split.

    >>> stack_columns(np.array([[[1]], [[2]]]), np.array([[10]])).tolist()
    [[[10, 20]], [[10, 20]]]
    """
    return _everywhere(weights, x @ np.concatenate(weights, axis=1))


def add_rows(weights, x, bias):
    """Multiply by the whole matrix, whose rows were split, and add the bias.

    >>> add_rows(np.array([[[1]], [[2]]]), np.array([[10, 100]]), np.array([5])).tolist()
    [[[215]], [[215]]]
    """
    return _everywhere(weights, x @ np.concatenate(weights) + bias)


def column_gradients(weights, gradient, x):
    """Go back through the whole layer, and split the weights' gradient as the weights were.

    >>> weights, gradient = np.array([[[1.0]], [[2.0]]]), np.array([[[1.0]], [[1.0]]])
    >>> [a.tolist() for a in column_gradients(weights, gradient, np.array([[10.0]]))]
    [[[[3.0]], [[3.0]]], [[[10.0]], [[10.0]]]]
    """
    whole, change = np.concatenate(weights, axis=1), np.concatenate(gradient, axis=1)
    parts = np.split(x.T @ change, len(weights), axis=1)
    return _everywhere(weights, change @ whole.T), np.stack(parts)


def split_block(up, down, x, gradient):
    """Go forward and back through relu(x up) down, both matrices whole.

    >>> up, down = np.array([[[1.0]], [[-1.0]]]), np.array([[[5.0]], [[7.0]]])
    >>> [a[0].item() for a in split_block(up, down, np.array([[2.0]]), np.array([[1.0]]))]
    [10.0, 5.0]
    """
    wide, narrow = np.concatenate(up, axis=1), np.concatenate(down)
    hidden = np.maximum(x @ wide, 0)
    back = (gradient @ narrow.T * (hidden > 0)) @ wide.T
    return _everywhere(up, hidden @ narrow), _everywhere(up, back)


def train_in_step(up, down, first, x, target, steps, count=lambda ranks: 1, own=1):
    """Train h = x first, y = h + relu(h up) down, all matrices whole; give `first`.

    Args:
        up, down: parts (ranks, k, m) and (ranks, m, k).
        first: array (k, k).
        x, target: arrays (b, k).
        steps: how many.
        count: how often the way around the block counts, by the number of ranks.
        own: how often the way through it does.

    Returns:
        Array (ranks, k, k).

    >>> ones = np.ones((2, 1, 1))
    >>> train_in_step(ones, ones, *np.array([[[1.0]], [[1.0]], [[0.0]]]), steps=1)[0]
    array([[0.859375]])
    """
    wide, narrow, begun = np.concatenate(up, axis=1), np.concatenate(down), first
    for _ in range(steps):
        h = x @ begun
        hidden = np.maximum(h @ wide, 0)
        change = h + hidden @ narrow - target
        inner = change @ narrow.T * (hidden > 0)
        back = count(len(up)) * change + own * inner @ wide.T
        wide, narrow = wide - RATE * h.T @ inner, narrow - RATE * hidden.T @ change
        begun = begun - RATE * x.T @ back
    return _everywhere(up, begun)


def copy_or_split(layers, batch, ranks):
    """Count what each way sends, layer by layer, and take the smaller number.

    >>> copy_or_split(np.array([[12, 3, 4]]), batch=2, ranks=2)
    array([7.])
    """
    once = (ranks - 1) / ranks
    ways = [(2 * once * w, once * batch * (i + o)) for w, i, o in layers.tolist()]
    return np.array([min(both) for both in ways])


def bubble_share(stages, micro_batches, chunks):
    """Simulate the pipeline.

    >>> bubble_share(4, 8, 1), bubble_share(4, 8, 2)
    (0.2727272727272727, 0.15789473684210525)
    """
    if chunks == 1:
        return simulate(one_f_one_b(stages, micro_batches)).bubble_rate
    return simulate(interleaved(stages, micro_batches, chunks)).bubble_rate


def seconds_of_1f1b(stages, micro_batches):
    """Simulate 1F1B; F takes 1 s, BW 2 s.

    >>> seconds_of_1f1b(2, 3)
    12.0
    """
    return simulate(one_f_one_b(stages, micro_batches)).seconds


def merge_attention(out_a, log_a, out_b, log_b):
    """Merge by softmax of the two logarithms.

    >>> merge_attention(np.array([[1.0]]), np.zeros(1), np.array([[3.0]]), np.zeros(1))[0]
    array([[2.]])
    """
    log = np.logaddexp(log_a, log_b)
    shares = np.exp(log_a - log)[:, None], np.exp(log_b - log)[:, None]
    return shares[0] * out_a + shares[1] * out_b, log


def expert_places(chosen, experts, factor):
    """Queue the tokens up, expert by expert.

    >>> expert_places(np.array([1, 1, 0, 1]), experts=2, factor=1.0)
    array([ 0,  1,  0, -1])
    """
    return _queued(chosen, experts, math.ceil(factor * len(chosen) / experts))


def _queued(chosen, experts, room):
    places = np.full(len(chosen), -1)
    for expert in range(experts):
        queue = np.flatnonzero(chosen == expert)[: max(room, 0)]
        places[queue] = np.arange(len(queue))
    return places


def _everywhere(parts, array):
    return np.stack([array] * len(parts))


def _around(ranks, numbers):
    """Bytes that a rank sends to all-reduce so many numbers around a ring."""
    return 2 * (ranks - 1) * math.ceil(numbers / ranks) * ITEM


def _stacked_bytes(weights, x):
    ranks, _, width = weights.shape
    return (ranks - 1) * len(x) * width * ITEM


SENDS_ITS_COLUMNS = spends_at_most(
    _stacked_bytes,
    bytes_of_busiest,
    "one rank sends {} where {} are enough: its own columns of the result, once to each other rank",
    unit="B",
)
SENDS_ONE_SUM = spends_at_most(
    lambda weights, x, bias: _around(len(weights), len(x) * len(bias)),
    bytes_of_busiest,
    "one rank sends {} where {} are enough: one all-reduce of the result",
    unit="B",
)
SUMS_ONE_GRADIENT = of_pairs(
    spends_at_most(
        lambda weights, x: _around(len(weights), x.size),
        bytes_of_busiest,
        "one rank sends {} where {} are enough: one all-reduce, of one of the two gradients",
        unit="B",
    )
)
SUMS_TWICE = of_pairs(
    spends_at_most(
        lambda up, x, gradient: _around(len(up), x.size) + _around(len(up), gradient.size),
        bytes_of_busiest,
        "one rank sends {} where {} are enough: one all-reduce forward and one back",
        unit="B",
    )
)
SUMS_TWICE_A_STEP = of_pairs(
    spends_at_most(
        lambda up, first, x, target, steps: (
            steps * (_around(len(up), x.size) + _around(len(up), max(x.size, first.size)))
        ),
        bytes_of_busiest,
        "one rank sends {} where {} are enough: two all-reduces a step",
        unit="B",
    )
)
FEW_HELD = holds_at_most(lambda stage, stages, micro_batches: min(stages - stage, micro_batches))


SLIPS = MappingProxyType(
    {
        "stack_columns": {
            "the parts are added, not stacked": lambda weights, x: _everywhere(
                weights, x @ weights.sum(axis=0)
            ),
            "the parts stand one below the other": lambda weights, x: _everywhere(
                weights, np.concatenate(x @ weights)
            ),
        },
        "add_rows": {
            "every rank adds the bias to its term": lambda weights, x, bias: add_rows(
                weights, x, len(weights) * bias
            ),
            "the bias is left out": lambda weights, x, bias: add_rows(weights, x, 0 * bias),
            "every rank multiplies x's first columns": lambda weights, x, bias: add_rows(
                weights, np.tile(x[:, : weights.shape[1]], len(weights)), bias
            ),
        },
        "train_in_step": {
            "the gradient that goes around the block is counted once for each rank": (
                lambda *given: train_in_step(*given, count=lambda ranks: ranks)
            ),
            "only the mean of what the ranks send back is used": lambda up, *given: train_in_step(
                up, *given, own=1 / len(up)
            ),
        },
        "copy_or_split": {
            "one way is chosen for the whole network": lambda layers, batch, ranks: _one_way(
                layers, batch, ranks
            ),
            "the forward direction alone is counted for the split": lambda layers, *given: (
                copy_or_split(layers * [1, 0, 1], *given)
            ),
            "the split is counted with a rank's share of the batch": (
                lambda layers, batch, ranks: copy_or_split(layers, batch / ranks, ranks)
            ),
        },
        "bubble_share": {
            "the bubble is divided by the work and not by the whole time": lambda *given: (
                bubble_share(*given) / (1 - bubble_share(*given))
            ),
            "the chunks are left out": lambda stages, micro_batches, chunks: bubble_share(
                stages, micro_batches, 1
            ),
        },
        "expert_places": {
            "the room is rounded down": lambda chosen, experts, factor: _queued(
                chosen, experts, math.floor(factor * len(chosen) / experts)
            ),
            "the last tokens are kept and not the first": lambda chosen, *given: expert_places(
                chosen[::-1], *given
            )[::-1],
            "the capacity factor is left out": lambda chosen, experts, factor: expert_places(
                chosen, experts, 1.0
            ),
        },
    }
)


def _one_way(layers, batch, ranks):
    once = (ranks - 1) / ranks
    ways = 2 * once * layers[:, 0], once * batch * (layers[:, 1] + layers[:, 2])
    return min(ways, key=np.sum)
