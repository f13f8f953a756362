"""Data parallelism with compressed gradients: a number takes 8 bits, or 1, or is left out.

Every rank sends its gradients to every other rank as a message of bytes, and all add up what they
read, their own message too, in the order of the ranks: parameters stay the same to the last bit.
Sums can't be formed on the way, as around the ring of an all-reduce, for codes don't add up: so
a rank sends p - 1 messages, where an all-reduce sends 2 (p - 1) / p times the gradients. Codes of
b bits weigh less than an all-reduce of 32 on fewer than 64 / b ranks: 8 with 8 bits, 64 with one.

What a message leaves out is lost, unless the rank keeps it and adds it to its next gradients: error
feedback. Source of 1 bit and feedback: Seide et al., "1-bit stochastic gradient descent and its
application to data-parallel distributed training of speech DNNs", Interspeech 2014. Of 8 bits:
Dettmers, 2015, https://arxiv.org/abs/1511.04561. Of top-k with what is dropped kept for later: Aji
and Heafield, 2017, https://arxiv.org/abs/1704.05021; of sending large gradients only, those above a
threshold: Strom, Interspeech 2015, https://doi.org/10.21437/Interspeech.2015-354.

Not modelled: the time that compression takes.
"""

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.parallel.codebooks import codebook, decode, encode
from dlcourse.parallel.train import Replica


class Full:
    """Gradients as they are, in 32 bits: what the others are compared with.

    As every code: it writes a gradient with a row for each unit, (rows, columns), as bytes.
    """

    feedback = False

    def length(self, rows, columns):
        """Bytes in a message."""
        return 4 * rows * columns

    def pack(self, values):
        """Write a tensor (rows, columns) as uint8 (length,)."""
        return _bytes_of(values)

    def unpack(self, message, rows, columns):
        """Read what `pack` wrote."""
        return _floats(message).view(rows, columns)


class EightBit:
    """One code for each number, and their largest magnitude.

    Args:
        name: of a codebook; "dynamic" or "linear", which are scaled.

    >>> import torch
    >>> message = EightBit("linear").pack(torch.tensor([[0.2, -0.1, 0.0]]))
    >>> len(message), EightBit("linear").unpack(message, 1, 3)
    (7, tensor([[ 0.2000, -0.0992,  0.0000]]))
    """

    feedback = False

    def __init__(self, name="dynamic"):
        self.book = codebook(name)

    def length(self, rows, columns):
        """Bytes in a message."""
        return 4 + rows * columns

    def pack(self, values):
        """Write a tensor (rows, columns) as uint8 (length,)."""
        import torch

        codes, scale = encode(values, self.book)
        return torch.cat([_bytes_of(values.new_tensor([scale])), codes.reshape(-1)])

    def unpack(self, message, rows, columns):
        """Read what `pack` wrote."""
        return decode(message[4:], _floats(message[:4]), self.book).float().view(rows, columns)


