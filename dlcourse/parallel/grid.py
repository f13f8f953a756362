"""Grids of ranks: several strategies at once, each on the ranks of one axis.

On a grid of data x pipeline x tensor, ranks that differ in one coordinate only form a World of
their own, and a strategy that is given such a World doesn't know of the others. Neighbours along
the last axis have neighbouring numbers: what talks most, tensor parallelism, goes there, so that
it stays within a computer.

Source: Narayanan et al., "Efficient large-scale language model training on GPU clusters using
Megatron-LM", 2021, https://arxiv.org/abs/2104.04473, sections 2 and 3.
"""

import math

from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.collectives.broadcast import broadcast
from dlcourse.cluster.group import Group


class Grid:
    """The ranks of a world in a box.

    Args:
        world: a World.
        axes: name=length for each axis, the outermost first.

    Raises:
        ValueError: if the box has another number of places than the world has ranks.

    Attributes:
        place: dict axis -> this rank's coordinate.

    >>> from dlcourse.cluster.run import run
    >>> def program(world):
    ...     grid = Grid(world, data=2, tensor=3)
    ...     return grid.place, grid.along("data").ranks, grid.along("tensor").ranks
    >>> run(program, ranks=6).results[4]
    ({'data': 1, 'tensor': 1}, (1, 4), (3, 4, 5))
    """

    def __init__(self, world, **axes):
        if math.prod(axes.values()) != world.size:
            box = " x ".join(f"{name} {length}" for name, length in axes.items())
            raise ValueError(f"{box} on {world.size} ranks: the product must be their number")
        self.world, self.axes = world, axes
        self.place = self.place_of(world.rank)

    def place_of(self, rank):
        """The coordinates of a rank."""
        found = {}
        for name, length in reversed(self.axes.items()):
            rank, found[name] = divmod(rank, length)
        return {name: found[name] for name in self.axes}

    def along(self, *names):
        """The Group of the ranks that share all of this one's coordinates but those of `names`."""
        shared = {name: at for name, at in self.place.items() if name not in names}
        ranks = range(self.world.size)
        return Group(self.world, [r for r in ranks if shared.items() <= self.place_of(r).items()])


class Replicas:
    """Data parallelism around another strategy: one replica of it for each rank of an axis.

    Args:
        world: a World, or a grid's Group along the data axis.
        strategy: has backward(x, y, of), which adds gradients to its weights', and an optimizer;
            its weights begin as those of rank 0's do. What a strategy finds over all its rows, such
            as an expert's capacity, it finds for a replica's.

    >>> from dlcourse.cluster.run import run
    >>> from dlcourse.parallel.data import images
    >>> from dlcourse.parallel.models import convnet
    >>> from dlcourse.parallel.tensor import TensorParallel
    >>> from dlcourse.parallel.train import train, train_one
    >>> data = images(8)
    >>> def program(world):
    ...     grid = Grid(world, data=2, tensor=2)
    ...     split = TensorParallel(grid.along("tensor"), convnet())
    ...     rows = grid.along("data")
    ...     return train(rows, Replicas(rows, split), data, steps=2, size=8)
    >>> one = train_one(convnet(), data, steps=2, size=8)
    >>> max(abs(a - b) for a, b in zip(run(program, ranks=4).results[3], one)) < 1e-12
    True
    """

    def __init__(self, world, strategy):
        self.world, self.strategy, self.optimizer = world, strategy, strategy.optimizer
        for parameter in self.optimizer.parameters:
            broadcast(world, parameter.data)

    def step(self, x, y, of):
        """Train on this replica's rows of a batch with `of` targets; return their loss."""
        self.optimizer.zero_grad()
        value = self.strategy.backward(x, y, of)
        for parameter in self.optimizer.parameters:
            if parameter.grad is None:  # a replica without rows
                parameter.grad = parameter.new_zeros(parameter.shape)
            all_reduce(self.world, parameter.grad)
        self.optimizer.step()
        return value

    def tensors(self):
        """Parameters and the optimizer's state by name: the strategy's own."""
        return self.strategy.tensors()

    def restore(self, tensors):
        """Go on from what `tensors` gave."""
        self.strategy.restore(tensors)
