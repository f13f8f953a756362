"""Sheet 09, exercise 5, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.collectives.broadcast import broadcast

RATE = 1 / 64


def _train(world, up, down, first, x, target, steps, back, after=lambda first: first, rate=RATE):
    """The program, with what comes back to `first` as a function."""
    for _ in range(steps):
        h = x @ first
        hidden = np.maximum(h @ up, 0)
        change = h + all_reduce(world, hidden @ down) - target
        inner = change @ down.T * (hidden > 0)
        arrived = back(change, inner @ up.T)
        up = up - rate * h.T @ inner
        down = down - rate * hidden.T @ change
        first = after(first - rate * x.T @ arrived)
    return first


def right_in_one_line(world, *given):
    return _train(world, *given, lambda around, through: all_reduce(world, through) + around)


def right_a_share_of_the_way_around(world, *given):
    """Dividing by p and summing gives the way around once."""
    p = world.size
    return _train(world, *given, lambda around, through: all_reduce(world, around / p + through))


def right_rank_0_puts_it_in(world, *given):
    def back(around, through):
        return all_reduce(world, through + around if world.rank == 0 else through)

    return _train(world, *given, back)


def right_summing_the_gradient_of_first(world, up, down, first, x, target, steps):
    """Sums the term of `first`'s gradient, and not what it comes from."""
    for _ in range(steps):
        h = x @ first
        hidden = np.maximum(h @ up, 0)
        change = h + all_reduce(world, hidden @ down) - target
        inner = change @ down.T * (hidden > 0)
        gradient = x.T @ change + all_reduce(world, x.T @ (inner @ up.T))
        up, down = up - RATE * h.T @ inner, down - RATE * hidden.T @ change
        first = first - RATE * gradient
    return first


def forgets_to_return(world, *given):
    right_in_one_line(world, *given)


def as_it_was(world, *given):
    return _train(world, *given, lambda around, through: around + through)


def sums_what_goes_around_too(world, *given):
    return _train(world, *given, lambda around, through: all_reduce(world, around + through))


def sums_the_way_around_only(world, *given):
    return _train(world, *given, lambda around, through: all_reduce(world, around.copy()) + through)


def leaves_the_way_around_out(world, *given):
    return _train(world, *given, lambda around, through: all_reduce(world, through))


def the_mean_of_the_terms(world, *given):
    def back(around, through):
        return around + all_reduce(world, through) / world.size

    return _train(world, *given, back)


def averages_first(world, *given):
    def after(first):
        return all_reduce(world, first) / world.size

    return _train(world, *given, lambda around, through: around + through, after)


def rank_0s_first_for_all(world, *given):
    def after(first):
        return broadcast(world, first, root=0)

    return _train(world, *given, lambda around, through: around + through, after)


def averages_first_at_the_end(world, *given):
    first = as_it_was(world, *given)
    return all_reduce(world, first) / world.size


def sums_firsts_gradient_whole(world, up, down, first, x, target, steps):
    for _ in range(steps):
        h = x @ first
        hidden = np.maximum(h @ up, 0)
        change = h + all_reduce(world, hidden @ down) - target
        inner = change @ down.T * (hidden > 0)
        gradient = all_reduce(world, x.T @ (change + inner @ up.T))
        up, down = up - RATE * h.T @ inner, down - RATE * hidden.T @ change
        first = first - RATE * gradient
    return first


def sums_the_error(world, up, down, first, x, target, steps):
    for _ in range(steps):
        h = x @ first
        hidden = np.maximum(h @ up, 0)
        change = all_reduce(world, h + hidden @ down - target)
        inner = change @ down.T * (hidden > 0)
        back = change + inner @ up.T
        up, down = up - RATE * h.T @ inner, down - RATE * hidden.T @ change
        first = first - RATE * x.T @ back
    return first


def sums_the_inner_gradient(world, up, down, first, x, target, steps):
    for _ in range(steps):
        h = x @ first
        hidden = np.maximum(h @ up, 0)
        change = h + all_reduce(world, hidden @ down) - target
        inner = all_reduce(world, change @ down.T * (hidden > 0))
        back = change + inner @ up.T
        up, down = up - RATE * h.T @ inner, down - RATE * hidden.T @ change
        first = first - RATE * x.T @ back
    return first


def sums_the_updates_of_up_and_down(world, up, down, first, x, target, steps):
    for _ in range(steps):
        h = x @ first
        hidden = np.maximum(h @ up, 0)
        change = h + all_reduce(world, hidden @ down) - target
        inner = change @ down.T * (hidden > 0)
        back = change + all_reduce(world, inner @ up.T)
        up = up - RATE * all_reduce(world, h.T @ inner)
        down = down - RATE * all_reduce(world, hidden.T @ change)
        first = first - RATE * x.T @ back
    return first


def updates_before_it_goes_back(world, up, down, first, x, target, steps):
    for _ in range(steps):
        h = x @ first
        hidden = np.maximum(h @ up, 0)
        change = h + all_reduce(world, hidden @ down) - target
        inner = change @ down.T * (hidden > 0)
        up, down = up - RATE * h.T @ inner, down - RATE * hidden.T @ change
        back = change + all_reduce(world, inner @ up.T)
        first = first - RATE * x.T @ back
    return first


def one_step_only(world, up, down, first, x, target, steps):
    return right_in_one_line(world, up, down, first, x, target, 1)


def rank_0_alone_goes_on(world, *given):
    first = right_in_one_line(world, *given)
    return first if world.rank == 0 else given[2]


def twice_as_fast(world, *given):
    def back(around, through):
        return all_reduce(world, through) + around

    return _train(world, *given, back, rate=2 * RATE)


def gathers_all_terms(world, *given):
    """Right, but each rank sends its whole term to everybody."""

    def back(around, through):
        return around + all_gather(world, through[None]).sum(axis=0)

    return _train(world, *given, back)


def skips_the_sum_in_rank_0(world, *given):
    def back(around, through):
        return around + (all_reduce(world, through) if world.rank else through)

    return _train(world, *given, back)
