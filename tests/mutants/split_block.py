"""Sheet 09, exercise 4, wrong and right: right ones are called right_*, the rest is wrong."""

import numpy as np

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.cluster.collectives.all_reduce import all_reduce


def _block(world, up, down, x, gradient, sums="yb", where=np.greater):
    hidden = np.maximum(x @ up, 0)
    y = hidden @ down
    inner = gradient @ down.T * where(hidden, 0)
    back = inner @ up.T
    y = all_reduce(world, y) if "y" in sums else y
    return y, all_reduce(world, back) if "b" in sums else back


def right_by_where(world, up, down, x, gradient):
    before = x @ up
    hidden = np.where(before > 0, before, 0)
    y = all_reduce(world, hidden @ down)
    inner = np.where(before > 0, gradient @ down.T, 0)
    return y, all_reduce(world, inner @ up.T)


def right_back_first(world, up, down, x, gradient):
    hidden = x @ up
    hidden[hidden < 0] = 0
    inner = gradient @ down.T
    inner[hidden <= 0] = 0
    back = all_reduce(world, inner @ up.T)
    return all_reduce(world, hidden @ down), back


def right_by_sign(world, up, down, x, gradient):
    before = x @ up
    hidden = before * (before > 0)
    y = all_reduce(world, hidden @ down)
    return y, all_reduce(world, (gradient @ down.T) * np.sign(hidden) @ up.T)


def right_both_in_one(world, up, down, x, gradient):
    """With the gradient at hand both sums can travel together."""
    hidden = np.maximum(x @ up, 0)
    inner = gradient @ down.T * (hidden > 0)
    return tuple(all_reduce(world, np.stack([hidden @ down, inner @ up.T])))


def forgets_to_return(world, up, down, x, gradient):
    _block(world, up, down, x, gradient)


def no_sum_forward(world, up, down, x, gradient):
    return _block(world, up, down, x, gradient, sums="b")


def no_sum_back(world, up, down, x, gradient):
    return _block(world, up, down, x, gradient, sums="y")


def no_sum_at_all(world, up, down, x, gradient):
    return _block(world, up, down, x, gradient, sums="")


def passes_on_at_zero(world, up, down, x, gradient):
    return _block(world, up, down, x, gradient, where=np.greater_equal)


def no_relu_back(world, up, down, x, gradient):
    y, _ = _block(world, up, down, x, gradient)
    return y, all_reduce(world, gradient @ down.T @ up.T)


def no_relu(world, up, down, x, gradient):
    y = all_reduce(world, x @ up @ down)
    return y, all_reduce(world, gradient @ down.T @ up.T)


def relu_behind_the_sum(world, up, down, x, gradient):
    y = np.maximum(all_reduce(world, x @ up @ down), 0)
    return y, all_reduce(world, (gradient * (y > 0)) @ down.T @ up.T)


def relu_of_the_gradient(world, up, down, x, gradient):
    y, _ = _block(world, up, down, x, gradient)
    return y, all_reduce(world, np.maximum(gradient @ down.T, 0) @ up.T)


def sums_the_hidden_parts(world, up, down, x, gradient):
    hidden = np.maximum(all_reduce(world, x @ up), 0)
    inner = gradient @ down.T * (hidden > 0)
    return all_reduce(world, hidden @ down), all_reduce(world, inner @ up.T)


def sums_what_all_have(world, up, down, x, gradient):
    return _block(world, up, down, x, all_reduce(world, gradient.copy()))


def sums_the_inner_gradient(world, up, down, x, gradient):
    hidden = np.maximum(x @ up, 0)
    inner = all_reduce(world, gradient @ down.T * (hidden > 0))
    return all_reduce(world, hidden @ down), inner @ up.T


def means(world, up, down, x, gradient):
    y, back = _block(world, up, down, x, gradient)
    return y / world.size, back / world.size


def back_to_front(world, up, down, x, gradient):
    y, back = _block(world, up, down, x, gradient)
    return back, y


def the_output_only(world, up, down, x, gradient):
    return all_reduce(world, np.maximum(x @ up, 0) @ down)


def back_through_down_alone(world, up, down, x, gradient):
    y, _ = _block(world, up, down, x, gradient)
    return y, all_reduce(world, gradient @ down.T)


def gathers_the_hidden_numbers(world, up, down, x, gradient):
    """Right, but the hidden numbers travel, which is what the pair avoids."""
    hidden = all_gather(world, np.maximum(x @ up, 0).T).T
    y = hidden @ all_gather(world, down)
    _, back = _block(world, up, down, x, gradient, sums="b")
    return y, back


def sums_between_the_layers_too(world, up, down, x, gradient):
    """Right, but a third sum is thrown away."""
    all_reduce(world, x @ up)
    return _block(world, up, down, x, gradient)


def gathers_all_terms(world, up, down, x, gradient):
    y, back = _block(world, up, down, x, gradient, sums="")
    return all_gather(world, y[None]).sum(axis=0), all_gather(world, back[None]).sum(axis=0)
