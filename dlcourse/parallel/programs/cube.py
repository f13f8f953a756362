"""Three strategies on one grid: by data, by pipeline and by tensor."""

from dlcourse.parallel.data import share
from dlcourse.parallel.grid import Grid, Replicas
from dlcourse.parallel.pipeline import Pipeline
from dlcourse.parallel.split_layers import joined
from dlcourse.parallel.tensor import split_network
from dlcourse.plan.schedules import one_f_one_b


class Cube:
    """One of eight ranks: two replicas, each of two stages, each cut between two ranks.

    Args:
        world: a World of 8.
        network: `models.transformer`, the same in all ranks; cut in place.

    >>> from dlcourse.parallel.data import sentences
    >>> from dlcourse.parallel.models import transformer
    >>> from dlcourse.parallel.parity import parity
    >>> parity(Cube, transformer, sentences(8), ranks=8, steps=2) < 1e-10
    True
    """

    def __init__(self, world, network):
        grid = Grid(world, data=2, pipeline=2, tensor=2)
        self.rows, self.parts = grid.along("data"), grid.along("tensor")
        self.network = split_network(self.parts, network, join=True)
        stage = Pipeline(grid.along("pipeline"), self.network, one_f_one_b(2, 2))
        self.replicas = Replicas(self.rows, stage)

    def step(self, x, y, of):
        """Train on a batch, the same in all ranks, with `of` targets."""
        self.replicas.step(*share(self.rows, (x, y)), of=of)

    def tensors(self):
        """This stage's parameters and optimizer's state by name, whole."""
        return joined(self.parts, self.network, self.replicas.tensors())
