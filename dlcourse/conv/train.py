"""Train a network: two optimizers and the loop."""

from dataclasses import dataclass, field

import numpy as np

from dlcourse.conv.layers import softmax_cross_entropy


class SGD:
    """Stochastic gradient descent with momentum, as torch.optim.SGD defines it.

    v becomes momentum v + g, then p becomes p - rate v.

    >>> p = {"p": np.array([1.0])}
    >>> SGD(rate=0.1).step(p, {"p": np.array([2.0])})
    >>> p["p"]
    array([0.8])
    """

    def __init__(self, rate=0.1, momentum=0.0):
        self.rate, self.momentum, self.velocity = rate, momentum, {}

    def step(self, parameters, gradients):
        """Change the parameters in place."""
        for key, g in gradients.items():
            self.velocity[key] = self.momentum * self.velocity.get(key, 0) + g
            parameters[key] -= self.rate * self.velocity[key]


class Adam:
    """Adam: a step whose size does not depend on the gradient's.

    Source: Kingma and Ba, 2014, https://arxiv.org/abs/1412.6980, algorithm 1.

    >>> p = {"p": np.array([1.0])}
    >>> Adam(rate=0.1).step(p, {"p": np.array([2.0])})
    >>> p["p"].round(6)
    array([0.9])
    """

    def __init__(self, rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.rate, self.beta1, self.beta2, self.epsilon = rate, beta1, beta2, epsilon
        self.steps, self.mean, self.square = 0, {}, {}

    def step(self, parameters, gradients):
        """Change the parameters in place."""
        self.steps += 1
        for key, g in gradients.items():
            mean = self.beta1 * self.mean.get(key, 0) + (1 - self.beta1) * g
            square = self.beta2 * self.square.get(key, 0) + (1 - self.beta2) * g * g
            self.mean[key], self.square[key] = mean, square
            mean = mean / (1 - self.beta1**self.steps)  # both began at 0: make up for it
            square = square / (1 - self.beta2**self.steps)
            parameters[key] -= self.rate * mean / (np.sqrt(square) + self.epsilon)


@dataclass
class History:
    """What a training run left: a loss for each step, held-out accuracy for each epoch."""

    losses: list = field(default_factory=list)
    accuracies: list = field(default_factory=list)


def train(network, data, optimizer, epochs=10, batch=32, seed=0, watch=None, progress=True):
    """Train a network to classify images.

    Args:
        network: layers.Network, changed in place.
        data: data.Data.
        optimizer: SGD or Adam.
        epochs: times that every image is shown.
        batch: images in a step.
        seed: of the order of the images.
        watch: function called with the History after each epoch, to draw it.
        progress: show a bar.

    Returns:
        History.

    >>> from dlcourse.conv.data import digits
    >>> from dlcourse.conv.layers import lenet
    >>> history = train(lenet(), digits(), SGD(0.05, momentum=0.9), epochs=3, progress=False)
    >>> history.accuracies[-1] > 0.5
    True
    """
    from tqdm.auto import tqdm

    rng, history = np.random.default_rng(seed), History()
    with tqdm(range(epochs), unit="epoch", disable=not progress, leave=False) as bar:
        for _ in bar:
            order = rng.permutation(len(data.train_x))
            for start in range(0, len(order), batch):
                chosen = order[start : start + batch]
                loss = step(network, data.train_x[chosen], data.train_y[chosen], optimizer)
                history.losses.append(loss)
            history.accuracies.append(accuracy(network, data.test_x, data.test_y))
            bar.set_postfix(loss=history.losses[-1], accuracy=history.accuracies[-1])
            if watch:
                watch(history)
    return history


def step(network, x, labels, optimizer):
    """Show a network one batch: forward, loss, backward, update.

    Args:
        network: layers.Network, changed in place.
        x: images (N, C, H, W).
        labels: int array (N,).
        optimizer: SGD or Adam.

    Returns:
        the loss before the update.

    >>> from dlcourse.conv.layers import lenet
    >>> network, x, y = lenet(), np.ones((2, 1, 8, 8), "float32"), np.array([3, 3])
    >>> step(network, x, y, SGD()) > step(network, x, y, SGD())
    True
    """
    loss, gradient = softmax_cross_entropy(network.forward(x), labels)
    network.backward(gradient)
    optimizer.step(network.parameters, network.gradients)
    return float(loss)


def accuracy(network, x, labels):
    """Count how often the highest score is the right one.

    Args:
        network: layers.Network.
        x: images (N, C, H, W).
        labels: int array (N,).

    Returns:
        a share, 0 to 1.

    >>> from dlcourse.conv.layers import Flatten
    >>> accuracy(Flatten(), np.eye(2).reshape(2, 1, 1, 2), np.array([0, 0]))
    0.5
    """
    return float(np.mean(network.forward(x).argmax(1) == labels))
