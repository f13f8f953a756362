"""Sheet 08, exercise 3, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.cluster.collectives.all_reduce import all_reduce


def _train(rows, rate, decay, exchange, steps=3):
    """Train, where exchange(mean gradient of this rank's rows) gives what is used of it."""
    x, y = rows[:, :-1], rows[:, -1]
    w = np.ones(x.shape[1])
    for _ in range(steps):
        w -= rate * (exchange(x.T @ (x @ w - y) / len(rows)) + decay * w)
    return w


def _sum_into(world, factor=1.0):
    return lambda gradient: all_reduce(world, gradient * factor)


def right_divided_by_all_rows_first(world, rows, rate, decay):
    return _train(rows, rate, decay, _sum_into(world, 1 / world.size))


def right_divided_by_all_rows_last(world, rows, rate, decay):
    x, y = rows[:, :-1], rows[:, -1]
    w = np.ones(x.shape[1])
    for _ in range(3):
        total = all_reduce(world, x.T @ (x @ w - y))
        w -= rate * (total / (len(rows) * world.size) + decay * w)
    return w


def right_decay_is_averaged_too(world, rows, rate, decay):
    x, y = rows[:, :-1], rows[:, -1]
    w = np.ones(x.shape[1])
    for _ in range(3):
        gradient = x.T @ (x @ w - y) / len(rows) + decay * w
        w -= rate * all_reduce(world, gradient) / world.size
    return w


def right_averages_weights_each_step(world, rows, rate, decay):
    x, y = rows[:, :-1], rows[:, -1]
    w = np.ones(x.shape[1])
    for _ in range(3):
        w = w - rate * (x.T @ (x @ w - y) / len(rows) + decay * w)
        w = all_reduce(world, w) / world.size
    return w


def right_undoes_the_second_mean(world, rows, rate, decay):
    x, y = rows[:, :-1], rows[:, -1]
    w, p = np.ones(x.shape[1]), world.size
    for _ in range(3):
        gradient = all_reduce(world, x.T @ (x @ w - y) / (len(rows) * p)) / p
        w -= rate * (p * gradient + decay * w)
    return w


def right_all_rows_everywhere(world, rows, rate, decay):
    rows = all_gather(world, rows.copy()).reshape(-1, rows.shape[1])
    return _train(rows, rate, decay, lambda gradient: gradient)


def forgets_to_return(world, rows, rate, decay):
    _train(rows, rate, decay, _sum_into(world, 1 / world.size))


def as_it_was(world, rows, rate, decay):
    return _train(rows, rate, decay, _sum_into(world, 1 / world.size**2))


def larger_rate(world, rows, rate, decay):
    p = world.size
    return _train(rows, rate * p, decay, _sum_into(world, 1 / p**2))


def smaller_decay(world, rows, rate, decay):
    p = world.size
    return _train(rows, rate, decay / p, _sum_into(world, 1 / p**2))


def larger_rate_of_the_right_mean(world, rows, rate, decay):
    return _train(rows, rate * world.size, decay, _sum_into(world, 1 / world.size))


def never_averaged(world, rows, rate, decay):
    return _train(rows, rate, decay, _sum_into(world))


def sums_everywhere(world, rows, rate, decay):
    return _train(rows, rate, decay, _sum_into(world, len(rows)))


def no_all_reduce(world, rows, rate, decay):
    return _train(rows, rate, decay, lambda gradient: gradient)


def divided_by_ranks_but_not_added(world, rows, rate, decay):
    return _train(rows, rate, decay, lambda gradient: gradient / world.size)


def weights_averaged_at_the_end(world, rows, rate, decay):
    w = _train(rows, rate, decay, lambda gradient: gradient)
    return all_reduce(world, w) / world.size


def decay_added_up(world, rows, rate, decay):
    x, y = rows[:, :-1], rows[:, -1]
    w = np.ones(x.shape[1])
    for _ in range(3):
        gradient = x.T @ (x @ w - y) / len(rows) / world.size + decay * w
        w -= rate * all_reduce(world, gradient)
    return w


def decay_averaged_twice(world, rows, rate, decay):
    return _train(rows, rate, decay / world.size, _sum_into(world, 1 / world.size))


def decay_forgotten(world, rows, rate, decay):
    return _train(rows, rate, 0, _sum_into(world, 1 / world.size))


def decay_at_rate_one(world, rows, rate, decay):
    return _train(rows, rate, decay / rate, _sum_into(world, 1 / world.size))


def gradient_of_the_squared_error(world, rows, rate, decay):
    return _train(rows, rate, decay, _sum_into(world, 2 / world.size))


def divided_by_ranks_only(world, rows, rate, decay):
    return _train(rows, rate, decay, _sum_into(world, len(rows) / world.size))


def divided_by_root_of_ranks(world, rows, rate, decay):
    return _train(rows, rate, decay, _sum_into(world, world.size**-0.5))


def a_step_too_many(world, rows, rate, decay):
    return _train(rows, rate, decay, _sum_into(world, 1 / world.size), steps=4)


def more_steps_instead(world, rows, rate, decay):
    return _train(rows, rate, decay, _sum_into(world, 1 / world.size**2), steps=3 * world.size)


def divided_by_the_columns(world, rows, rate, decay):
    columns = rows.shape[1] - 1
    return _train(rows, rate, decay, _sum_into(world, len(rows) / columns / world.size))


def only_rank_0_is_right(world, rows, rate, decay):
    p = world.size
    share = 1 if world.rank == 0 else p
    return _train(rows, rate, decay, lambda gradient: all_reduce(world, gradient) / p / share)
