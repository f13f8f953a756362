"""Data parallelism: every rank has the whole network and some rows of the batch.

The gradients of the ranks are added up; every rank then makes the same update. Three ways to add:
one message for each parameter, few long messages, and few long messages that travel while backward
still computes.

Source of buckets and hooks: Li et al., "PyTorch Distributed", 2020, https://arxiv.org/abs/2006.15704.
"""

from functools import partial

from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.parallel.exchange import Exchange
from dlcourse.parallel.flat import join, when_ready
from dlcourse.parallel.train import Replica
from dlcourse.plan.buckets import buckets


class Naive(Replica):
    """Adds up the gradients of one parameter after the other, once backward has ended.

    Args:
        world, network, update: as for Replica.

    >>> from dlcourse.cluster.run import run
    >>> from dlcourse.parallel.data import images
    >>> from dlcourse.parallel.models import convnet
    >>> from dlcourse.parallel.train import train
    >>> data = images(64)
    >>> def program(world):
    ...     return train(world, Naive(world, convnet(seed=world.rank)), data, steps=3)
    >>> losses = run(program, ranks=4).results
    >>> losses[0][0] > losses[0][-1], losses[0] == losses[3]
    (True, True)
    """

    def reduce(self):
        """Turn this rank's gradients into the sums of all ranks'."""
        for parameter in self.parameters:
            all_reduce(self.world, parameter.grad)


class Bucket:
    """Room for the gradients of some parameters, one behind the other."""

    def __init__(self, parameters):
        self.parameters = parameters
        self.all, self.views = join(parameters)

    def fill(self):
        """Copy the gradients there, and let them be there from now on."""
        for parameter, view in zip(self.parameters, self.views, strict=True):
            view.copy_(parameter.grad)
            parameter.grad = view


class Bucketed(Naive):
    """Adds up buckets: gradients that lie one behind the other in memory, in one message.

    Args:
        world, network, update: as for Replica.
        limit: bytes in a bucket; a longer parameter has one of its own. 25 MiB is torch's choice.

    >>> from dlcourse.cluster.run import run
    >>> from dlcourse.parallel.models import convnet
    >>> run(lambda world: len(Bucketed(world, convnet(), limit=2**15).buckets), ranks=2).results
    [3, 3]
    """

    def __init__(self, world, network, update="sgd", limit=25 * 2**20):
        super().__init__(world, network, update)
        self.buckets = [Bucket(group) for group in buckets(self.parameters, limit)]

    def reduce(self):
        """Turn this rank's gradients into the sums of all ranks'."""
        for bucket in self.buckets:
            bucket.fill()
            all_reduce(self.world, bucket.all)


class Overlapped(Bucketed):
    """Sends a bucket as soon as backward has filled it, and goes on computing.

    When a bucket sets out, the one before it is added up: it had a bucket's time to arrive.

    Args:
        world, network, update, limit: as for Bucketed.

    >>> from dlcourse.cluster.run import run
    >>> from dlcourse.parallel.data import images
    >>> from dlcourse.parallel.models import convnet
    >>> from dlcourse.parallel.train import train
    >>> data = images(64)
    >>> def losses(world, strategy):
    ...     return train(world, strategy(world, convnet()), data, steps=3)
    >>> run(losses, 2, args=(Overlapped,)).results == run(losses, 2, args=(Naive,)).results
    True
    """

    def __init__(self, world, network, update="sgd", limit=25 * 2**20):
        super().__init__(world, network, update, limit)
        self.begun = []
        for tag, bucket in enumerate(self.buckets):
            exchange = Exchange(world, bucket.all, tag)
            when_ready(bucket.parameters, partial(self.begin, bucket, exchange))

    def begin(self, bucket, exchange):
        """Let a bucket set out, and add up the one before."""
        bucket.fill()
        exchange.begin()
        if self.begun:
            self.begun[-1].add()
        self.begun.append(exchange)

    def reduce(self):
        """Wait for what is still under way."""
        self.begun[-1].add()
        for exchange in self.begun:
            exchange.finish()
        self.begun.clear()
