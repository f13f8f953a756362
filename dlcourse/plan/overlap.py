"""A step of data parallelism on a clock: backward computes, and gradients travel behind it.

Backward goes from the last layer to the first. Gradients are put in buckets as they become ready;
a bucket sets out, around a ring of all ranks, when it is full and the network is free. The step is
over when backward is and the last bucket is added up.

Not modelled: what messages take from computing, the copies into buckets, ranks that are late, the
optimiser; and that a rank of dlcourse.parallel.data_parallel.Overlapped must step in half way
through an all-reduce: dlcourse.parallel.step_time counts that.

Source of buckets: Li et al., "PyTorch Distributed", 2020, https://arxiv.org/abs/2006.15704.
"""

import math
import re
from dataclasses import dataclass

from dlcourse.cluster.collectives.costs import seconds
from dlcourse.hardware.tables import rows
from dlcourse.plan.buckets import buckets

MIB25 = 25 * 2**20  # bytes in a bucket: torch's choice


@dataclass(frozen=True)
class Layer:
    """What a layer computes and sends.

    Attributes:
        name: of the layer.
        nbytes: of its gradient.
        backward: seconds of its backward pass.
        forward: seconds of its forward pass.

    >>> Layer("fc", 4_000_000, 0.4e-3, 0.2e-3).nbytes
    4000000
    """

    name: str
    nbytes: float
    backward: float
    forward: float = 0.0

    def __post_init__(self):
        for name in ("nbytes", "backward", "forward"):
            value = getattr(self, name)
            if not 0 <= value < math.inf:
                raise ValueError(f"{self.name}: {name}={value}: give a number, 0 or more")


@dataclass(frozen=True)
class Message:
    """The all-reduce of a bucket.

    Attributes:
        names: of its layers, as their gradients become ready.
        nbytes: of their gradients.
        ready: when the last of them is there, in seconds from the start of the step.
        start, end: when the network carries it.

    >>> Message(("fc",), 4_000_000, 0.6e-3, 0.6e-3, 1.4e-3).names
    ('fc',)
    """

    names: tuple
    nbytes: float
    ready: float
    start: float
    end: float


@dataclass(frozen=True)
class Step:
    """When everything happens in a step.

    Attributes:
        layers: tuple of Layer, first to last.
        ranks: how many take part.
        forward, backward: (start, end) in seconds for each layer, in the order of layers.
        messages: tuple of Message, in the order they are sent.

    >>> from dlcourse.cluster.collectives.costs import AlphaBeta
    >>> step = train_step([("a", 10**6, 2e-3), ("b", 10**6, 2e-3)], 2, AlphaBeta(0, 1e-9), bucket=0)
    >>> [round(1e3 * t, 3) for t in (step.computing, step.sending, step.seconds, step.exposed)]
    [4.0, 2.0, 5.0, 1.0]
    >>> step.hidden, round(step.saved, 3)
    (0.5, 0.167)
    """

    layers: tuple
    ranks: int
    forward: tuple
    backward: tuple
    messages: tuple

    @property
    def computing(self):
        """Seconds of all forward and backward passes: a step without messages."""
        return self.backward[0][1]

    @property
    def sending(self):
        """Seconds that the network is busy."""
        return sum(message.end - message.start for message in self.messages)

    @property
    def seconds(self):
        """Seconds of the whole step."""
        return max([self.computing, *(message.end for message in self.messages)])

    @property
    def exposed(self):
        """Seconds that the step waits for messages after backward."""
        return self.seconds - self.computing

    @property
    def hidden(self):
        """Share of `sending` that goes on while something is computed; None if none is sent."""
        return 1 - min(self.exposed / self.sending, 1) if self.sending else None

    @property
    def saved(self):
        """Share that is saved of a step which computes first and sends then."""
        serial = self.computing + self.sending
        return 1 - self.seconds / serial if serial else 0.0


