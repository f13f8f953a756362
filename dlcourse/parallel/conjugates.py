"""Communications that gradients pass too: backward is each one's conjugate.

| | forward | backward |
|---|---|---|
| enter | nothing | all-reduce |
| leave | all-reduce | nothing |
| gather | all-gather | reduce-scatter |
| scatter | reduce-scatter | all-gather |
| whole | all-gather | nothing: a rank takes its part |

What is all-reduced forward is the same in all ranks afterwards, and so is its gradient; what every
rank uses for itself has as its gradient the sum of theirs. Of tensors on "meta" only shapes count:
nothing travels.

Source: Shoeybi et al., "Megatron-LM", 2019, https://arxiv.org/abs/1909.08053, section 3 (f and g);
Korthikanti et al., 2022, https://arxiv.org/abs/2205.05198, section 4.2.2 (gather and scatter).
"""

from functools import cache, partial

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.collectives.arrays import cut, empty
from dlcourse.cluster.collectives.reduce_scatter import reduce_scatter


def conjugate(x, there, back):
    """Apply one function to a tensor, and another one to its gradient.

    Args:
        x: tensor.
        there: function of x's numbers.
        back: function of the result's gradient; gives x's.

    Returns:
        there(x).

    >>> import torch
    >>> x = torch.ones(1, requires_grad=True)
    >>> conjugate(x, lambda x: 2 * x, lambda gradient: 7 * gradient).backward()
    >>> x.grad
    tensor([7.])
    """
    return _function().apply(x, there, back)


def enter(world, x):
    """Take what all ranks have alike into ranks that each do a part of the work.

    Args:
        world: a World.
        x: tensor, the same in all ranks.

    Returns:
        x; its gradient becomes the sum of all ranks'.

    >>> from dlcourse.cluster.run import run
    >>> import torch
    >>> def program(world):
    ...     x = torch.ones(1, requires_grad=True)
    ...     (enter(world, x) * (1 + world.rank)).backward()
    ...     return x.grad.item()
    >>> run(program, ranks=2).results
    [3.0, 3.0]
    """
    return conjugate(x, _same, partial(_sum, world))


def leave(world, x):
    """Add the ranks' parts of the work up; every rank gets the sum.

    Args:
        world: a World.
        x: tensor, of one shape in all ranks.

    Returns:
        The sum; x's gradient is the sum's.

    >>> from dlcourse.cluster.run import run
    >>> import torch
    >>> run(lambda world: leave(world, torch.ones(1)).item(), ranks=3).results
    [3.0, 3.0, 3.0]
    """
    return conjugate(x, partial(_sum, world), _same)


def gather(world, x, axis, length):
    """Join the ranks' parts of a tensor, for ranks that each do a part of the work.

    Args:
        world: a World.
        x: tensor, this rank's part, cut as `split(length, size)` does.
        axis: along which.
        length: of the whole along the axis.

    Returns:
        The whole; x's gradient is this rank's part of the sum of all ranks'.

    >>> from dlcourse.cluster.run import run
    >>> import torch
    >>> run(lambda world: gather(world, torch.ones(1, 1), 1, 2).tolist(), ranks=2).results
    [[[1.0, 1.0]], [[1.0, 1.0]]]
    """
    return conjugate(x, partial(_join, world, axis, length), partial(_sum_part, world, axis))


def scatter(world, x, axis):
    """Add the ranks' parts of the work up; every rank gets a part of the sum.

    Args:
        world: a World.
        x: tensor, of one shape in all ranks.
        axis: along which the sum is cut.

    Returns:
        This rank's part; x's gradient is joined from all ranks'.

    >>> from dlcourse.cluster.run import run
    >>> import torch
    >>> run(lambda world: scatter(world, torch.arange(3), 0).tolist(), ranks=2).results
    [[0, 2], [4]]
    """
    join = partial(_join, world, axis, x.shape[axis])
    return conjugate(x, partial(_sum_part, world, axis), join)


def whole(world, x, axis, length):
    """Join the ranks' parts of a tensor, for all ranks to do the same with it.

    Args:
        world, x, axis, length: as for `gather`.

    Returns:
        The whole; x's gradient is this rank's part of its gradient, which is the same everywhere.

    >>> from dlcourse.cluster.run import run
    >>> import torch
    >>> run(lambda world: whole(world, torch.ones(1), 0, 2).tolist(), ranks=2).results
    [[1.0, 1.0], [1.0, 1.0]]
    """
    return conjugate(x, partial(_join, world, axis, length), partial(_part, world, axis))


def _same(x):
    return x.view_as(x)


def _sum(world, x):
    return x.clone() if x.is_meta else all_reduce(world, _copy(x))


def _join(world, axis, length, x):
    rows = x.movedim(axis, 0).contiguous()
    if x.is_meta:
        return empty(rows, length).movedim(0, axis)
    return all_gather(world, rows, length).movedim(0, axis)


def _sum_part(world, axis, x):
    rows = x.movedim(axis, 0).contiguous()
    if x.is_meta:
        return _part(world, axis, x)
    return reduce_scatter(world, rows).movedim(0, axis)


def _part(world, axis, x):
    return cut(x.movedim(axis, 0), world.size)[world.rank].movedim(0, axis)


def _copy(x):
    """A copy without gaps in memory, which may be overwritten."""
    import torch

    return x.detach().clone(memory_format=torch.contiguous_format)


@cache
def _function():
    """The autograd function; made when torch is there."""
    from torch.autograd import Function

    class Conjugate(Function):
        """Two functions, one for each direction."""

        @staticmethod
        def forward(ctx, x, there, back):
            ctx.back = back
            return there(x)

        @staticmethod
        def backward(ctx, gradient):
            return ctx.back(gradient), None, None

    return Conjugate
