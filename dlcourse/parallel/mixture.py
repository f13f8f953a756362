"""Mixtures of experts: dense layers of which every token uses only a few, chosen by a router.

A loss for imbalance makes the router spread its choices.

Source: Fedus, Zoph, Shazeer, "Switch transformers", 2021, https://arxiv.org/abs/2101.03961,
section 2 (one expert for each token); several experts: Lepikhin et al., "GShard", 2020,
https://arxiv.org/abs/2006.16668, section 2.2.
"""

from functools import cache

from dlcourse.parallel.routing import alone, route


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


def apply_experts(rows, experts, ups, downs):
    """Let each row pass through an expert: two dense layers.

    Args:
        rows: tensor (rows, width).
        experts: int64 tensor (rows,), numbers of experts.
        ups: tensor (E, width, hidden).
        downs: tensor (E, hidden, width).

    Returns:
        tensor like rows.

    >>> import torch
    >>> ups, downs = torch.ones(2, 1, 1), torch.tensor([[[1.0]], [[10.0]]])
    >>> apply_experts(torch.full((2, 1), 9.0), torch.tensor([1, 0]), ups, downs).tolist()
    [[90.0], [9.0]]
    """
    from torch.nn.functional import gelu

    done = rows.clone()
    for number, (up, down) in enumerate(zip(ups, downs, strict=True)):
        mine = experts == number
        done[mine] = gelu(rows[mine] @ up) @ down
    return done


def imbalance_loss(probabilities, wanted, top):
    """Compute a rank's part of the loss for imbalance: 1 if all experts are wanted alike.

    E times the sum over experts of their share of the choices times their mean probability; only
    the probability has a gradient.

    Args:
        probabilities: tensor (this rank's tokens, E).
        wanted: int64 tensor (ranks, E), as Routing has it.
        top: experts for each token.

    Returns:
        tensor (); those of all ranks add up to the loss.

    >>> import torch
    >>> imbalance_loss(torch.tensor([[0.75, 0.25]]), torch.tensor([[1, 0]]), top=1)
    tensor(1.5000)
    """
    wanted = wanted.sum(0).to(probabilities)
    means = probabilities.sum(0) / (wanted.sum() / top)
    return len(wanted) * (wanted / wanted.sum() * means).sum()


@cache
def _experts():
    """The unit of experts; made when torch is there."""
    import torch
    from torch.nn import LayerNorm, Linear, Module, Parameter

    begin = _begin()

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
            self.rank, self.census, self.visit = 0, alone, self.stay

        def forward(self, x):
            tokens = self.norm(x).flatten(0, -2)
            chances = self.router(tokens).softmax(-1)
            last = route(chances, self.top, self.capacity, self.rank, self.census)
            self.last = last
            y = self.visit(last, tokens[last.tokens]) * last.gates[:, None]
            y = torch.zeros_like(tokens).index_add(0, last.tokens, y)
            uneven = self.balance * imbalance_loss(chances, last.wanted, self.top)
            return x + begin(y.view_as(x), uneven)

        def stay(self, routing, rows):
            return apply_experts(rows, routing.experts, self.up, self.down)

    return Experts


@cache
def _begin():
    """A function that gives a tensor as it is, but where backward begins with a loss too."""
    from torch.autograd import Function

    class Begin(Function):
        """Hands the gradient on, and gives the loss a gradient of 1."""

        @staticmethod
        def forward(ctx, x, loss):
            return x.view_as(x)

        @staticmethod
        def backward(ctx, gradient):
            return gradient, gradient.new_ones(())

    return Begin.apply
