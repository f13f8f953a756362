"""Expert parallelism: every rank has some experts, tokens travel to theirs and back.

All other weights are the same in all ranks, each of which has some rows of the batch. First the
ranks tell each other how many of their tokens go to which expert; so each knows how many rows it
gets and which tokens find no room, and the numbers are those of one device. Then one all-to-all
takes the rows to their experts and another one takes the results back; backward, two more.

Source: Lepikhin et al., "GShard", 2020, https://arxiv.org/abs/2006.16668, section 3.
"""

from collections import Counter
from functools import partial

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.collectives.arrays import split
from dlcourse.parallel.conjugates import conjugate
from dlcourse.parallel.mixture import apply_experts
from dlcourse.parallel.models import loss
from dlcourse.parallel.split_layers import joined, keep, parted
from dlcourse.parallel.update import optimizer


class ExpertParallel:
    """One rank of a network with units of experts.

    Args:
        world: a World.
        network: from `mixture.with_experts`, the same in all ranks; changed in place.
        update: "sgd" or "adam".

    >>> from dlcourse.cluster.run import run
    >>> from dlcourse.parallel.data import images, share
    >>> from dlcourse.parallel.mixture import with_experts
    >>> from dlcourse.parallel.models import convnet
    >>> from dlcourse.parallel.train import train, train_one
    >>> data = images(8)
    >>> one = train_one(with_experts(convnet()), data, steps=2, size=8)
    >>> def program(world):
    ...     return train(world, ExpertParallel(world, with_experts(convnet())), data, 2, 8)
    >>> abs(run(program, ranks=3).results[0][1] - one[1]) < 1e-12
    True
    """

    def __init__(self, world, network, update="sgd"):
        self.world, self.network = world, network
        for name, unit in network.named_children():
            if name.endswith("_experts"):
                _split(world, unit)
        self.optimizer = optimizer(update, network.parameters())

    def step(self, x, y, of):
        """Train on this rank's rows of a batch with `of` targets; return their loss."""
        self.optimizer.zero_grad()
        value = self.backward(x, y, of)
        self.optimizer.step()
        return value

    def backward(self, x, y, of):
        """Compute the gradients of a batch; otherwise as `step`."""
        value = loss(self.network(x), y, of)
        value.backward()
        for parameter in self.network.parameters():
            if not hasattr(parameter, "cut"):
                all_reduce(self.world, parameter.grad)
            elif parameter.grad is None:  # a rank without experts
                parameter.grad = parameter.new_zeros(parameter.shape)
        return value.item()

    def tensors(self):
        """Parameters and the optimizer's state by name, whole: what a checkpoint keeps."""
        return joined(self.world, self.network, self.optimizer.tensors(self.network))

    def restore(self, tensors):
        """Go on from what `tensors` gave, of any strategy."""
        self.optimizer.restore(self.network, parted(self.world, self.network, tensors))


def _split(world, unit):
    """Keep a rank's experts of a unit, and let tokens travel."""
    mine = split(len(unit.up), world.size)[world.rank]
    unit.up, unit.down = keep(world, unit.up, 0), keep(world, unit.down, 0)
    unit.rank = world.rank
    unit.census = lambda counts: all_gather(world, counts[None])

    def visit(routing, rows):
        """Take rows to their experts' ranks, and the results back."""
        import torch

        table = travels(routing.kept)
        out, back = table[world.rank], [column[world.rank] for column in table]
        guests = exchange(world, rows, out, back)
        here = torch.arange(mine.stop - mine.start, device=rows.device).repeat(world.size)
        experts = here.repeat_interleave(routing.kept[:, mine].flatten())
        results = apply_experts(guests, experts, unit.up, unit.down)
        return exchange(world, results, back, out)

    unit.visit = visit


def travels(kept):
    """Count the rows that go from rank to rank.

    Args:
        kept: int64 tensor (ranks, E), as Routing has it.

    Returns:
        list by source of lists by destination.

    >>> import torch
    >>> travels(torch.tensor([[1, 2, 3], [4, 5, 6]]))
    [[3, 3], [9, 6]]
    """
    ranks, experts = kept.shape
    return [[sum(row[part]) for part in split(experts, ranks)] for row in kept.tolist()]


def exchange(world, rows, out, back):
    """Send every rank some rows: an all-to-all whose parts are of any length.

    Args:
        world: a World.
        rows: tensor (sum of out, ...), for rank 0 first.
        out: how many go to each rank.
        back: how many come from each.

    Returns:
        tensor (sum of back, ...), rank 0's first; the gradients go the same ways back.

    >>> import torch
    >>> from dlcourse.cluster.run import run
    >>> def program(world):
    ...     rows = torch.tensor([10 * world.rank + 1, 10 * world.rank + 2])
    ...     out, back = ([2, 0], [2, 2]) if world.rank == 0 else ([2, 0], [0, 0])
    ...     return exchange(world, rows, out, back).tolist()
    >>> run(program, ranks=2).results
    [[1, 2, 11, 12], []]
    """
    there, home = partial(_exchange, world, out, back), partial(_exchange, world, back, out)
    return conjugate(rows, there, home)


def _exchange(world, out, back, rows):
    """Send and receive at once, in the order of the distance between ranks; nothing if empty."""
    rank, size = world.rank, world.size
    rows, arrived = rows.contiguous(), rows.new_empty(sum(back), *rows.shape[1:])
    outgoing, incoming = rows.split(out), arrived.split(back)
    incoming[rank].copy_(outgoing[rank])
    with world.collective("exchange"):
        for step in range(1, size):
            dest, source = (rank + step) % size, (rank - step) % size
            sending = [world.isend(outgoing[dest], dest)] if out[dest] else []
            if back[source]:
                world.recv(incoming[source], source)
            world.wait(*sending)
    return arrived


def exchange_traffic(kept, width, itemsize):
    """Count what a unit's tokens send, forward and backward, in closed form.

    Args:
        kept: int64 tensor (ranks, E), as Routing has it.
        width: numbers of a token.
        itemsize: bytes of a number.

    Returns:
        Counter, (source, dest) -> bytes; the counts that the ranks tell each other not included.

    >>> import torch
    >>> dict(exchange_traffic(torch.tensor([[1, 2, 3], [4, 5, 6]]), width=1, itemsize=1))
    {(0, 1): 24, (1, 0): 24}
    """
    table, ranks = travels(kept), range(len(kept))
    row = 2 * width * itemsize  # forward and backward
    return Counter(
        {(a, b): row * (table[a][b] + table[b][a]) for a in ranks for b in ranks if a != b}
    )
