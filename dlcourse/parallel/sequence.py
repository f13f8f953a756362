"""Context parallelism: every rank has some tokens of each sequence, and the whole network.

Only attention looks from one token at others: it goes around the ring. The gradients of the ranks
are added up, as in data parallelism. For sequences that are too long for one device.
"""

from collections import Counter

from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.parallel.models import loss
from dlcourse.parallel.ring_attention import ring_attention
from dlcourse.parallel.update import optimizer


class ContextParallel:
    """One rank of a transformer whose ranks share out every sequence's tokens.

    Args:
        world: a World.
        network: `models.transformer`, the same in all ranks; changed in place.
        update: "sgd" or "adam".
        layout: "contiguous" or "zigzag": see `layouts`.

    >>> from dlcourse.cluster.run import run
    >>> from dlcourse.parallel.data import sentences
    >>> from dlcourse.parallel.models import transformer
    >>> from dlcourse.parallel.train import train_one
    >>> data = sentences(2)
    >>> one = train_one(transformer(), data, steps=1, size=2)[0]
    >>> def program(world):
    ...     return ContextParallel(world, transformer()).step(*data)
    >>> abs(sum(run(program, ranks=3).results) - one) < 1e-12
    True
    """

    def __init__(self, world, network, update="sgd", layout="contiguous"):
        self.world, self.network, self.layout = world, network, layout
        for name, unit in network.named_children():
            if name.startswith("block"):
                unit.attend = self.attend
        self.optimizer = optimizer(update, network.parameters())

    def attend(self, q, k, v):
        """Attend to all tokens, wherever they are."""
        return ring_attention(self.world, self.places, q, k, v)

    def step(self, x, y, of=None):
        """Train on a batch, the same in all ranks; return the part of its loss at these tokens."""
        self.optimizer.zero_grad()
        value = self.backward(x, y, of)
        self.optimizer.step()
        return value

    def backward(self, x, y, of=None):
        """Add a batch's gradients to those of the weights; otherwise as `step`."""
        self.places = [
            places.to(x.device) for places in layouts(x.shape[1], self.world.size, self.layout)
        ]
        mine, embed = self.places[self.world.rank], self.network.embed
        states = embed.token(x[:, mine]) + embed.place(mine)
        value = loss(self.network[1:](states), y[:, mine], of or y.numel())
        value.backward()
        for parameter in self.network.parameters():
            all_reduce(self.world, parameter.grad)
        return value.item()

    def tensors(self):
        """Parameters and the optimizer's state by name, whole: what a checkpoint keeps."""
        return self.optimizer.tensors(self.network)

    def restore(self, tensors):
        """Go on from what `tensors` gave, of any strategy."""
        self.optimizer.restore(self.network, tensors)


def layouts(length, ranks, layout="contiguous"):
    """Share the places of a sequence out.

    A token attends to those before it, so later ones are more work. In zigzag a rank gets a piece
    from the front and one from the back.

    Args:
        length: of the sequence.
        ranks: p.
        layout: "contiguous" or "zigzag".

    Returns:
        list by rank of int64 tensors.

    Raises:
        ValueError: for another layout.

    >>> [places.tolist() for places in layouts(8, 2, "zigzag")]
    [[0, 1, 6, 7], [2, 3, 4, 5]]
    """
    import torch

    if layout not in ("contiguous", "zigzag"):
        raise ValueError(f"layout={layout!r}: there are contiguous, zigzag")
    places = torch.arange(length)
    if layout == "contiguous":
        return list(places.tensor_split(ranks))
    pieces = places.tensor_split(2 * ranks)
    return [torch.cat([pieces[r], pieces[-1 - r]]) for r in range(ranks)]


def pairs(places):
    """Count the pairs of query and key that each rank has to score.

    Args:
        places: list by rank of tensors, as `layouts` gives.

    Returns:
        list of numbers; not counted are the pairs that a block computes and then masks.

    >>> pairs(layouts(8, 2)), pairs(layouts(8, 2, "zigzag"))
    ([10, 26], [18, 18])
    """
    return [int((mine + 1).sum()) for mine in places]


def attention_traffic(places, batch, width, itemsize):
    """Count what one block's attention sends, forward and backward, in closed form.

    Keys and values go around the ring once forward and once backward, as far as the last rank that
    hasn't seen them; their gradients go around once, home.

    Args:
        places: list by rank of tensors, as `layouts` gives.
        batch: sequences.
        width: numbers for each token, of all heads.
        itemsize: bytes of a number.

    Returns:
        Counter, (source, dest) -> bytes.

    >>> dict(attention_traffic(layouts(8, 2), batch=1, width=1, itemsize=8))
    {(0, 1): 256, (1, 0): 256}
    """
    p, length = len(places), sum(map(len, places))
    rings = [(rank, (rank + 1) % p) for rank in range(p if p > 1 else 0)]
    token = 2 * batch * width * itemsize
    return Counter({(a, b): token * (3 * length - 2 * len(places[b])) for a, b in rings})