def train_step(layers, ranks, net, bucket=MIB25, overlapped=True):
    """Put a step on a clock.

    Args:
        layers: Layers, or rows (name, gradient bytes, backward seconds[, forward seconds]), first
            to last.
        ranks: how many hold the layers, each with rows of its own.
        net: AlphaBeta of every rank's port.
        bucket: bytes; gradients share a message up to that many, a longer one has its own. 0 sends
            each by itself, math.inf all in one.
        overlapped: send while backward computes; if not, afterwards.

    Returns:
        Step.

    Raises:
        ValueError: if there is no layer or rank, or a negative bucket, size or time.

    >>> from dlcourse.cluster.collectives.costs import AlphaBeta
    >>> net = AlphaBeta(alpha=50e-6, beta=1 / 4e9)
    >>> [round(train_step(alexnet(), 4, net, overlapped=how).seconds, 3) for how in (True, False)]
    [0.099, 0.161]
    """
    layers = tuple(layer if isinstance(layer, Layer) else Layer(*layer) for layer in layers)
    if not layers or ranks < 1 or not bucket >= 0:
        what = f"{len(layers)} layers, {ranks} ranks, buckets of {bucket} bytes"
        raise ValueError(f"{what}: give layers, ranks, and 0 bytes or more")
    forward = _one_by_one([layer.forward for layer in layers], 0.0)
    turned = _one_by_one([layer.backward for layer in reversed(layers)], forward[-1][1])
    messages, done, free = [], 0, 0.0 if overlapped else turned[-1][1]
    for group in buckets(layers, bucket) if ranks > 1 else []:
        size = sum(layer.nbytes for layer in group)
        done += len(group)
        ready = turned[done - 1][1]
        start = max(ready, free)
        free = start + seconds("all_reduce", size, ranks, net)
        messages.append(Message(tuple(layer.name for layer in group), size, ready, start, free))
    return Step(layers, ranks, tuple(forward), tuple(reversed(turned)), tuple(messages))


def alexnet(bits=32):
    """AlexNet as the author of the 8-bit paper timed it, on one GPU of 2015.

    The paper's backward pass and its "update", the gradient of the weights, are backward here.
    Biases are left out.

    Source: T. Dettmers, 8-Bit Approximations for Parallelism in Deep Learning, arXiv 1511.04561v4,
    Table 4.

    Args:
        bits: of a number in a message.

    Returns:
        list of Layer.

    >>> layers = alexnet()
    >>> sum(layer.nbytes for layer in layers), sum(layer.nbytes for layer in layers[-3:])
    (173157120, 163282944)
    >>> round(sum(layer.backward for layer in layers), 5)
    0.06285
    """
    return [_timed(row, bits) for row in rows("eight_bit_compute")]


def transformer(blocks, width, tokens, rate, number=4):
    """A transformer's blocks, two layers each: attention, and the two dense layers behind it.

    A token takes 2 FLOP for each weight forward and 4 backward. Not modelled: scores between
    tokens, embeddings, norms and biases.

    Source: Kaplan et al., "Scaling laws for neural language models", 2020, section 2.1,
    https://arxiv.org/abs/2001.08361.

    Args:
        blocks: how many.
        width: numbers for each token.
        tokens: of one rank's part of the batch.
        rate: FLOP/s that a rank reaches.
        number: bytes of a number in a message.

    Returns:
        list of Layer.

    >>> layers = transformer(blocks=2, width=1024, tokens=4096, rate=50e12)
    >>> [layer.name for layer in layers], layers[0].nbytes
    (['attention 1', 'dense 1', 'attention 2', 'dense 2'], 16777216)
    """
    weights = {"attention": 4 * width**2, "dense": 8 * width**2}
    return [
        Layer(f"{name} {block}", number * n, 4 * n * tokens / rate, 2 * n * tokens / rate)
        for block in range(1, blocks + 1)
        for name, n in weights.items()
    ]


def network_layers(network, times):
    """Turn a torch network of units into layers.

    Args:
        network: torch.nn.Sequential of units.
        times: (seconds of forward, seconds of backward) for each unit.

    Returns:
        list of Layer.

    >>> from dlcourse.parallel.models import convnet
    >>> [layer.nbytes for layer in network_layers(convnet("float32"), [(1e-3, 2e-3)] * 4)]
    [320, 4672, 32896, 1320]
    """
    return [
        Layer(name, sum(p.nbytes for p in unit.parameters()), backward, forward)
        for (name, unit), (forward, backward) in zip(network.named_children(), times, strict=True)
    ]


def _one_by_one(lengths, start):
    """(start, end) of stretches of time that follow each other."""
    spans = []
    for length in lengths:
        spans.append((start, start + length))
        start += length
    return spans


def _timed(row, bits):
    """A layer of the paper's table, whose name says its shape: "conv5 64-192", "fc 9216-3072"."""
    name = row["layer"].replace(" stride 4", "")
    side, inputs, outputs = re.fullmatch(r"(?:conv(\d+)|fc) (\d+)-(\d+)", name).groups()
    weights = int(side or 1) ** 2 * int(inputs) * int(outputs)
    backward = row["backward_seconds"] + row["update_seconds"]
    return Layer(name, weights * bits // 8, backward, row["forward_seconds"])
