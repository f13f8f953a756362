"""Batch size: how many steps, and how many samples, it takes to learn the digits.

Data-parallel ranks that add up their gradients train as one device does with the whole batch, so
one device is enough to find out what a larger batch is worth.

Source of linear scaling and of gradual warm-up: Goyal et al., "Accurate, large minibatch SGD:
training ImageNet in 1 hour", 2017, https://arxiv.org/abs/1706.02677.
"""

from dataclasses import dataclass

from dlcourse.parallel.models import convnet, loss
from dlcourse.parallel.update import SGD

SMALL = 32  # samples in the batch whose rate linear scaling starts from
RATE = 0.01  # of that batch, with momentum 0.9
EVERY = 4  # steps from test to test


@dataclass(frozen=True)
class Learning:
    """How a network learnt.

    Attributes:
        size: samples in a step.
        losses: before each step.
        arrived: whether the accuracy was reached.
    """

    size: int
    losses: tuple[float, ...]
    arrived: bool

    @property
    def steps(self):
        """How many steps it took."""
        return len(self.losses)

    @property
    def samples(self):
        """How many samples it was shown, the same one again counted again."""
        return self.steps * self.size


def scaled(size):
    """Scale the learning rate linearly: k times the batch, k times the rate.

    >>> scaled(32), scaled(128)
    (0.01, 0.04)
    """
    return RATE * size / SMALL


def learn(size, rate, warm_up=0, accuracy=0.9, most=60_000, seed=0):
    """Train the convolutional network until it knows enough of the digits it has not seen.

    Args:
        size: samples in a step, at most 1437; each epoch in another order.
        rate: learning rate.
        warm_up: steps in which the rate grows to that, linearly.
        accuracy: share of the 360 test digits at which training ends; tested every 4 steps.
        most: samples after which it ends anyway.
        seed: of the weights and of the order.

    Returns:
        Learning.

    Raises:
        ValueError: if there are not as many digits.

    >>> short = learn(32, scaled(32), most=64)
    >>> short.steps, short.samples, short.arrived
    (2, 64, False)
    """
    x, y, *test = _digits()
    if not 1 <= size <= len(x):
        raise ValueError(f"size={size}: there are {len(x)} digits to learn from")
    network, losses = convnet(seed=seed), []
    update = SGD(network.parameters(), rate)
    for rows in _batches(len(x), size, most // size, seed):
        update.rate = rate * min(1, (len(losses) + 1) / (warm_up or 1))
        update.zero_grad()
        value = loss(network(x[rows]), y[rows])
        value.backward()
        update.step()
        losses.append(value.item())
        if len(losses) % EVERY == 0 and _share_right(network, *test) >= accuracy:
            return Learning(size, tuple(losses), arrived=True)
    return Learning(size, tuple(losses), arrived=False)


def _digits():
    import torch

    from dlcourse.conv.data import digits

    data = digits()
    images = (torch.from_numpy(part).double() for part in (data.train_x, data.test_x))
    labels = (torch.from_numpy(part) for part in (data.train_y, data.test_y))
    (x, test_x), (y, test_y) = images, labels
    return x, y, test_x, test_y


def _batches(count, size, steps, seed):
    """Rows of each step; what is too little for a batch at an epoch's end is left out."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    while steps > 0:
        order = torch.randperm(count, generator=generator)
        whole = order[: count // size * size].split(size)[:steps]
        yield from whole
        steps -= len(whole)


def _share_right(network, x, y):
    import torch

    with torch.no_grad():
        return (network(x).argmax(1) == y).double().mean().item()
