"""Sharded data parallelism: no rank keeps what another one keeps already.

In plain data parallelism all ranks have the same parameters, gradients and optimizer state. Here
every rank keeps one part of them; stage 1 shares out the optimizer's state, stage 2 gradients too,
and stage 3 parameters too. Each unit of the network is one long tensor, cut into as many parts as
there are ranks.

Source: Rajbhandari et al., "ZeRO: memory optimizations toward training trillion parameter models",
2020, https://arxiv.org/abs/1910.02054.
"""

from functools import partial

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.cluster.collectives.arrays import cut
from dlcourse.cluster.collectives.broadcast import broadcast
from dlcourse.cluster.collectives.reduce_scatter import reduce_scatter
from dlcourse.parallel.flat import held, join, part, when_ready
from dlcourse.parallel.models import loss
from dlcourse.parallel.update import optimizer


class Unit:
    """One unit's parameters as one tensor, `whole`, of which `shard` is this rank's part."""

    def __init__(self, world, name, module):
        self.world, self.module = world, module
        self.names = [f"{name}.{key}" for key, _ in module.named_parameters()]
        self.parameters = list(module.parameters())
        self.whole, views = join(self.parameters)
        for parameter, view in zip(self.parameters, views, strict=True):
            parameter.data = view
        broadcast(world, self.whole)
        self.shard = self.cut(self.whole)

    def cut(self, whole):
        """This rank's part of a tensor of the unit's length."""
        return cut(whole, self.world.size)[self.world.rank]

    def gather(self):
        """Fill `whole` with everybody's shards."""
        self.whole.copy_(all_gather(self.world, self.shard, len(self.whole)))

    def join(self, shard):
        """Everybody's parts of a tensor like the shard, shaped as the parameters are."""
        if not shard.dim():  # a number of steps
            return [shard] * len(self.parameters)
        return part(all_gather(self.world, shard, len(self.whole)), self.parameters)

    def share(self, tensors):
        """This rank's part of tensors shaped as the parameters are; undoes `join`."""
        if not tensors[0].dim():
            return tensors[0].to(self.shard, copy=True)
        return self.cut(join(tensors)[0]).to(self.shard, copy=True)


class Zero1:
    """Stage 1: every rank updates its part of the parameters, and keeps the state for that only.

    Args:
        world: a World.
        network: torch.nn.Sequential of units; begins as rank 0's does, and is changed in place.
        update: "sgd" or "adam".

    Attributes:
        most: bytes of parameters, of gradients and of the optimizer's state that it held at the
            worst moment so far; not counted is one unit's room for messages.

    >>> from dlcourse.cluster.run import run
    >>> from dlcourse.parallel.data import images
    >>> from dlcourse.parallel.models import convnet
    >>> from dlcourse.parallel.train import train, train_one
    >>> data = images(64)
    >>> one = train_one(convnet(), data, steps=3)
    >>> def close(world, stage):
    ...     losses = train(world, stage(world, convnet()), data, steps=3)
    ...     return max(abs(a - b) for a, b in zip(losses, one)) < 1e-12
    >>> [run(close, 2, args=(stage,)).results for stage in (Zero1, Zero2, Zero3)]
    [[True, True], [True, True], [True, True]]
    """

    def __init__(self, world, network, update="sgd"):
        self.network, self.most = network, (0, 0, 0)
        self.units = [Unit(world, *child) for child in network.named_children()]
        self.optimizer = optimizer(update, [unit.shard for unit in self.units])

    def step(self, x, y, of):
        """Show the network this rank's rows of a batch with `of` targets; return their loss."""
        self.optimizer.zero_grad()
        value = loss(self.network(x), y, of)
        value.backward()
        self.reduce()
        self.optimizer.step()
        self.spread()
        return value.item()

    def reduce(self):
        """Give every shard the sum of its gradients, once backward has ended."""
        for unit in self.units:
            self.take(unit)

    def take(self, unit):
        """Replace the gradients of a unit's parameters by the sum for its shard."""
        self.note()
        gradients, _ = join([parameter.grad for parameter in unit.parameters])
        for parameter in unit.parameters:
            parameter.grad = None
        unit.shard.grad = reduce_scatter(unit.world, gradients)

    def spread(self):
        """Send the new parameters to everybody."""
        for unit in self.units:
            unit.gather()

    def held(self):
        """Bytes that this rank holds now: of parameters, of gradients, of the optimizer's state."""
        shards = [unit.shard for unit in self.units]
        parameters = [parameter for unit in self.units for parameter in unit.parameters]
        states = [t for s in shards for t in self.optimizer.state[s].values() if t.dim()]
        gradients = [tensor.grad for tensor in shards + parameters]
        return held([unit.whole for unit in self.units] + shards), held(gradients), held(states)

    def note(self):
        """Keep the most bytes held so far."""
        self.most = tuple(map(max, self.most, self.held()))

    def tensors(self):
        """Parameters and the optimizer's state by name, whole: what a checkpoint keeps."""
        found = {}
        for unit in self.units:
            kept = {"value": unit.shard} | self.optimizer.state[unit.shard]
            whole = {key: unit.join(tensor) for key, tensor in kept.items()}
            for number, name in enumerate(unit.names):
                found[name] = {key: tensors[number] for key, tensors in whole.items()}
        return found

    def restore(self, tensors):
        """Go on from what `tensors` gave, of any strategy."""
        for unit in self.units:
            ours = [tensors[name] for name in unit.names]
            state = {key: unit.share([its[key] for its in ours]) for key in ours[0]}
            unit.shard.copy_(state.pop("value"))
            self.optimizer.state[unit.shard] = state
        self.spread()


class Zero2(Zero1):
    """Stage 2: as soon as a unit's gradients are there, only this rank's part of them is kept."""

    def __init__(self, world, network, update="sgd"):
        super().__init__(world, network, update)
        for unit in self.units:
            when_ready(unit.parameters, partial(self.take, unit))

    def reduce(self):
        """Nothing is left to do once backward has ended."""


class Zero3(Zero2):
    """Stage 3: a unit's parameters are whole only while it computes, forward and again backward."""

    def __init__(self, world, network, update="sgd"):
        super().__init__(world, network, update)
        for unit in self.units:
            unit.shard.set_(unit.shard.clone())
            self.release(unit)
            unit.module.register_forward_pre_hook(lambda *_, unit=unit: self.collect(unit))
            unit.module.register_forward_hook(lambda _m, _x, y, unit=unit: self.forwarded(unit, y))

    def forwarded(self, unit, output):
        """Free a unit's parameters, until the gradients of its output are there."""
        self.release(unit)
        if output.requires_grad:
            output.register_hook(lambda _: self.collect(unit))

    def collect(self, unit):
        """Make a unit's parameters whole."""
        unit.whole.untyped_storage().resize_(unit.whole.nbytes)
        unit.gather()
        self.note()

    def release(self, unit):
        """Free them: views of them, which backward keeps, see them again once they are whole."""
        unit.whole.untyped_storage().resize_(0)

    def take(self, unit):
        """Replace a unit's gradients by the sum for its shard, and free its parameters."""
        super().take(unit)
        self.release(unit)

    def spread(self):
        """Nothing: the new parameters are collected when they are needed."""
