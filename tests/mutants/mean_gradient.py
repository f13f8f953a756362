"""Sheet 08, exercise 1, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.cluster.collectives.all_reduce import all_reduce


def _mean(world, gradient, rows):
    return all_reduce(world, gradient * rows[world.rank]) / rows.sum()


def right_shares_first(world, gradient, rows):
    return all_reduce(world, gradient * (rows[world.rank] / rows.sum()))


def right_in_place(world, gradient, rows):
    gradient *= rows[world.rank]
    all_reduce(world, gradient)
    gradient /= np.sum(rows)
    return gradient


def right_zeros_without_rows(world, gradient, rows):
    mine = gradient * rows[world.rank] if rows[world.rank] else np.zeros_like(gradient)
    return all_reduce(world, mine) / sum(rows.tolist())


def right_gathers(world, gradient, rows):
    everybodys = all_gather(world, gradient).reshape(world.size, -1)
    return rows @ everybodys / rows.sum()


def right_rank_0_adds(world, gradient, rows):
    total = gradient * rows[world.rank]
    if world.rank:
        world.send(total, 0)
        return world.recv(total, 0)
    for other in range(1, world.size):
        total += world.recv(np.empty_like(total), other)
    total /= rows.sum()
    for other in range(1, world.size):
        world.send(total, other)
    return total


def right_counts_travel_too(world, gradient, rows):
    count = rows[world.rank]
    both = all_reduce(world, np.append(gradient * count, count))
    return both[:-1] / both[-1]


def forgets_to_return(world, gradient, rows):
    _mean(world, gradient, rows)


def mean_of_means(world, gradient, rows):
    return all_reduce(world, gradient) / world.size


def sum_of_means(world, gradient, rows):
    return all_reduce(world, gradient)


def not_divided(world, gradient, rows):
    return all_reduce(world, gradient * rows[world.rank])


def divided_by_ranks(world, gradient, rows):
    return all_reduce(world, gradient * rows[world.rank]) / world.size


def divided_by_both(world, gradient, rows):
    return _mean(world, gradient, rows) / world.size


def divided_by_its_own_rows(world, gradient, rows):
    return all_reduce(world, gradient * rows[world.rank]) / max(rows[world.rank], 1)


def mean_of_those_with_rows(world, gradient, rows):
    mine = gradient * (rows[world.rank] > 0)
    return all_reduce(world, mine) / np.count_nonzero(rows)


def at_least_one_row(world, gradient, rows):
    rows = np.maximum(rows, 1)
    return _mean(world, gradient, rows)


def one_row_each_in_the_sum(world, gradient, rows):
    return all_reduce(world, gradient * max(rows[world.rank], 1)) / rows.sum()


def rank_0_has_as_many(world, gradient, rows):
    return all_reduce(world, gradient * rows[0]) / rows.sum()


def all_as_many_as_the_largest(world, gradient, rows):
    return all_reduce(world, gradient * rows[world.rank]) / (rows.max() * world.size)


def stays_away_without_rows(world, gradient, rows):
    if rows[world.rank] == 0:
        return np.zeros_like(gradient)
    return _mean(world, gradient, rows)


def its_own(world, gradient, rows):
    _mean(world, gradient, rows)
    return gradient


def only_rank_0_divides(world, gradient, rows):
    total = all_reduce(world, gradient * rows[world.rank])
    return total / rows.sum() if world.rank == 0 else total


def weights_the_other_way_round(world, gradient, rows):
    return all_reduce(world, gradient * rows[-1 - world.rank]) / rows.sum()


def divides_by_the_rows(world, gradient, rows):
    return all_reduce(world, gradient / max(rows[world.rank], 1)) * rows.sum()


def whole_numbers(world, gradient, rows):
    return all_reduce(world, gradient * rows[world.rank]) // rows.sum()


def a_list(world, gradient, rows):
    return _mean(world, gradient, rows).tolist()
