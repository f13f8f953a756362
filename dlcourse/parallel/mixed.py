"""Convolutions by data, dense layers by model: each half of a network in the way that is cheap.

Convolutions have few weights and many activations, dense layers the opposite. So every rank runs
the convolutions on some rows of the batch and adds their gradients up; then the ranks join their
rows, and each has a part of the dense layers for all of them. Backward, each rank gets the summed
gradient of its own rows.

Source: Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014,
https://arxiv.org/abs/1404.5997, section 4, its first variant.
"""

from collections import Counter

from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.collectives.arrays import split
from dlcourse.cluster.collectives.traffic import traffic
from dlcourse.parallel.conjugates import gather, leave
from dlcourse.parallel.models import loss
from dlcourse.parallel.split_layers import columns, joined, parted, rows
from dlcourse.parallel.update import optimizer


class DataThenModel:
    """One rank of a convolutional network whose dense layers only are split.

    Args:
        world: a World.
        network: `models.convnet`, the same in all ranks; its dense layers are cut in place.
        update: "sgd" or "adam".

    >>> from dlcourse.cluster.run import run
    >>> from dlcourse.parallel.data import images
    >>> from dlcourse.parallel.models import convnet
    >>> from dlcourse.parallel.train import train_one
    >>> data = images(8)
    >>> one = train_one(convnet(), data, steps=1, size=8)[0]
    >>> def program(world):
    ...     return abs(DataThenModel(world, convnet()).step(*data) - one) < 1e-12
    >>> run(program, ranks=3).results
    [True, True, True]
    """

    def __init__(self, world, network, update="sgd"):
        self.world, self.network = world, network
        columns(world, network.hidden[1])
        network.scores = rows(world, network.scores, lambda y: leave(world, y))
        self.optimizer = optimizer(update, network.parameters())

    def step(self, x, y, of=None):
        """Train on a batch, the same in all ranks, with `of` targets; return its loss."""
        self.optimizer.zero_grad()
        value = self.backward(x, y, of)
        self.optimizer.step()
        return value

    def backward(self, x, y, of=None):
        """Compute the gradients of a batch; otherwise as `step`."""
        mine = split(len(x), self.world.size)[self.world.rank]
        maps = self.network.conv2(self.network.conv1(x[mine]))
        maps = gather(self.world, maps, 0, len(x))
        value = loss(self.network.scores(self.network.hidden(maps)), y, of)
        value.backward()
        for parameter in _convolutions(self.network):
            all_reduce(self.world, parameter.grad)
        return value.item()

    def tensors(self):
        """Parameters and the optimizer's state by name, whole: what a checkpoint keeps."""
        return joined(self.world, self.network, self.optimizer.tensors(self.network))

    def restore(self, tensors):
        """Go on from what `tensors` gave, of any strategy."""
        self.optimizer.restore(self.network, parted(self.world, self.network, tensors))


def mixed_traffic(network, batch, itemsize, p):
    """Count what a step of `DataThenModel` sends, in closed form.

    Args:
        network: `models.convnet`, whole.
        batch: rows.
        itemsize: bytes of a number.
        p: ranks.

    Returns:
        Counter, (source, dest) -> bytes: the gradients of the convolutions, the joined rows and
        their gradients, the sums of the scores.

    >>> from dlcourse.parallel.models import convnet
    >>> sum(mixed_traffic(convnet(), batch=32, itemsize=8, p=4).values())
    468480
    """
    sums = [parameter.numel() for parameter in _convolutions(network)]
    sums.append(batch * network.scores.out_features)
    pairs = sum((traffic("all_reduce", n, itemsize, p) for n in sums), Counter())
    row = network.hidden[1].in_features * itemsize  # what a picture is when it enters
    for name in ("all_gather", "reduce_scatter"):
        pairs += traffic(name, batch, row, p)
    return pairs


def _convolutions(network):
    """The parameters of the half that every rank has whole."""
    return [*network.conv1.parameters(), *network.conv2.parameters()]
