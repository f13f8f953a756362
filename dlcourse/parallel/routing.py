"""Which tokens go to which experts, how many find no room, and how unevenly experts are loaded.

Each expert has room for a number of tokens, its capacity. In the order of the batch, tokens that
find no room are dropped: that expert adds nothing to them.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Routing:
    """Which tokens go to which experts: those that find room, expert by expert.

    Attributes:
        tokens: int64 tensor (slots,), numbers of this rank's tokens.
        experts: int64 tensor (slots,), where they go, ascending.
        gates: tensor (slots,), the weights of the experts' results.
        wanted: int64 tensor (ranks, E): how many of a rank's tokens chose an expert.
        kept: int64 tensor (ranks, E): how many of them found room.
        room: tokens of all ranks that an expert takes.

    >>> import torch
    >>> choices = torch.tensor([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.7, 0.3]])
    >>> routing = route(choices, top=1, capacity=1.0)
    >>> routing.tokens.tolist(), routing.experts.tolist()             # no room for token 3
    ([0, 1, 2], [0, 0, 1])
    >>> routing.imbalance, routing.dropped, routing.slowest
    (1.5, 0.25, 1.0)
    """

    tokens: object
    experts: object
    gates: object
    wanted: object
    kept: object
    room: int

    @property
    def imbalance(self):
        """What the most wanted expert was to do, over the mean: 1 if all are wanted alike."""
        return self._over_mean(self.wanted)

    @property
    def slowest(self):
        """What the busiest expert does, over an even share: how long all wait for it."""
        return self._over_mean(self.kept)

    @property
    def dropped(self):
        """Share of the choices that found no room."""
        return 1 - self.kept.sum().item() / self.wanted.sum().item()

    def _over_mean(self, counts):
        experts = self.wanted.shape[1]
        return counts.sum(0).max().item() * experts / self.wanted.sum().item()


def alone(counts):
    """Gather the counts of one rank that is all there are: int64 (E,) -> (1, E).

    >>> import torch
    >>> alone(torch.tensor([3, 4])).tolist()
    [[3, 4]]
    """
    return counts[None]


def route(probabilities, top, capacity, rank=0, census=alone):
    """Send each token to its most probable experts, as long as they have room.

    Args:
        probabilities: tensor (tokens, E).
        top: experts for each token.
        capacity: room of an expert, as for `with_experts`.
        rank: number of these tokens' rank; the tokens of lower ranks come first.
        census: function int64 (E,) -> (ranks, E): everybody's counts.

    Returns:
        Routing.

    >>> import torch
    >>> route(torch.tensor([[0.7, 0.2, 0.1]]), top=2, capacity=2.0).experts.tolist()
    [0, 1]
    """
    import torch

    experts = probabilities.shape[-1]
    gates, chosen = probabilities.topk(top)
    gates, chosen = gates.flatten(), chosen.flatten()
    own = torch.nn.functional.one_hot(chosen, experts)
    wanted = census(own.sum(0))
    room = math.ceil(capacity * wanted.sum().item() / experts)
    before = wanted.cumsum(0) - wanted  # of lower ranks
    place = (own.cumsum(0) - own + before[rank]).gather(1, chosen[:, None])[:, 0]
    slots = chosen.masked_fill(place >= room, experts).argsort(stable=True)
    kept = wanted.minimum((room - before).clamp(min=0))
    slots = slots[: kept[rank].sum()]
    return Routing(slots // top, chosen[slots], gates[slots], wanted, kept, room)
