"""Sheet 09, exercise 3, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.collectives.reduce_scatter import reduce_scatter


def right_weights_first(world, weights, gradient, x):
    change = x.T @ gradient
    back = gradient @ weights.T
    all_reduce(world, back)
    return back, change


def right_by_einsum(world, weights, gradient, x):
    back = np.ascontiguousarray(np.einsum("bm,km->bk", gradient, weights))
    return all_reduce(world, back), np.einsum("bk,bm->km", x, gradient)


def right_transposed(world, weights, gradient, x):
    return all_reduce(world, weights @ gradient.T).T, (gradient.T @ x).T


def right_by_two_halves(world, weights, gradient, x):
    term = gradient @ weights.T
    part = reduce_scatter(world, term.reshape(-1))
    return all_gather(world, part, term.size).reshape(term.shape), x.T @ gradient


def forgets_to_return(world, weights, gradient, x):
    all_reduce(world, gradient @ weights.T)


def sums_the_other_one(world, weights, gradient, x):
    return gradient @ weights.T, all_reduce(world, x.T @ gradient)


def sums_both(world, weights, gradient, x):
    return all_reduce(world, gradient @ weights.T), all_reduce(world, x.T @ gradient)


def sums_neither(world, weights, gradient, x):
    return gradient @ weights.T, x.T @ gradient


def the_other_order(world, weights, gradient, x):
    return x.T @ gradient, all_reduce(world, gradient @ weights.T)


def the_input_gradient_only(world, weights, gradient, x):
    return all_reduce(world, gradient @ weights.T)


def a_list(world, weights, gradient, x):
    return [all_reduce(world, gradient @ weights.T), x.T @ gradient]


def means_over_the_ranks(world, weights, gradient, x):
    return all_reduce(world, gradient @ weights.T) / world.size, x.T @ gradient


def means_over_the_batch(world, weights, gradient, x):
    return all_reduce(world, gradient @ weights.T), x.T @ gradient / len(x)


def weights_gradient_transposed(world, weights, gradient, x):
    return all_reduce(world, gradient @ weights.T), gradient.T @ x


def forgets_to_transpose_the_weights(world, weights, gradient, x):
    return all_reduce(world, gradient @ weights), x.T @ gradient


def stacks_the_terms(world, weights, gradient, x):
    return all_gather(world, (gradient @ weights.T).T).T, x.T @ gradient


def sums_the_gradients_of_the_outputs(world, weights, gradient, x):
    summed = all_reduce(world, gradient.copy())
    return summed @ weights.T, x.T @ summed


def all_columns_of_the_weights_gradient(world, weights, gradient, x):
    whole = all_gather(world, (x.T @ gradient).T).T
    return all_reduce(world, gradient @ weights.T), whole


def of_the_forward_result(world, weights, gradient, x):
    return all_reduce(world, gradient @ weights.T), x.T @ (x @ weights)


def rank_0_alone_gets_the_sum(world, weights, gradient, x):
    term = gradient @ weights.T
    total = all_reduce(world, term.copy())
    return (total if world.rank == 0 else term), x.T @ gradient


def gathers_all_terms(world, weights, gradient, x):
    """Right, but each rank sends its whole term to everybody."""
    terms = all_gather(world, (gradient @ weights.T)[None])
    return terms.sum(axis=0), x.T @ gradient


def gathers_the_weights(world, weights, gradient, x):
    """Right, but nothing is split any more."""
    whole = all_gather(world, weights.T).T
    change = all_gather(world, gradient.T).T
    return change @ whole.T, x.T @ gradient


def sums_the_right_one_twice(world, weights, gradient, x):
    back = all_reduce(world, gradient @ weights.T)
    return all_reduce(world, back), x.T @ gradient
