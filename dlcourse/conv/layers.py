"""The layers of a small convolutional network, each with its backward pass written out.

A layer keeps what its backward pass needs from its last forward pass. `backward` takes the
gradient of the loss by the layer's output, notes the gradients of its parameters, and returns
the gradient by its input.
"""

import numpy as np

from dlcourse.conv.convolution import conv2d
from dlcourse.conv.gradients import conv2d_input_gradient, conv2d_weight_gradient
from dlcourse.conv.image import output_size


class Layer:
    """A layer without parameters; Conv2d and Linear have a weight and a bias.

    Attributes:
        parameters: name to array; an optimizer changes them in place.
        gradients: name to array, after a backward pass.
    """

    def __init__(self):
        self.parameters, self.gradients = {}, {}


class Conv2d(Layer):
    """Convolution with a bias for each filter: (N, C, H, W) to (N, K, P, Q).

    >>> Conv2d(1, 6, 3, padding=1).forward(np.zeros((2, 1, 8, 8), "float32")).shape
    (2, 6, 8, 8)
    """

    def __init__(self, channels, filters, size, stride=1, padding=0, rng=0):
        super().__init__()
        self.options = {"stride": stride, "padding": padding}
        self.parameters = _uniform((filters, channels, size, size), rng)

    def forward(self, x):
        self.x = x
        out = conv2d(x, self.parameters["weight"], **self.options)
        out += self.parameters["bias"][:, None, None]
        return out

    def backward(self, dy):
        weight = self.parameters["weight"]
        self.gradients = {
            "weight": conv2d_weight_gradient(dy, self.x, weight.shape, **self.options),
            "bias": dy.sum((0, 2, 3)),
        }
        return conv2d_input_gradient(dy, weight, self.x.shape, **self.options)


class Linear(Layer):
    """Matrix product and bias: (N, inputs) to (N, outputs).

    >>> Linear(4, 2).forward(np.zeros((3, 4), "float32")).shape
    (3, 2)
    """

    def __init__(self, inputs, outputs, rng=0):
        super().__init__()
        self.parameters = _uniform((outputs, inputs), rng)

    def forward(self, x):
        self.x = x
        return x @ self.parameters["weight"].T + self.parameters["bias"]

    def backward(self, dy):
        self.gradients = {"weight": dy.T @ self.x, "bias": dy.sum(0)}
        return dy @ self.parameters["weight"]


class ReLU(Layer):
    """Cut off what is negative.

    >>> ReLU().forward(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    def forward(self, x):
        self.positive = x > 0
        return np.maximum(x, 0)

    def backward(self, dy):
        return dy * self.positive


class Flatten(Layer):
    """Lay out each image as one row: (N, C, H, W) to (N, C H W).

    >>> Flatten().forward(np.zeros((5, 3, 2, 2))).shape
    (5, 12)
    """

    def forward(self, x):
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dy):
        return dy.reshape(self.shape)


class MaxPool(Layer):
    """Keep the largest pixel of each window; its gradient goes to that pixel, the first of equals.

    >>> MaxPool(2).forward(np.arange(16.0).reshape(1, 1, 4, 4))
    array([[[[ 5.,  7.],
             [13., 15.]]]])
    """

    def __init__(self, size, stride=None):
        super().__init__()
        self.size, self.stride = size, stride or size

    def forward(self, x):
        self.shape = x.shape
        pixels = np.stack([x[place] for place in self._places(x.shape)])  # (R S, N, C, P, Q)
        self.winner = pixels.argmax(0)
        return pixels.max(0)

    def backward(self, dy):
        dx = np.zeros(self.shape, dy.dtype)
        for i, place in enumerate(self._places(self.shape)):
            dx[place] += dy * (self.winner == i)
        return dx

    def _places(self, shape):
        """For each tap of the window, where it stands in all windows."""
        P, Q = (output_size(n, self.size, self.stride) for n in shape[2:])
        for r, s in np.ndindex(self.size, self.size):
            rows = slice(r, r + (P - 1) * self.stride + 1, self.stride)
            yield ..., rows, slice(s, s + (Q - 1) * self.stride + 1, self.stride)


class AvgPool(MaxPool):
    """Average each window; all its pixels share the gradient.

    >>> AvgPool(2).forward(np.arange(16.0).reshape(1, 1, 4, 4))
    array([[[[ 2.5,  4.5],
             [10.5, 12.5]]]])
    """

    def forward(self, x):
        self.shape = x.shape
        return sum(x[place] for place in self._places(x.shape)) / self.size**2

    def backward(self, dy):
        dx = np.zeros(self.shape, dy.dtype)
        for place in self._places(self.shape):
            dx[place] += dy / self.size**2
        return dx


class Network(Layer):
    """Layers one after the other.

    >>> network = Network(Flatten(), Linear(4, 2))
    >>> network.forward(np.zeros((3, 1, 2, 2), "float32")).shape
    (3, 2)
    """

    def __init__(self, *layers):
        self.layers = layers

    @property
    def parameters(self):
        """All parameters, under (index of the layer, name)."""
        return {
            (i, k): v for i, layer in enumerate(self.layers) for k, v in layer.parameters.items()
        }

    @property
    def gradients(self):
        """Their gradients, under the same keys."""
        return {
            (i, k): v for i, layer in enumerate(self.layers) for k, v in layer.gradients.items()
        }

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dy):
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy


def softmax_cross_entropy(scores, labels):
    """Measure how little probability the scores give to the right classes.

    Args:
        scores: array (N, classes).
        labels: int array (N,).

    Returns:
        loss: mean of -log softmax(scores)[label]; its gradient by the scores, (N, classes).

    >>> loss, gradient = softmax_cross_entropy(np.zeros((1, 2)), np.array([0]))
    >>> round(float(loss), 4), gradient
    (0.6931, array([[-0.5,  0.5]]))
    """
    shifted = scores - scores.max(1, keepdims=True)  # exp() of the largest is 1: no overflow
    log_probability = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    right = np.arange(len(labels)), labels
    gradient = np.exp(log_probability)
    gradient[right] -= 1
    return -log_probability[right].mean(), gradient / len(labels)


def lenet(shape=(1, 8, 8), classes=10, filters=(16, 32), hidden=64, seed=0):
    """Build a small network in the manner of LeNet: convolutions, a pool, then two products.

    LeNet pools after each convolution; images as small as the digits have no pixels to spare.

    Args:
        shape: (C, H, W) of an image.
        classes: number of scores it gives.
        filters: of the first and the second convolution.
        hidden: outputs of the first product.
        seed: of the initial parameters.

    Returns:
        Network.

    Source: LeCun et al., "Gradient-based learning applied to document recognition", 1998.

    >>> sum(p.size for p in lenet().parameters.values())
    38282
    """
    rng = np.random.default_rng(seed)
    C, H, W = shape
    return Network(
        Conv2d(C, filters[0], 3, padding=1, rng=rng),
        ReLU(),
        Conv2d(filters[0], filters[1], 3, padding=1, rng=rng),
        ReLU(),
        MaxPool(2),
        Flatten(),
        Linear(filters[1] * (H // 2) * (W // 2), hidden, rng=rng),
        ReLU(),
        Linear(hidden, classes, rng=rng),
    )


def _uniform(shape, rng):
    """Draw as torch.nn does: uniform within 1 / sqrt(inputs of a neuron), float32."""
    rng = np.random.default_rng(rng)
    most = np.prod(shape[1:]) ** -0.5
    draw = lambda shape: rng.uniform(-most, most, shape).astype(np.float32)  # noqa: E731
    return {"weight": draw(shape), "bias": draw(shape[:1])}
