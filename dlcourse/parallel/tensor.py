"""Tensor parallelism: every rank has a part of each layer, all ranks see all rows of the batch.

Layers come in pairs. The first one is split by its outputs (columns of the product), so each rank
gets some of the numbers between the two; the second is split by its inputs (rows), so each rank
gets a term of the result, and one all-reduce adds them up. Backward needs one more, where the pair
begins. Attention is such a pair, split between heads. So are the vocabulary's two ends: embedding
and scores, whose cross-entropy is computed without joining the scores.

With `sequence`, what lies between the pairs (layer normalisation, the residual sums) is split too,
along the sequence: an all-reduce falls into its two halves, and no rank does another's work.

Source: Shoeybi et al., "Megatron-LM", 2019, https://arxiv.org/abs/1909.08053, section 3;
Korthikanti et al., "Reducing activation recomputation in large transformer models", 2022,
https://arxiv.org/abs/2205.05198, section 4.2.
"""

from collections import Counter

from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.collectives.traffic import traffic
from dlcourse.parallel.edges import Edges, SequenceEdges
from dlcourse.parallel.models import loss
from dlcourse.parallel.split_layers import columns, joined, parted, rows
from dlcourse.parallel.update import optimizer
from dlcourse.parallel.vocabulary import vocabulary, vocabulary_loss


class TensorParallel:
    """One rank of a network whose layers are split between the ranks.

    Args:
        world: a World.
        network: `models.convnet` or `models.transformer`, the same in all ranks; cut in place.
        update: "sgd" or "adam".
        sequence: whether a transformer is split along the sequence between its pairs of layers.

    >>> from dlcourse.cluster.run import run
    >>> from dlcourse.parallel.data import images
    >>> from dlcourse.parallel.models import convnet
    >>> from dlcourse.parallel.train import train_one
    >>> data = images(8)
    >>> one = train_one(convnet(), data, steps=1, size=8)[0]
    >>> def program(world):
    ...     return abs(TensorParallel(world, convnet()).step(*data) - one) < 1e-12
    >>> run(program, ranks=3).results
    [True, True, True]
    """

    def __init__(self, world, network, update="sgd", sequence=False):
        self.world, self.sequence = world, sequence
        self.network = split_network(world, network, sequence)
        self.optimizer = optimizer(update, network.parameters())

    def step(self, x, y, of=None):
        """Train on a batch, the same in all ranks, with `of` targets; return its loss."""
        self.optimizer.zero_grad()
        value = self.backward(x, y, of)
        self.optimizer.step()
        return value

    def backward(self, x, y, of=None):
        """Add a batch's gradients to those of this rank's weights; return its loss."""
        value = self.loss(self.network(x), y, of)
        value.backward()
        if self.sequence:  # each rank's tokens gave it a term
            for parameter in self.network.parameters():
                if not hasattr(parameter, "cut"):
                    all_reduce(self.world, parameter.grad)
        return value.item()

    def loss(self, scores, y, of):
        """The loss of what the network gives: a transformer's scores stay split."""
        if not hasattr(self.network, "embed"):
            return loss(scores, y, of)
        length = self.network.scores[1].weight.cut.length
        return vocabulary_loss(self.world, scores, y, length, of)

    def tensors(self):
        """Parameters and the optimizer's state by name, whole: what a checkpoint keeps."""
        return joined(self.world, self.network, self.optimizer.tensors(self.network))

    def restore(self, tensors):
        """Go on from what `tensors` gave, of any strategy."""
        self.optimizer.restore(self.network, parted(self.world, self.network, tensors))


def split_network(world, network, sequence=False, join=False):
    """Cut a network's layers in place; names of parameters stay.

    Args:
        world: a World, or a Group of it.
        network: `models.convnet` or `models.transformer`, the same in all ranks.
        sequence: as for TensorParallel.
        join: whether a transformer gives all scores instead of this rank's: then any loss will do.

    Returns:
        The network; a parameter that is split has an attribute `cut`.

    >>> from dlcourse.cluster.run import run
    >>> from dlcourse.parallel.models import transformer
    >>> def program(world):
    ...     network = split_network(world, transformer())
    ...     return [tuple(p.shape) for p in (network.block1.up.weight, network.block1.down.weight)]
    >>> run(program, ranks=3).results[0]
    [(43, 32), (32, 43)]
    """
    edges = SequenceEdges(world) if sequence else Edges(world)
    for name, unit in network.named_children():
        if name.startswith("block"):
            _split_block(world, unit, edges)
    if hasattr(network, "embed"):
        _split_ends(world, network, edges, join)
    else:
        _split_convnet(world, network, edges)
    return network


def _split_block(world, block, edges):
    """Attention between heads, the dense layers between the numbers that lie between them."""
    for norm in (block.norm1, block.norm2):
        norm.register_forward_hook(lambda _, x, y: edges.enter(y))
    for layer in (block.query, block.key, block.value):
        columns(world, layer, block.head)
    block.out = rows(world, block.out, edges.leave, block.head)
    columns(world, block.up)
    block.down = rows(world, block.down, edges.leave)


def _split_ends(world, network, edges, join):
    """Embedding and scores between tokens of the vocabulary."""
    embed, (norm, scores) = network.embed, network.scores
    embed.token = vocabulary(world, embed.token, edges.leave)
    embed.place.register_forward_hook(lambda _, x, y: edges.places(y))
    norm.register_forward_hook(lambda _, x, y: edges.enter(y))
    length = scores.out_features
    columns(world, scores)
    if join:
        scores.register_forward_hook(lambda _, x, y: edges.join(y, length))


def _split_convnet(world, network, edges):
    """Two convolutions between filters, two dense layers between the numbers between them."""
    columns(world, network.conv1[0])  # images need no gradient: nothing to enter
    network.conv2[0] = rows(world, network.conv2[0], edges.leave)
    columns(world, network.hidden[1])
    network.hidden[0].register_forward_hook(lambda _, x, y: edges.enter(y))
    network.scores = rows(world, network.scores, edges.leave)


def block_traffic(batch, length, width, itemsize, p, sequence=False):
    """Count what a block's forward and backward send, in closed form.

    Two pairs of layers, each with one all-reduce forward and one backward, or with its two halves.

    Args:
        batch, length, width: shape of what goes through the block.
        itemsize: bytes of a number.
        p: ranks.
        sequence: as for TensorParallel; not counted are then the sums of the gradients of what is
            not split, once a step.

    Returns:
        Counter, (source, dest) -> bytes.

    >>> sum(block_traffic(1, 2048, 4096, 2, p=8).values()) / 8 / 1e6      # MB from each rank
    117.440512
    """
    once = traffic("all_reduce", batch * length * width, itemsize, p)
    if sequence:
        halves = [traffic(name, length, itemsize, p) for name in ("all_gather", "reduce_scatter")]
        once = Counter({k: n * batch * width for k, n in sum(halves, Counter()).items()})
    return Counter({pair: 4 * count for pair, count in once.items()})
