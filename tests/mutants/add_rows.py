"""Sheet 09, exercise 2, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.collectives.reduce_scatter import reduce_scatter


def _own(world, weights, x):
    """This rank's columns of x."""
    m = len(weights)
    return x[:, world.rank * m : (world.rank + 1) * m]


def right_by_split(world, weights, x, bias):
    term = np.split(x, world.size, axis=1)[world.rank] @ weights
    return bias + all_reduce(world, np.ascontiguousarray(term))


def right_rank_0_puts_the_bias_in(world, weights, x, bias):
    term = _own(world, weights, x) @ weights
    return all_reduce(world, term + bias * (world.rank == 0))


def right_a_share_of_the_bias_each(world, weights, x, bias):
    return all_reduce(world, _own(world, weights, x) @ weights + bias / world.size)


def right_by_two_halves(world, weights, x, bias):
    term = _own(world, weights, x) @ weights
    part = reduce_scatter(world, term.reshape(-1))
    return all_gather(world, part, term.size).reshape(term.shape) + bias


def forgets_to_return(world, weights, x, bias):
    all_reduce(world, _own(world, weights, x) @ weights)


def bias_in_every_rank(world, weights, x, bias):
    return all_reduce(world, _own(world, weights, x) @ weights + bias)


def no_bias(world, weights, x, bias):
    return all_reduce(world, _own(world, weights, x) @ weights)


def bias_in_rank_0_only(world, weights, x, bias):
    y = all_reduce(world, _own(world, weights, x) @ weights)
    return y + bias if world.rank == 0 else y


def its_own_term_only(world, weights, x, bias):
    return _own(world, weights, x) @ weights + bias


def stacks_the_terms(world, weights, x, bias):
    return all_gather(world, (_own(world, weights, x) @ weights).T).T


def multiplies_the_whole_batch(world, weights, x, bias):
    return all_reduce(world, x @ weights) + bias


def always_the_first_columns(world, weights, x, bias):
    return all_reduce(world, x[:, : len(weights)] @ weights) + bias


def every_pth_column(world, weights, x, bias):
    return all_reduce(world, np.ascontiguousarray(x[:, world.rank :: world.size]) @ weights) + bias


def columns_back_to_front(world, weights, x, bias):
    own = np.split(x, world.size, axis=1)[-1 - world.rank]
    return all_reduce(world, own @ weights) + bias


def starts_at_the_rank(world, weights, x, bias):
    own = x[:, world.rank : world.rank + len(weights)]
    return all_reduce(world, own @ weights) + bias


def the_mean_of_the_terms(world, weights, x, bias):
    return all_reduce(world, _own(world, weights, x) @ weights) / world.size + bias


def sums_the_batch_first(world, weights, x, bias):
    return all_reduce(world, _own(world, weights, x).copy()) @ weights + bias


def rows_of_the_batch(world, weights, x, bias):
    own = np.array_split(x, world.size)[world.rank][:, : len(weights)]
    return all_reduce(world, own @ weights) + bias


def gathers_all_terms(world, weights, x, bias):
    """Right, but each rank sends its whole term to everybody."""
    terms = all_gather(world, (_own(world, weights, x) @ weights)[None])
    return terms.sum(axis=0) + bias


def gathers_the_weights(world, weights, x, bias):
    """Right, but nothing is split any more."""
    return x @ all_gather(world, weights) + bias


def sums_twice(world, weights, x, bias):
    y = all_reduce(world, _own(world, weights, x) @ weights)
    return all_reduce(world, y) + bias
