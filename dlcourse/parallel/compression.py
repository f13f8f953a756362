"""Data parallelism with compressed gradients: a number takes 8 bits, or 1, or is left out.

Every rank sends its gradients to every other rank as a message of bytes, and all add up what they
read, their own message too, in the order of the ranks: parameters stay the same to the last bit.
Sums can't be formed on the way, as around the ring of an all-reduce, for codes don't add up: so
a rank sends p - 1 messages, where an all-reduce sends 2 (p - 1) / p times the gradients.

What a message leaves out is lost, unless the rank keeps it and adds it to its next gradients: error
feedback. Source of 1 bit and feedback: Seide et al., "1-bit stochastic gradient descent and its
application to data-parallel distributed training of speech DNNs", 2014. Of 8 bits: Dettmers, 2015,
https://arxiv.org/abs/1511.04561. Of top-k: Aji and Heafield, 2017, https://arxiv.org/abs/1704.05021.

Not modelled: the time that compression takes.
"""

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.cluster.collectives.broadcast import broadcast
from dlcourse.parallel.codebooks import codebook, decode, encode
from dlcourse.parallel.models import loss
from dlcourse.parallel.update import optimizer


class Full:
    """Gradients as they are, in 32 bits: what the others are compared with."""

    feedback = False

    def length(self, n):
        """Bytes in the message of n numbers."""
        return 4 * n

    def pack(self, values):
        """Write a tensor (n,) as uint8 (length(n),)."""
        return _bytes_of(values)

    def unpack(self, message, n):
        """Read n numbers."""
        return _floats(message)


class EightBit:
    """One code for each number, and their largest magnitude.

    Args:
        name: of a codebook; "dynamic" or "linear", which are scaled.

    >>> import torch
    >>> gradient = torch.tensor([0.2, -0.1, 0.0])
    >>> message = EightBit("linear").pack(gradient)
    >>> len(message), EightBit("linear").unpack(message, 3)
    (7, tensor([ 0.2000, -0.0992,  0.0000]))
    """

    feedback = False

    def __init__(self, name="dynamic"):
        self.book = codebook(name)

    def length(self, n):
        """Bytes in the message of n numbers."""
        return 4 + n

    def pack(self, values):
        """Write a tensor (n,) as uint8 (length(n),)."""
        import torch

        codes, scale = encode(values, self.book)
        return torch.cat([_bytes_of(values.new_tensor([scale])), codes])

    def unpack(self, message, n):
        """Read n numbers."""
        return decode(message[4:], _floats(message[:4]), self.book).float()


