"""Training on one device, on every rank of a World, and with a whole network in every rank."""

import numpy as np

from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.collectives.broadcast import broadcast
from dlcourse.parallel.data import batch, share
from dlcourse.parallel.flat import held
from dlcourse.parallel.models import loss
from dlcourse.parallel.update import optimizer


def train_one(network, data, steps=10, size=32, update="sgd"):
    """Train on one device: what every strategy must come to.

    Args:
        network: torch.nn.Module, changed in place.
        data: (x, y) tensors.
        steps: how many.
        size: rows in a step.
        update: "sgd" or "adam".

    Returns:
        list of the losses before each step.

    >>> from dlcourse.parallel.data import images
    >>> from dlcourse.parallel.models import convnet
    >>> losses = train_one(convnet(), images(64), steps=5)
    >>> losses[0] > losses[-1]
    True
    """
    updating, losses = optimizer(update, network.parameters()), []
    for step in range(steps):
        x, y = batch(data, step, size)
        updating.zero_grad()
        value = loss(network(x), y)
        value.backward()
        updating.step()
        losses.append(value.item())
    return losses


def train(world, strategy, data, steps=10, size=32, first=0):
    """Train with a strategy, on every rank; each takes its share of every batch.

    Args:
        world: the World, or the Group of it, whose ranks share the rows of a batch.
        strategy: has step(x, y, of), which trains on a rank's rows and returns their part of the
            loss; `of` is the number of targets in the whole batch.
        data: (x, y) tensors, the same in all ranks.
        steps: how many.
        size: rows in a step, of all ranks together.
        first: number of the first step: not 0 after a checkpoint.

    Returns:
        list of the whole batches' losses before each step.

    >>> from dlcourse.cluster.run import run
    >>> from dlcourse.parallel.data import images
    >>> from dlcourse.parallel.data_parallel import Overlapped
    >>> from dlcourse.parallel.models import convnet
    >>> data = images(64)
    >>> def program(world):
    ...     return train(world, Overlapped(world, convnet()), data, steps=3)
    >>> several, one = run(program, ranks=4).results[0], train_one(convnet(), data, steps=3)
    >>> np.allclose(several, one, rtol=1e-12)
    True
    """
    losses = []
    for step in range(first, first + steps):
        rows = batch(data, step, size)
        losses.append(strategy.step(*share(world, rows), of=rows[1].numel()))
    return all_reduce(world, np.array(losses)).tolist()


class Replica:
    """A whole network in every rank: what ways to add up its gradients have in common.

    Such a way has reduce(), which turns this rank's gradients into the sums of all ranks'.

    Args:
        world: a World.
        network: torch.nn.Module; begins as rank 0's does, and is changed in place.
        update: "sgd" or "adam".

    >>> from dlcourse.cluster.run import run
    >>> from dlcourse.parallel.models import convnet
    >>> def first(world):
    ...     return Replica(world, convnet(seed=world.rank)).parameters[0].sum().item()
    >>> len(set(run(first, ranks=3).results))
    1
    """

    def __init__(self, world, network, update="sgd"):
        self.world, self.network = world, network
        for parameter in network.parameters():
            broadcast(world, parameter.data)
        self.parameters = [p for p in network.parameters() if p.requires_grad]
        self.optimizer = optimizer(update, self.parameters)

    def step(self, x, y, of):
        """Show the network this rank's rows of a batch with `of` targets; return their loss."""
        self.optimizer.zero_grad()
        value = loss(self.network(x), y, of)
        value.backward()
        self.reduce()
        self.optimizer.step()
        return value.item()

    def held(self):
        """Bytes that this rank holds now: of parameters, of gradients, of the optimizer's state."""
        states = [t for state in self.optimizer.state.values() for t in state.values() if t.dim()]
        return held(self.network.parameters()), held(p.grad for p in self.parameters), held(states)

    def tensors(self):
        """Parameters and the optimizer's state by name, whole: what a checkpoint keeps."""
        return self.optimizer.tensors(self.network)

    def restore(self, tensors):
        """Go on from what `tensors` gave, of any strategy."""
        self.optimizer.restore(self.network, tensors)
