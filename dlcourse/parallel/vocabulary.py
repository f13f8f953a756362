"""The two ends of a language model, split between ranks along the vocabulary."""

from functools import cache

from dlcourse.cluster.collectives.arrays import split
from dlcourse.parallel.conjugates import leave, whole
from dlcourse.parallel.split_layers import keep


def vocabulary(world, embedding, leave):
    """Make of an embedding one that has a rank's tokens only.

    Args:
        world: a World.
        embedding: torch.nn.Embedding.
        leave: function that adds up the ranks' outputs.

    Returns:
        torch.nn.Module with a parameter of the same name.

    >>> import torch
    >>> from dlcourse.cluster.run import run
    >>> def program(world):
    ...     layer = vocabulary(world, torch.nn.Embedding(5, 2), leave=lambda x: x)
    ...     return tuple(layer.weight.shape)
    >>> run(program, ranks=2).results
    [(3, 2), (2, 2)]
    """
    return _vocabulary()(world, embedding, leave)


def vocabulary_loss(world, scores, targets, length, of=None):
    """Compute `models.loss` of scores that are split between the ranks along the vocabulary.

    Two numbers for each token travel instead of all its scores.

    Args:
        world: a World.
        scores: tensor (..., this rank's part of the vocabulary), cut as `split` does.
        targets: int64 tensor (...), the right tokens.
        length: of the whole vocabulary.
        of: what to divide by; the number of targets if left out.

    Returns:
        tensor (), in natural units, the same in all ranks.

    >>> import torch
    >>> from dlcourse.cluster.run import run
    >>> def program(world):
    ...     part = torch.zeros(1, 2 - world.rank)       # three tokens, equally likely
    ...     return round(vocabulary_loss(world, part, torch.tensor([2]), 3).item(), 4)
    >>> run(program, ranks=2).results                   # log 3
    [1.0986, 1.0986]
    """
    from torch.nn.functional import pad

    parts = scores.logsumexp(-1)[None]
    total = whole(world, parts, 0, world.size).logsumexp(0)
    place = _own(world, targets, length)
    score = pad(scores, (0, 1)).gather(-1, place[..., None])[..., 0]
    return (total - leave(world, score)).sum() / (of or targets.numel())


def _own(world, tokens, length):
    """Where tokens stand in this rank's part of the vocabulary; behind its end if they don't."""
    mine = split(length, world.size)[world.rank]
    elsewhere = (tokens < mine.start) | (tokens >= mine.stop)
    return (tokens - mine.start).masked_fill(elsewhere, mine.stop - mine.start)


@cache
def _vocabulary():
    """The embedding of some tokens; made when torch is there."""
    from torch.nn import Module
    from torch.nn.functional import embedding, pad

    class Vocabulary(Module):
        """Some tokens' numbers; zeros, the last row, for the tokens that other ranks have."""

        def __init__(self, world, layer, leave):
            super().__init__()
            self.world, self.length, self.leave = world, layer.num_embeddings, leave
            self.weight = keep(world, layer.weight, 0)

        def forward(self, tokens):
            places = _own(self.world, tokens, self.length)
            return self.leave(embedding(places, pad(self.weight, (0, 0, 0, 1))))

    return Vocabulary
