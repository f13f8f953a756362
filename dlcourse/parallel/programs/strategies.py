"""Every strategy by name, with what its ranks share out between them."""

from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np

from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.group import Group
from dlcourse.parallel.compression import Compressed, EightBit, OneBit, TopK
from dlcourse.parallel.data_parallel import Bucketed, Naive, Overlapped
from dlcourse.parallel.expert import ExpertParallel
from dlcourse.parallel.mixture import with_experts
from dlcourse.parallel.pipeline import Pipeline
from dlcourse.parallel.sequence import ContextParallel
from dlcourse.parallel.sharded import Zero1, Zero2, Zero3
from dlcourse.parallel.tensor import TensorParallel
from dlcourse.parallel.train import train
from dlcourse.plan.schedules import NAMES, schedule


@dataclass(frozen=True)
class Strategy:
    """A strategy, and what its ranks share out.

    Attributes:
        make: function (world, network, update) -> what trains on one rank.
        shares: "rows" of a batch, "tokens" of its rows, "layers" of the network, or "weights" of
            each layer.
    """

    make: object
    shares: str = "rows"

    def train(self, world, strategy, data, steps=10, size=32, first=0):
        """Train on every rank with what `make` has made.

        Args:
            world: the World for which it was made.
            strategy: from `make`.
            data: (x, y) tensors, the same in all ranks.
            steps: how many.
            size: rows in a step, of all ranks together.
            first: number of the first step: not 0 after a checkpoint.

        Returns:
            list of the whole batches' losses before each step, the same in all ranks.

        >>> from dlcourse.cluster.run import run
        >>> from dlcourse.parallel.data import images
        >>> from dlcourse.parallel.models import convnet
        >>> def program(world, name):
        ...     chosen = STRATEGIES[name].make(world, convnet(), "sgd")
        ...     losses = STRATEGIES[name].train(world, chosen, images(64), steps=3)
        ...     return [round(loss, 9) for loss in losses]
        >>> tensor, pipeline = (run(program, 2, args=(s,)).results for s in ("tensor", "1F1B"))
        >>> tensor == pipeline
        True
        """
        rows = world if self.shares == "rows" else Group(world, [world.rank])
        losses = train(rows, strategy, data, steps, size, first)
        if self.shares in ("tokens", "layers"):  # a rank knows a part of the loss, or none
            losses = all_reduce(world, np.array(losses)).tolist()
        return losses


def _pipeline(name):
    """Pipelines of as many stages as ranks, with two micro-batches for each stage."""

    def make(world, network, update):
        return Pipeline(world, network, schedule(name, world.size, 2 * world.size), update)

    return Strategy(make, "layers")


def _expert(world, network, update):
    return ExpertParallel(world, with_experts(network), update)


def _compressed(code):
    return Strategy(partial(Compressed, code=code))


STRATEGIES = MappingProxyType(
    {
        "naive": Strategy(Naive),
        "bucketed": Strategy(Bucketed),
        "overlapped": Strategy(Overlapped),
        "8-bit": _compressed(EightBit()),
        "1-bit": _compressed(OneBit()),
        "top-k": _compressed(TopK()),
        "zero1": Strategy(Zero1),
        "zero2": Strategy(Zero2),
        "zero3": Strategy(Zero3),
        "tensor": Strategy(TensorParallel, "weights"),
        **{name: _pipeline(name) for name in NAMES},
        "context": Strategy(ContextParallel, "tokens"),
        "expert": Strategy(_expert),
    }
)