class OneBit:
    """Signs, the mean of what is not negative, and the mean of what is.

    >>> import torch
    >>> message = OneBit().pack(torch.tensor([1.0, 3.0, -1.0]))
    >>> len(message), OneBit().unpack(message, 3)
    (9, tensor([ 2.,  2., -1.]))
    """

    feedback = True

    def length(self, n):
        """Bytes in the message of n numbers."""
        return 8 + -(-n // 8)

    def pack(self, values):
        """Write a tensor (n,) as uint8 (length(n),)."""
        import torch

        up = values >= 0
        sums = torch.stack([values[up].sum(), values[~up].sum()])
        counts = torch.stack([up.sum(), (~up).sum()]).clamp(min=1)
        padded = up.new_zeros(-(-len(up) // 8) * 8)
        padded[: len(up)] = up
        places = torch.arange(8, device=up.device)
        bits = (padded.view(-1, 8) << places).sum(1).to(torch.uint8)
        return torch.cat([_bytes_of(sums / counts), bits])

    def unpack(self, message, n):
        """Read n numbers."""
        import torch

        places = torch.arange(8, device=message.device)
        up = ((message[8:, None] >> places) & 1).reshape(-1)[:n].bool()
        return torch.where(up, *_floats(message[:8]))


class TopK:
    """The longest numbers and their places; the others are taken to be 0.

    Args:
        share: of the numbers that are sent; at least one is.

    >>> import torch
    >>> message = TopK(share=0.4).pack(torch.tensor([1.0, -3.0, 2.0, 0.5, 0.0]))
    >>> len(message), TopK(share=0.4).unpack(message, 5)
    (16, tensor([ 0., -3.,  2.,  0.,  0.]))
    """

    feedback = True

    def __init__(self, share=0.01):
        if not 0 < share <= 1:
            raise ValueError(f"share={share}: a part of the numbers, above 0 and at most 1")
        self.share = share

    def kept(self, n):
        """How many of n numbers are sent."""
        return min(n, max(1, round(self.share * n)))

    def length(self, n):
        """Bytes in the message of n numbers."""
        return 8 * self.kept(n)

    def pack(self, values):
        """Write a tensor (n,) as uint8 (length(n),)."""
        import torch

        places = values.abs().topk(self.kept(len(values))).indices
        return torch.cat([_bytes_of(values[places]), places.int().view(torch.uint8)])

    def unpack(self, message, n):
        """Read n numbers."""
        import torch

        half = len(message) // 2
        numbers = _floats(message[:half])
        return numbers.new_zeros(n).index_put((message[half:].view(torch.int32).long(),), numbers)


class Compressed:
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
        self.world, self.network, self.code = world, network, code or EightBit()
        self.parameters = list(network.parameters())
        for parameter in self.parameters:
            broadcast(world, parameter.data)
        self.feedback = self.code.feedback if feedback is None else feedback
        self.left = [parameter.new_zeros(parameter.numel()) for parameter in self.parameters]
        self.optimizer = optimizer(update, self.parameters)

    def step(self, x, y, of):
        """Show the network this rank's rows of a batch with `of` targets; return their loss."""
        self.optimizer.zero_grad()
        value = loss(self.network(x), y, of)
        value.backward()
        self.reduce()
        self.optimizer.step()
        return value.item()

    def reduce(self):
        """Turn this rank's gradients into the sums of what all ranks' messages say."""
        import torch

        pairs = zip(self.parameters, self.left, strict=True)
        message = torch.cat([self.pack(*pair) for pair in pairs])
        messages = all_gather(self.world, message).view(self.world.size, -1)
        lengths = [self.code.length(parameter.numel()) for parameter in self.parameters]
        columns = messages.split(lengths, dim=1)
        for parameter, column in zip(self.parameters, columns, strict=True):
            terms = [self.code.unpack(part, parameter.numel()) for part in column]
            parameter.grad.copy_(sum(terms).view_as(parameter))

    def pack(self, parameter, left):
        """Write a parameter's gradient, and keep what the message leaves out."""
        values = parameter.grad.reshape(-1) + left  # nothing is ever left without feedback
        message = self.code.pack(values)
        if self.feedback:
            left.copy_(values - self.code.unpack(message, len(values)))
        return message

    def tensors(self):
        """Parameters and the optimizer's state by name: what a checkpoint keeps.

        What messages have left out until then differs from rank to rank and is not kept.
        """
        return {
            name: {"value": parameter.detach()} | self.optimizer.state[parameter]
            for name, parameter in self.network.named_parameters()
        }

    def restore(self, tensors):
        """Go on from what `tensors` gave, of any strategy."""
        for name, parameter in self.network.named_parameters():
            state = dict(tensors[name])
            parameter.data.copy_(state.pop("value"))
            self.optimizer.state[parameter] = {k: t.clone() for k, t in state.items()}
        for left in self.left:
            left.zero_()


def traffic(code, sizes, ranks):
    """Bytes that a rank sends in a step.

    Args:
        code: Full, EightBit, OneBit or TopK.
        sizes: numbers in each parameter.
        ranks: p.

    Returns:
        int.

    >>> layer = 1024 * 1024
    >>> [traffic(code, [layer], 4) for code in (Full(), EightBit(), OneBit(), TopK(1 / 64))]
    [12582912, 3145740, 393240, 393216]
    >>> 2 * 3 * 4 * layer // 4              # 32 bits, added up around the ring
    6291456
    """
    return (ranks - 1) * sum(code.length(n) for n in sizes)


def _bytes_of(numbers):
    """The bytes of numbers, written in 32 bits."""
    import torch

    return numbers.float().contiguous().view(torch.uint8)


def _floats(message):
    """The numbers of 32 bits in a message; copied, for they may lie anywhere in it."""
    import torch

    return message.clone().view(torch.float32)
