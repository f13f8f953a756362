"""Mixtures of experts: dense layers of which every token uses only a few, chosen by a router.

Each expert has room for a number of tokens, its capacity. In the order of the batch, tokens that
find no room are dropped: that expert adds nothing to them. A loss for imbalance makes the router
spread its choices.

Source: Fedus, Zoph, Shazeer, "Switch transformers", 2021, https://arxiv.org/abs/2101.03961,
section 2 (one expert for each token); several experts: Lepikhin et al., "GShard", 2020,
https://arxiv.org/abs/2006.16668, section 2.2.
"""

import math
from dataclasses import dataclass
from functools import cache


def with_experts(network, experts=4, top=2, capacity=1.25, balance=0.01, hidden=None, seed=0):
    """Put a unit of experts behind each block of a transformer, or behind the hidden dense layer.

    Args:
        network: `models.transformer` or `models.convnet`.
        experts: E, how many in a unit.
        top: experts for each token; of images, a token is a row of the batch.
        capacity: an expert's room, as a multiple of the tokens that it would get if all got equally
            many.
        balance: weight of the loss for imbalance, which goes into the gradients only.
        hidden: width between an expert's two layers; four times its input's if left out.
        seed: of the new weights.

    Returns:
        torch.nn.Sequential of the network's units, and a unit `..._experts` behind each of those.

    >>> from dlcourse.parallel.models import convnet
    >>> list(dict(with_experts(convnet()).named_children()))
    ['conv1', 'conv2', 'hidden', 'hidden_experts', 'scores']
    """
    from collections import OrderedDict

    import torch

    units, like = OrderedDict(), next(network.parameters())
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for name, unit in network.named_children():
            units[name] = unit
            if name.startswith("block") or name == "hidden":
                width = unit.norm1.weight.numel() if name != "hidden" else unit[1].out_features
                added = _experts()(width, experts, hidden or 4 * width, top, capacity, balance)
                units[f"{name}_experts"] = added.to(like)
    return torch.nn.Sequential(units)


@dataclass(frozen=True)
class Routing:
    """Which tokens go to which experts: those that find room, expert by expert.

    Attributes:
        tokens: int64 tensor (slots,), numbers of this rank's tokens.
        experts: int64 tensor (slots,), where they go, ascending.
        gates: tensor (slots,), the weights of the experts' results.
        wanted: int64 tensor (ranks, E): how many of a rank's tokens chose an expert.
        kept: int64 tensor (ranks, E): how many of them found room.

    >>> import torch
    >>> choices = torch.tensor([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.7, 0.3]])
    >>> routing = route(choices, top=1, capacity=1.0)
    >>> routing.tokens.tolist(), routing.experts.tolist()             # no room for token 3
    ([0, 1, 2], [0, 0, 1])
    >>> routing.imbalance, routing.dropped
    (1.5, 0.25)
    """

    tokens: object
    experts: object
    gates: object
    wanted: object
    kept: object

    @property
    def imbalance(self):
        """What the most wanted expert was to do, over the mean: 1 if all are wanted alike."""
        wanted = self.wanted.sum(0)
        return (wanted.max() * len(wanted) / wanted.sum()).item()

    @property
    def dropped(self):
        """Share of the choices that found no room."""
        return 1 - (self.kept.sum() / self.wanted.sum()).item()


def route(probabilities, top, capacity, rank=0, census=lambda counts: counts[None]):
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
    return Routing(slots // top, chosen[slots], gates[slots], wanted, kept)


@cache
def _experts():
    """The unit of experts; made when torch is there."""
    import torch
    from torch.nn import LayerNorm, Linear, Module, Parameter
    from torch.nn.functional import gelu

    class AddLoss(torch.autograd.Function):
        """A tensor as it is; backward, a loss is begun too."""

        @staticmethod
        def forward(ctx, x, loss):
            return x.view_as(x)

        @staticmethod
        def backward(ctx, gradient):
            return gradient, gradient.new_ones(())

    class Experts(Module):
        """Experts, added to their input.

        Attributes:
            last: Routing of the last forward pass.
            rank, census: of `route`.
            visit: function (Routing, rows) -> what the experts make of them.
        """

        def __init__(self, width, experts, hidden, top, capacity, balance):
            super().__init__()
            self.top, self.capacity, self.balance = top, capacity, balance
            self.norm, self.router = LayerNorm(width), Linear(width, experts, bias=False)
            self.up = Parameter(torch.randn(experts, width, hidden) / width**0.5)
            self.down = Parameter(torch.randn(experts, hidden, width) / hidden**0.5)
            self.rank, self.census = 0, lambda counts: counts[None]
            self.visit = lambda routing, rows: self.apply_experts(rows, routing.experts)

        def forward(self, x):
            tokens = self.norm(x).flatten(0, -2)
            probabilities = self.router(tokens).softmax(-1)
            last = route(probabilities, self.top, self.capacity, self.rank, self.census)
            y = self.visit(last, tokens[last.tokens]) * last.gates[:, None]
            y = torch.zeros_like(tokens).index_add(0, last.tokens, y)
            self.last = last
            return x + AddLoss.apply(y.view_as(x), self.imbalance_loss(probabilities, last.wanted))

        def apply_experts(self, rows, experts):
            """Let each row pass through an expert of this rank."""
            done = rows.clone()
            for number, (up, down) in enumerate(zip(self.up, self.down, strict=True)):
                mine = experts == number
                done[mine] = gelu(rows[mine] @ up) @ down
            return done

        def imbalance_loss(self, probabilities, wanted):
            """E times the sum over experts of share of choices times mean probability."""
            wanted = wanted.sum(0).to(probabilities)
            choices, tokens = wanted.sum(), wanted.sum() / self.top
            share = probabilities.sum(0) / tokens  # this rank's tokens' part of the mean
            return self.balance * len(wanted) * (wanted / choices * share).sum()

    return Experts
