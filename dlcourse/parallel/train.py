"""The training loop: on one device, and on every rank of a World with a strategy in it."""

from dlcourse.parallel.data import batch
from dlcourse.parallel.models import loss, optimizer


def train_one(network, data, steps=10, size=32, update="sgd"):
    """Train on one device: what every strategy must come to.

    Args:
        network: torch.nn.Module, changed in place.
        data: (x, y) tensors.
        steps: how many.
        size: rows in a step.
        update: "sgd" or "adam".

    Returns:
        list of the losses before each step.

    >>> from dlcourse.parallel.data import images
    >>> from dlcourse.parallel.models import convnet
    >>> losses = train_one(convnet(), images(64), steps=5)
    >>> losses[0] > losses[-1]
    True
    """
    updating, losses = optimizer(update, network.parameters()), []
    for step in range(steps):
        x, y = batch(data, step, size)
        updating.zero_grad()
        value = loss(network(x), y)
        value.backward()
        updating.step()
        losses.append(value.item())
    return losses
