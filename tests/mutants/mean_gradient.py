"""Sheet 08, exercise 1, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.cluster.collectives.all_reduce import all_reduce


def _mean(world, gradient, counts):
    return all_reduce(world, gradient * counts[world.rank]) / counts.sum()


def right_shares_first(world, gradient, counts):
    return all_reduce(world, gradient * (counts[world.rank] / counts.sum()))


def right_in_place(world, gradient, counts):
    gradient *= counts[world.rank]
    all_reduce(world, gradient)
    gradient /= np.sum(counts)
    return gradient


def right_zeros_without_rows(world, gradient, counts):
    mine = gradient * counts[world.rank] if counts[world.rank] else np.zeros_like(gradient)
    return all_reduce(world, mine) / sum(counts.tolist())


def right_gathers(world, gradient, counts):
    everybodys = all_gather(world, gradient).reshape(world.size, -1)
    return counts @ everybodys / counts.sum()


def right_rank_0_adds(world, gradient, counts):
    total = gradient * counts[world.rank]
    if world.rank:
        world.send(total, 0)
        return world.recv(total, 0)
    for other in range(1, world.size):
        total += world.recv(np.empty_like(total), other)
    total /= counts.sum()
    for other in range(1, world.size):
        world.send(total, other)
    return total


def right_counts_travel_too(world, gradient, counts):
    count = counts[world.rank]
    both = all_reduce(world, np.append(gradient * count, count))
    return both[:-1] / both[-1]


def forgets_to_return(world, gradient, counts):
    _mean(world, gradient, counts)


def mean_of_means(world, gradient, counts):
    return all_reduce(world, gradient) / world.size


def sum_of_means(world, gradient, counts):
    return all_reduce(world, gradient)


def not_divided(world, gradient, counts):
    return all_reduce(world, gradient * counts[world.rank])


def divided_by_ranks(world, gradient, counts):
    return all_reduce(world, gradient * counts[world.rank]) / world.size


def divided_by_both(world, gradient, counts):
    return _mean(world, gradient, counts) / world.size


def divided_by_its_own_rows(world, gradient, counts):
    return all_reduce(world, gradient * counts[world.rank]) / max(counts[world.rank], 1)


def mean_of_those_with_rows(world, gradient, counts):
    mine = gradient * (counts[world.rank] > 0)
    return all_reduce(world, mine) / np.count_nonzero(counts)


def at_least_one_row(world, gradient, counts):
    counts = np.maximum(counts, 1)
    return _mean(world, gradient, counts)


def one_row_each_in_the_sum(world, gradient, counts):
    return all_reduce(world, gradient * max(counts[world.rank], 1)) / counts.sum()


def rank_0_has_as_many(world, gradient, counts):
    return all_reduce(world, gradient * counts[0]) / counts.sum()


def all_as_many_as_the_largest(world, gradient, counts):
    return all_reduce(world, gradient * counts[world.rank]) / (counts.max() * world.size)


def stays_away_without_rows(world, gradient, counts):
    if counts[world.rank] == 0:
        return np.zeros_like(gradient)
    return _mean(world, gradient, counts)


def its_own(world, gradient, counts):
    _mean(world, gradient, counts)
    return gradient


def only_rank_0_divides(world, gradient, counts):
    total = all_reduce(world, gradient * counts[world.rank])
    return total / counts.sum() if world.rank == 0 else total


def weights_the_other_way_round(world, gradient, counts):
    return all_reduce(world, gradient * counts[-1 - world.rank]) / counts.sum()


def divides_by_the_rows(world, gradient, counts):
    return all_reduce(world, gradient / max(counts[world.rank], 1)) * counts.sum()


def whole_numbers(world, gradient, counts):
    return all_reduce(world, gradient * counts[world.rank]) // counts.sum()


def a_list(world, gradient, counts):
    return _mean(world, gradient, counts).tolist()
