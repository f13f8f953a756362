"""Where a pair of split layers begins and ends, and what lies between the pairs."""

from dlcourse.parallel.conjugates import enter, gather, leave, scatter, whole


class Edges:
    """Between the pairs all ranks have the same numbers and do the same work.

    Args:
        world: a World.

    >>> from dlcourse.cluster.run import run
    >>> import torch
    >>> run(lambda world: Edges(world).leave(torch.ones(1)).item(), ranks=2).results
    [2.0, 2.0]
    """

    def __init__(self, world):
        self.world = world

    def enter(self, x):
        """Begin a pair."""
        return enter(self.world, x)

    def leave(self, x):
        """End it: add up."""
        return leave(self.world, x)

    def places(self, x):
        """Of the numbers for the places (length, width), those that this rank adds."""
        return x

    def join(self, x, length):
        """Give every rank all scores, of which each has some."""
        return whole(self.world, x, -1, length)


class SequenceEdges(Edges):
    """Between the pairs every rank has some tokens of each sequence.

    Args:
        world: a World.

    >>> from dlcourse.cluster.run import run
    >>> import torch
    >>> run(lambda world: SequenceEdges(world).leave(torch.ones(1, 3)).tolist(), ranks=2).results
    [[[2.0, 2.0]], [[2.0]]]
    """

    def enter(self, x):
        """Begin a pair: join the sequence."""
        return gather(self.world, x, 1, self.length)

    def leave(self, x):
        """End it: add up, and cut the sequence."""
        self.length = x.shape[1]
        return scatter(self.world, x, 1)

    def places(self, x):
        """This rank's."""
        return x.tensor_split(self.world.size)[self.world.rank]
