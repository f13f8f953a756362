"""The two networks that every strategy trains, as small torch modules cut into units.

A network is a torch.nn.Sequential of units: what a pipeline's stage or a sharded layer is made of.
Weights are drawn in float32, so a seed means the same network in float64.
"""

from functools import cache, partial


def convnet(dtype="float64", seed=0, width=8, classes=10):
    """A convolutional network for images of 8 x 8 pixels: two convolutions, two dense layers.

    Args:
        dtype: "float64" or "float32".
        seed: of the weights.
        width: filters of the first convolution; the second has twice as many.
        classes: how many scores come out.

    Returns:
        torch.nn.Sequential of the units conv1, conv2, hidden, scores: (n, 1, 8, 8) -> (n, classes).

    >>> sum(p.numel() for p in convnet().parameters())
    9802
    """
    from torch.nn import Conv2d, Flatten, Linear, ReLU, Sequential

    def units():
        yield "conv1", Sequential(Conv2d(1, width, 3, padding=1), ReLU())
        yield "conv2", Sequential(Conv2d(width, 2 * width, 3, stride=2, padding=1), ReLU())
        yield "hidden", Sequential(Flatten(), Linear(2 * width * 16, 4 * width), ReLU())
        yield "scores", Linear(4 * width, classes)

    return _network(units, dtype, seed)


def transformer(
    dtype="float64",
    seed=0,
    vocabulary=32,
    length=16,
    width=32,
    heads=4,
    hidden=None,
    blocks=2,
):
    """A small transformer that says which token comes next, at every position.

    Layer normalisation comes before attention and before the two dense layers. Source: Radford et
    al., "Language models are unsupervised multitask learners", 2019, section 2.3.

    Args:
        dtype: "float64" or "float32".
        seed: of the weights.
        vocabulary: how many tokens there are.
        length: longest sequence.
        width: numbers for each token, a multiple of heads.
        heads: of attention.
        hidden: width between the two dense layers of a block, 4 * width if left out.
        blocks: how many.

    Returns:
        torch.nn.Sequential of the units embed, block1, ..., scores: int64 (n, length) ->
        (n, length, vocabulary).

    >>> sum(p.numel() for p in transformer().parameters())
    27776
    """
    from torch.nn import LayerNorm, Linear, Sequential

    classes = _classes()

    def units():
        yield "embed", classes["Embed"](vocabulary, length, width)
        for number in range(1, blocks + 1):
            yield f"block{number}", classes["Block"](width, heads, hidden or 4 * width)
        yield "scores", Sequential(LayerNorm(width), Linear(width, vocabulary, bias=False))

    return _network(units, dtype, seed)


def loss(outputs, targets, of=None):
    """Sum of the cross-entropies of scores, divided by a number of targets.

    The ranks' losses, each divided by the targets of *all* ranks, add up to the whole batch's mean,
    and so do their gradients, however unevenly the batch is split.

    Args:
        outputs: tensor (..., classes), scores.
        targets: int64 tensor (...), the right classes.
        of: what to divide by; the number of targets given if left out: their mean.

    Returns:
        tensor (), in natural units.

    >>> import torch
    >>> round(loss(torch.zeros(3, 2), torch.tensor([0, 1, 1])).item(), 4)      # log 2
    0.6931
    """
    from torch.nn.functional import cross_entropy

    scores = outputs.reshape(-1, outputs.shape[-1])
    return cross_entropy(scores, targets.reshape(-1), reduction="sum") / (of or targets.numel())


def _network(units, dtype, seed):
    """Build a network of named units, the same one for a seed whatever else draws numbers."""
    from collections import OrderedDict

    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = torch.nn.Sequential(OrderedDict(units()))
    return network.to(getattr(torch, dtype))


@cache
def _classes():
    """The modules of the transformer; made when torch is there."""
    import torch
    from torch.nn import Embedding, LayerNorm, Linear, Module
    from torch.nn.functional import gelu, scaled_dot_product_attention

    class Embed(Module):
        """Numbers for each token, and for its place in the sequence."""

        def __init__(self, vocabulary, length, width):
            super().__init__()
            self.token, self.place = Embedding(vocabulary, width), Embedding(length, width)

        def forward(self, tokens):
            return self.token(tokens) + self.place(torch.arange(tokens.shape[-1]).to(tokens))

    class Block(Module):
        """Attention to what came before, then two dense layers, each added to its input."""

        def __init__(self, width, heads, hidden):
            super().__init__()
            self.head = width // heads  # a head's numbers for each token
            self.attend = partial(scaled_dot_product_attention, is_causal=True)
            self.norm1, self.norm2 = LayerNorm(width), LayerNorm(width)
            self.query, self.key, self.value, self.out = (
                Linear(width, width, bias=False) for _ in range(4)
            )
            self.up, self.down = Linear(width, hidden), Linear(hidden, width)

        def forward(self, x):
            y = self.norm1(x)
            q, k, v = (  # (n, heads, length, width / heads)
                f(y).unflatten(-1, (-1, self.head)).transpose(1, 2)
                for f in (self.query, self.key, self.value)
            )
            y = self.attend(q, k, v)
            x = x + self.out(y.transpose(1, 2).flatten(2))
            return x + self.down(gelu(self.up(self.norm2(x))))

    return {"Embed": Embed, "Block": Block}
