"""Sheet 08, exercise 2, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.collectives.broadcast import broadcast


def _train(world, rows, enough, verdict):
    """Train until verdict(world, error, enough) says that it is good enough."""
    x, y = rows[:, :-1], rows[:, -1]
    w = np.zeros(x.shape[1])
    for _ in range(6):
        error = x @ w - y
        if verdict(world, error, enough):
            break
        w -= 0.1 * all_reduce(world, 2 * x.T @ error / len(x) / world.size)
    return w


def _mean_loss(world, error, *_):
    return all_reduce(world, np.array([np.mean(error**2)]))[0] / world.size


def _votes(world, error, enough):
    return all_reduce(world, np.array([int(np.mean(error**2) < enough)]))[0]


def right_sums_and_counts(world, rows, enough):
    def verdict(world, error, enough):
        total, count = all_reduce(world, np.array([error @ error, len(error)]))
        return total / count < enough

    return _train(world, rows, enough, verdict)


def right_gathers_errors(world, rows, enough):
    def verdict(world, error, enough):
        return np.mean(all_gather(world, error) ** 2) < enough

    return _train(world, rows, enough, verdict)


def right_rank_0_tells(world, rows, enough):
    def verdict(world, error, enough):
        stop = np.array([_mean_loss(world, error) < enough])
        return broadcast(world, stop)[0]

    return _train(world, rows, enough, verdict)


def right_one_message(world, rows, enough):
    x, y = rows[:, :-1], rows[:, -1]
    w = np.zeros(x.shape[1])
    for _ in range(6):
        error = x @ w - y
        both = np.append(2 * x.T @ error, error @ error) / len(x) / world.size
        all_reduce(world, both)
        if both[-1] < enough:
            break
        w -= 0.1 * both[:-1]
    return w


def right_everybody_has_all_rows(world, rows, enough):
    rows = all_gather(world, rows.copy()).reshape(-1, rows.shape[1])
    x, y = rows[:, :-1], rows[:, -1]
    w = np.zeros(x.shape[1])
    for _ in range(6):
        error = x @ w - y
        if np.mean(error**2) < enough:
            break
        w -= 0.2 * x.T @ error / len(x)
    return w


def forgets_to_return(world, rows, enough):
    _train(world, rows, enough, lambda *given: _mean_loss(*given) < enough)


def each_by_itself(world, rows, enough):
    return _train(world, rows, enough, lambda world, error, enough: np.mean(error**2) < enough)


def sum_of_losses(world, rows, enough):
    return _train(world, rows, enough, lambda *given: _mean_loss(*given) * world.size < enough)


def divided_twice(world, rows, enough):
    return _train(world, rows, enough, lambda *given: _mean_loss(*given) / world.size < enough)


def never_stops(world, rows, enough):
    return _train(world, rows, enough, lambda *_: False)


def rank_0_decides(world, rows, enough):
    def verdict(world, error, enough):
        return broadcast(world, np.array([np.mean(error**2)]))[0] < enough

    return _train(world, rows, enough, verdict)


def as_soon_as_one_is_content(world, rows, enough):
    return _train(world, rows, enough, lambda *given: _votes(*given) > 0)


def when_all_are_content(world, rows, enough):
    return _train(world, rows, enough, lambda *given: _votes(*given) == world.size)


def stays_at_the_barrier(world, rows, enough):
    def verdict(world, error, enough):
        world.barrier()
        return np.mean(error**2) < enough

    return _train(world, rows, enough, verdict)


def skips_its_update(world, rows, enough):
    x, y = rows[:, :-1], rows[:, -1]
    w = np.zeros(x.shape[1])
    for _ in range(6):
        error = x @ w - y
        if np.mean(error**2) < enough:
            continue
        w -= 0.1 * all_reduce(world, 2 * x.T @ error / len(x) / world.size)
    return w


def goes_on_with_zeros(world, rows, enough):
    x, y = rows[:, :-1], rows[:, -1]
    w = np.zeros(x.shape[1])
    for _ in range(6):
        error = x @ w - y
        learns = np.mean(error**2) >= enough
        w -= 0.1 * all_reduce(world, learns * 2 * x.T @ error / len(x) / world.size)
    return w


def reduces_the_weights_at_the_end(world, rows, enough):
    x, y = rows[:, :-1], rows[:, -1]
    w = np.zeros(x.shape[1])
    for _ in range(6):
        error = x @ w - y
        if np.mean(error**2) < enough:
            break
        w -= 0.1 * 2 * x.T @ error / len(x)
    return all_reduce(world, w) / world.size


def one_step_late(world, rows, enough):
    x, y = rows[:, :-1], rows[:, -1]
    w = np.zeros(x.shape[1])
    for _ in range(6):
        error = x @ w - y
        loss = _mean_loss(world, error)
        w -= 0.1 * all_reduce(world, 2 * x.T @ error / len(x) / world.size)
        if loss < enough:
            break
    return w


def reduces_the_error(world, rows, enough):
    def verdict(world, error, enough):
        return np.mean((all_reduce(world, error.copy()) / world.size) ** 2) < enough

    return _train(world, rows, enough, verdict)


def reduces_the_error_in_place(world, rows, enough):
    def verdict(world, error, enough):
        return np.mean(all_reduce(world, error) ** 2) / world.size < enough

    return _train(world, rows, enough, verdict)


def squares_not_averaged(world, rows, enough):
    return _train(world, rows, enough, lambda world, error, enough: (
        all_reduce(world, np.array([error @ error]))[0] / world.size < enough
    ))  # fmt: skip


def root_of_the_mean(world, rows, enough):
    return _train(world, rows, enough, lambda *given: _mean_loss(*given) ** 0.5 < enough)


def gradient_not_reduced(world, rows, enough):
    x, y = rows[:, :-1], rows[:, -1]
    w = np.zeros(x.shape[1])
    for _ in range(6):
        error = x @ w - y
        if _mean_loss(world, error) < enough:
            break
        w -= 0.1 * 2 * x.T @ error / len(x)
    return w


def gradient_not_averaged(world, rows, enough):
    x, y = rows[:, :-1], rows[:, -1]
    w = np.zeros(x.shape[1])
    for _ in range(6):
        error = x @ w - y
        if _mean_loss(world, error) < enough:
            break
        w -= 0.1 * all_reduce(world, 2 * x.T @ error / len(x))
    return w


def reduces_a_number(world, rows, enough):
    return _train(world, rows, enough, lambda world, error, enough: (
        all_reduce(world, np.mean(error**2)) / world.size < enough
    ))  # fmt: skip
