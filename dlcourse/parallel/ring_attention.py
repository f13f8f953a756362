"""Causal attention between tokens that are spread over ranks, exact, forward and backward.

The queries stay; keys and values visit all ranks, each sending on what it has while it computes
with it. What the queries got so far is kept with the logarithm of its weight, so no rank ever has
all keys, nor their scores. Backward, keys and values go around once more, and their gradients go
with them, home at the end.

Source: Liu et al., "Ring attention with blockwise transformers for near-infinite context", 2023,
https://arxiv.org/abs/2310.01889; the formulas are Dao's, "FlashAttention-2", 2023,
https://arxiv.org/abs/2307.08691, algorithms 1 and 2.
"""

from functools import cache


def ring_attention(world, places, q, k, v):
    """Attend from this rank's tokens to everybody's that are not later in the sequence.

    Args:
        world: a World.
        places: list by rank of int64 tensors: where in the sequence its tokens stand.
        q, k, v: tensors (n, heads, this rank's tokens, numbers of a head).

    Returns:
        tensor like q.

    >>> import torch
    >>> from dlcourse.cluster.run import run
    >>> def program(world):
    ...     places = [torch.tensor([0]), torch.tensor([1])]
    ...     q, k = (torch.zeros(1, 1, 1, 1) for _ in range(2))     # all keys weigh the same
    ...     v = torch.full((1, 1, 1, 1), 10.0 * world.rank)
    ...     return ring_attention(world, places, q, k, v).item()
    >>> run(program, ranks=2).results                              # rank 0's sees only itself
    [0.0, 5.0]
    """
    return _function().apply(q, k, v, world, places)


def visitors(world, places, own):
    """Let everybody's tokens pass through all ranks, around the ring.

    Args:
        world: a World.
        places: list by rank, of the lengths of the arrays.
        own: tensor (..., this rank's tokens, numbers), contiguous.

    Yields:
        (rank, its tensor), this rank's own first; the next one travels in the meantime.

    >>> import torch
    >>> from dlcourse.cluster.run import run
    >>> def program(world):
    ...     own = torch.full((1, 1), world.rank)
    ...     return [(rank, its.item()) for rank, its in visitors(world, [[0], [1], [2]], own)]
    >>> run(program, ranks=3).results[0]
    [(0, 0), (2, 2), (1, 1)]
    """
    rank, here = world.rank, own
    for _ in range(1, world.size):
        following = (rank - 1) % world.size
        room = _room(own, len(places[following]))
        coming = world.irecv(room, (world.rank - 1) % world.size)
        going = world.isend(here, (world.rank + 1) % world.size)
        yield rank, here
        world.wait(coming, going)
        rank, here = following, room
    yield rank, here


class _Homeward:
    """Gradients of what visits: each rank adds its term and sends the sum on, p times."""

    def __init__(self, world, places):
        self.world, self.places = world, places
        self.sum = self.coming = self.going = None

    def add(self, rank, term):
        """Add a term to the gradient of a visitor, which the left neighbour had before."""
        world = self.world
        if self.coming:
            world.wait(self.coming, self.going)
            term += self.sum
        self.sum = term
        if world.size > 1:
            self.sum = _room(term, len(self.places[(rank - 1) % world.size]))
            self.going = world.isend(term, (world.rank + 1) % world.size, tag=1)
            self.coming = world.irecv(self.sum, (world.rank - 1) % world.size, tag=1)

    def home(self):
        """The gradient of this rank's own."""
        if self.coming:
            self.world.wait(self.coming, self.going)
        return self.sum


def _forward(world, places, q, k, v):
    """The weighted mean of the values, and the logarithm of the sum of the weights."""
    import torch

    out, total = torch.zeros_like(q), q.new_full(q.shape[:-1], -torch.inf)
    for rank, visitor in visitors(world, places, torch.stack([k, v])):
        key, value = visitor
        scores = _scores(q, key, places[world.rank], places[rank])
        if scores is not None:
            larger = total.logaddexp(scores.logsumexp(-1))
            out *= (total - larger).exp()[..., None]
            out += (scores - larger[..., None]).exp() @ value
            total = larger
    return out, total


def _backward(world, places, q, k, v, out, total, gradient):
    """Gradients of q, k and v."""
    import torch

    change, homeward = torch.zeros_like(q), _Homeward(world, places)
    own = (gradient * out).sum(-1, keepdim=True)
    for rank, visitor in visitors(world, places, torch.stack([k, v])):
        key, value = visitor
        scores, term = _scores(q, key, places[world.rank], places[rank]), torch.zeros_like(visitor)
        if scores is not None:
            weights = (scores - total[..., None]).exp()
            slope = weights * (gradient @ value.mT - own) * q.shape[-1] ** -0.5
            change += slope @ key
            term[0], term[1] = slope.mT @ q, weights.mT @ gradient
        homeward.add(rank, term)
    return change, *homeward.home()


def _scores(q, key, mine, theirs):
    """Scores of all pairs, -inf where the key comes later; None if all keys do."""
    import torch

    later = theirs > mine[:, None]
    if later.all():
        return None
    return (q @ key.mT * q.shape[-1] ** -0.5).masked_fill(later, -torch.inf)


def _room(like, tokens):
    return like.new_empty(*like.shape[:-2], tokens, like.shape[-1])


@cache
def _function():
    """The autograd function; made when torch is there."""
    from torch.autograd import Function

    class RingAttention(Function):
        """Attention around the ring."""

        @staticmethod
        def forward(ctx, q, k, v, world, places):
            out, total = _forward(world, places, q, k, v)
            ctx.save_for_backward(q, k, v, out, total)
            ctx.world, ctx.places = world, places
            return out

        @staticmethod
        def backward(ctx, gradient):
            found = _backward(ctx.world, ctx.places, *ctx.saved_tensors, gradient)
            return *found, None, None

    return RingAttention