class OneBit:
    """Signs; and, for each row, the mean of what is not negative in it, and of what is.

    >>> import torch
    >>> message = OneBit().pack(torch.tensor([[1.0, 3.0, -1.0]]))
    >>> len(message), OneBit().unpack(message, 1, 3)
    (9, tensor([[ 2.,  2., -1.]]))
    """

    feedback = True

    def length(self, rows, columns):
        """Bytes in a message."""
        return 8 * rows + -(-rows * columns // 8)

    def pack(self, values):
        """Write a tensor (rows, columns) as uint8 (length,)."""
        import torch

        halves = torch.stack([values >= 0, values < 0])
        means = (halves * values).sum(2) / halves.sum(2).clamp(min=1)
        return torch.cat([_bytes_of(means), _bits(halves[0].reshape(-1))])

    def unpack(self, message, rows, columns):
        """Read what `pack` wrote."""
        import torch

        above, below = _floats(message[: 8 * rows]).view(2, rows, 1)
        bits = (message[8 * rows :, None] >> _eight(message)) & 1
        return torch.where(bits.reshape(-1)[: rows * columns].view(rows, columns) > 0, above, below)


class TopK:
    """The numbers of largest magnitude and their places; the others are taken to be 0.

    Args:
        share: of the numbers that are sent; at least one is.

    Raises:
        ValueError: if the share isn't one.

    >>> import torch
    >>> message = TopK(share=0.4).pack(torch.tensor([[1.0, -3.0, 2.0, 0.5, 0.0]]))
    >>> len(message), TopK(share=0.4).unpack(message, 1, 5)
    (16, tensor([[ 0., -3.,  2.,  0.,  0.]]))
    """

    feedback = True

    def __init__(self, share=0.01):
        if not 0 < share <= 1:
            raise ValueError(f"share={share}: it is above 0 and at most 1, which sends all numbers")
        self.share = share

    def length(self, rows, columns):
        """Bytes in a message."""
        return 8 * self.kept(rows * columns)

    def kept(self, n):
        """How many of n numbers are sent."""
        return max(1, round(self.share * n))

    def pack(self, values):
        """Write a tensor (rows, columns) as uint8 (length,)."""
        import torch

        flat = values.reshape(-1)
        places = flat.abs().topk(self.kept(len(flat))).indices
        return torch.cat([_bytes_of(flat[places]), places.int().view(torch.uint8)])

    def unpack(self, message, rows, columns):
        """Read what `pack` wrote."""
        import torch

        numbers, places = message.chunk(2)
        read = torch.zeros(rows * columns, device=message.device)
        read[places.clone().view(torch.int32).long()] = _floats(numbers)
        return read.view(rows, columns)


class Compressed(Replica):
    """Adds up what the ranks' messages say of their gradients.

    Args:
        world: a World.
        network: torch.nn.Module; begins as rank 0's does, and is changed in place.
        update: "sgd" or "adam".
        code: Full, EightBit, OneBit or TopK: how a parameter's gradient is written.
        feedback: whether to add to a gradient what messages left out before; if not said, the
            code's own choice: with 1 bit and top-k.

    >>> from dlcourse.cluster.run import run
    >>> from dlcourse.parallel.data import images
    >>> from dlcourse.parallel.models import convnet
    >>> from dlcourse.parallel.train import train
    >>> data = images(64)
    >>> def program(world):
    ...     strategy = Compressed(world, convnet(seed=world.rank), code=OneBit())
    ...     return train(world, strategy, data, steps=3)
    >>> losses = run(program, ranks=2).results
    >>> losses[0][0] > losses[0][-1], losses[0] == losses[1]
    (True, True)
    """

    def __init__(self, world, network, update="sgd", code=None, feedback=None):
        super().__init__(world, network, update)
        self.code = code or EightBit()
        self.feedback = self.code.feedback if feedback is None else feedback
        self.left = [p.new_zeros(_rows_and_columns(p)) for p in self.parameters]

    def reduce(self):
        """Turn this rank's gradients into the sums of what all ranks' messages say."""
        import torch

        pairs = [(p.grad, left) for p, left in zip(self.parameters, self.left, strict=True)]
        own = torch.cat([self.pack(*pair) for pair in pairs])
        messages = all_gather(self.world, own).view(self.world.size, -1)
        parts = messages.split([self.code.length(*left.shape) for left in self.left], dim=1)
        for (gradient, left), part in zip(pairs, parts, strict=True):
            terms = [self.code.unpack(message, *left.shape) for message in part]
            gradient.copy_(sum(terms).view_as(gradient))

    def pack(self, gradient, left):
        """Write a gradient, and keep what the message leaves out."""
        values = gradient.reshape(left.shape) + left  # nothing is ever left without feedback
        message = self.code.pack(values)
        if self.feedback:
            left.copy_(values - self.code.unpack(message, *left.shape))
        return message

    def tensors(self):
        """Parameters and the optimizer's state by name, and what all ranks' messages left out."""
        found = super().tensors()
        if self.feedback:
            for name, left in zip(list(found), self.left, strict=True):
                found[f"left out of {name}"] = {"value": all_gather(self.world, left[None])}
        return found

    def restore(self, tensors):
        """Go on from what `tensors` gave, of any strategy and any number of ranks."""
        super().restore(tensors)
        for (name, _), left in zip(self.network.named_parameters(), self.left, strict=True):
            of_ranks = tensors.get(f"left out of {name}", {"value": left.new_zeros(1, *left.shape)})
            left.copy_(of_ranks["value"][self.world.rank :: self.world.size].sum(0))


def traffic(code, shapes, ranks):
    """Bytes that a rank sends in a step.

    Args:
        code: Full, EightBit, OneBit or TopK.
        shapes: (rows, columns) of each parameter.
        ranks: p.

    Returns:
        int.

    >>> layer = (1024, 1024)
    >>> [traffic(code, [layer], 4) for code in (Full(), EightBit(), OneBit(), TopK(1 / 64))]
    [12582912, 3145740, 417792, 393216]
    >>> 2 * 3 * 4 * 1024**2 // 4              # 32 bits, added up around the ring
    6291456
    """
    return (ranks - 1) * sum(code.length(*shape) for shape in shapes)


def _bytes_of(numbers):
    """The bytes of numbers, written in 32 bits."""
    import torch

    return numbers.reshape(-1).float().view(torch.uint8)


def _floats(message):
    """The numbers of 32 bits in a message; copied, for they may lie anywhere in it."""
    import torch

    return message.clone().view(torch.float32)


def _rows_and_columns(parameter):
    """A row for each unit or filter; one row for all of a layer's biases."""
    return (len(parameter), parameter[0].numel()) if parameter.dim() > 1 else (1, len(parameter))


def _bits(truths):
    """Eight truths a byte, the first one in the lowest bit."""
    import torch

    padded = truths.new_zeros(-(-len(truths) // 8), 8)
    padded.view(-1)[: len(truths)] = truths
    return (padded << _eight(padded)).sum(1).to(torch.uint8)


def _eight(tensor):
    import torch

    return torch.arange(8, device=tensor.device)
