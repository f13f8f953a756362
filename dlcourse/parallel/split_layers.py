"""Layers of which every rank has a part: some of their outputs, or some of their inputs."""

from dataclasses import dataclass
from functools import cache, partial

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.cluster.collectives.arrays import cut


@dataclass(frozen=True)
class Cut:
    """How a tensor is split between ranks.

    Attributes:
        axis: along which.
        length: of the whole along the axis, in units.
        unit: numbers that stay together, such as a head's.

    >>> import torch
    >>> from dlcourse.cluster.run import run
    >>> heads = Cut(axis=0, length=3, unit=2)
    >>> def program(world):
    ...     part = heads.part(world, torch.arange(6))
    ...     return part.tolist(), heads.join(world, part).tolist()
    >>> run(program, ranks=2).results[1]
    ([4, 5], [0, 1, 2, 3, 4, 5])
    """

    axis: int
    length: int
    unit: int = 1

    def part(self, world, tensor):
        """Take this rank's part of a whole tensor."""
        units = tensor.movedim(self.axis, 0).unflatten(0, (-1, self.unit))
        mine = cut(units, world.size)[world.rank]
        return mine.flatten(0, 1).movedim(0, self.axis).clone()

    def join(self, world, tensor):
        """Make a whole tensor of the ranks' parts."""
        units = tensor.movedim(self.axis, 0).unflatten(0, (-1, self.unit)).contiguous()
        return all_gather(world, units, self.length).flatten(0, 1).movedim(0, self.axis)


def keep(world, parameter, axis, unit=1):
    """Take a rank's part of a parameter.

    Args:
        world: a World.
        parameter: torch.nn.Parameter.
        axis: along which it is split.
        unit: numbers along it that stay together.

    Returns:
        torch.nn.Parameter with an attribute `cut`, a Cut.

    >>> import torch
    >>> from dlcourse.cluster.run import run
    >>> run(lambda world: len(keep(world, torch.nn.Parameter(torch.ones(5)), 0)), 2).results
    [3, 2]
    """
    import torch

    found = Cut(axis, parameter.shape[axis] // unit, unit)
    mine = torch.nn.Parameter(found.part(world, parameter.detach()))
    mine.cut = found
    return mine


def columns(world, layer, unit=1):
    """Keep a rank's outputs of a layer, in place.

    Args:
        world: a World.
        layer: torch.nn.Linear or Conv2d; its input is the same in all ranks.
        unit: outputs that stay together.

    Raises:
        ValueError: if a Conv2d has fewer filters than there are ranks; torch needs one.

    >>> import torch
    >>> from dlcourse.cluster.run import run
    >>> def program(world):
    ...     layer = torch.nn.Linear(2, 5)
    ...     columns(world, layer)
    ...     return tuple(layer(torch.ones(1, 2)).shape)
    >>> run(program, ranks=2).results
    [(1, 3), (1, 2)]
    """
    outputs = len(layer.weight)
    if layer.weight.dim() > 2 and outputs < world.size:
        raise ValueError(f"{outputs} filters on {world.size} ranks: give each rank one or more")
    layer.weight = keep(world, layer.weight, 0, unit)
    if layer.bias is not None:
        layer.bias = keep(world, layer.bias, 0, unit)


def rows(world, layer, leave, unit=1):
    """Make of a layer one that has a rank's inputs only.

    Args:
        world: a World.
        layer: torch.nn.Linear, or a Conv2d with zero padding.
        leave: function that adds up the ranks' outputs.
        unit: inputs that stay together.

    Returns:
        torch.nn.Module with parameters of the same names; all ranks add the bias to the sum.

    >>> import torch
    >>> from dlcourse.cluster.run import run
    >>> def program(world):
    ...     layer = rows(world, torch.nn.Linear(5, 1), leave=lambda x: x)
    ...     return tuple(layer.weight.shape)
    >>> run(program, ranks=2).results
    [(1, 3), (1, 2)]
    """
    return _rows()(world, layer, leave, unit)


def joined(world, network, tensors):
    """Make whole tensors of the ranks' parts.

    Args:
        world: the World between whose ranks the network is split.
        network: whose parameters have attributes `cut` where they are split.
        tensors: dict name -> dict of tensors, as a strategy's tensors() gives.

    Returns:
        The same, whole.

    >>> import torch
    >>> from dlcourse.cluster.run import run
    >>> def program(world):
    ...     layer = torch.nn.Linear(1, 3, bias=False)
    ...     columns(world, layer)
    ...     return joined(world, layer, {"weight": {"value": layer.weight.detach()}})
    >>> run(program, ranks=2).results[0]["weight"]["value"].shape
    torch.Size([3, 1])
    """
    return _each(lambda cut, tensor: cut.join(world, tensor), network, tensors)


def parted(world, network, tensors):
    """Take a rank's parts of whole tensors: undoes `joined`.

    >>> import torch
    >>> from dlcourse.cluster.run import run
    >>> def program(world):
    ...     layer = torch.nn.Linear(1, 3, bias=False)
    ...     columns(world, layer)
    ...     return len(parted(world, layer, {"weight": {"v": torch.ones(3, 1)}})["weight"]["v"])
    >>> run(program, ranks=2).results
    [2, 1]
    """
    return _each(lambda cut, tensor: cut.part(world, tensor), network, tensors)


def _each(change, network, tensors):
    """Change what is split; of an optimizer's state, not the number of steps."""
    cuts = {name: getattr(p, "cut", None) for name, p in network.named_parameters()}
    return {
        name: {
            key: change(cuts[name], tensor) if cuts[name] and tensor.dim() else tensor.clone()
            for key, tensor in its.items()
        }
        for name, its in tensors.items()
        if name in cuts  # a checkpoint of another strategy may hold more
    }


@cache
def _rows():
    """The layer of some inputs; made when torch is there."""
    from torch.nn import Linear, Module
    from torch.nn.functional import conv2d, linear

    class Rows(Module):
        """Some inputs' weights: a term of the layer's product."""

        def __init__(self, world, layer, leave, unit):
            super().__init__()
            self.weight, self.bias = keep(world, layer.weight, 1, unit), layer.bias
            self.leave, self.times = leave, linear
            if not isinstance(layer, Linear):
                self.times = partial(conv2d, stride=layer.stride, padding=layer.padding)

        def forward(self, x):
            y = self.leave(self.times(x, self.weight))
            if self.bias is None:
                return y
            return y + self.bias.reshape(-1, *[1] * (self.weight.dim() - 2))

    return Rows
