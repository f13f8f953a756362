"""Layers, optimizers and training against central differences and against torch."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from dlcourse.conv.data import digits
from dlcourse.conv.layers import (
    AvgPool,
    Conv2d,
    Flatten,
    Linear,
    MaxPool,
    Network,
    ReLU,
    lenet,
    softmax_cross_entropy,
)
from dlcourse.conv.train import SGD, Adam, step, train

RNG = np.random.default_rng(0)
LAYERS = {
    "conv": (Conv2d(2, 3, 3, stride=2, padding=1), (2, 2, 5, 6)),
    "linear": (Linear(4, 3), (2, 4)),
    "relu": (ReLU(), (2, 3, 4, 4)),
    "flatten": (Flatten(), (2, 3, 2, 2)),
    "max": (MaxPool(2), (2, 3, 5, 4)),
    "overlapping max": (MaxPool(3, stride=2), (1, 2, 7, 7)),
    "average": (AvgPool(3, stride=2), (1, 2, 7, 6)),
    "network": (
        Network(Conv2d(1, 2, 3), ReLU(), MaxPool(2), Flatten(), Linear(8, 3)),
        (2, 1, 6, 6),
    ),
}


def to_double(layer):
    """Differences of float32 are too coarse."""
    for part in getattr(layer, "layers", [layer]):
        part.parameters = {k: v.astype(float) for k, v in part.parameters.items()}


def central_differences(f, x, h=1e-6):
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + h
        above = f()
        x[i] = kept - h
        gradient[i] = (above - f()) / (2 * h)
        x[i] = kept
    return gradient


@pytest.mark.parametrize("name", LAYERS)
def test_backward_agrees_with_central_differences(name):
    layer, shape = LAYERS[name]
    to_double(layer)
    x = RNG.standard_normal(shape)
    dy = RNG.standard_normal(layer.forward(x).shape)
    loss = lambda: np.sum(layer.forward(x) * dy)  # noqa: E731
    layer.forward(x)
    np.testing.assert_allclose(layer.backward(dy), central_differences(loss, x), atol=1e-7)
    for key, parameter in layer.parameters.items():
        expected = central_differences(loss, parameter)
        np.testing.assert_allclose(layer.gradients[key], expected, atol=1e-7, err_msg=str(key))


@given(st.integers(1, 3), st.integers(1, 4), st.integers(0, 5), st.booleans())
@settings(max_examples=30)
def test_pooling_equals_torch_also_among_equals(size, stride, more, of_max):
    x = np.random.default_rng(more).integers(0, 3, (2, 2, size + more, size + 1)).astype(float)
    ours, theirs = (MaxPool, nn.MaxPool2d) if of_max else (AvgPool, nn.AvgPool2d)
    layer, tx = ours(size, stride), torch.from_numpy(x).requires_grad_()
    out = theirs(size, stride)(tx)
    np.testing.assert_allclose(layer.forward(x), out.detach().numpy())
    dy = np.random.default_rng(1).standard_normal(out.shape)
    out.backward(torch.from_numpy(dy))
    np.testing.assert_allclose(layer.backward(dy), tx.grad.numpy())


@given(st.integers(1, 5), st.integers(1, 6), st.integers(0, 99), st.sampled_from([1, 1000]))
def test_cross_entropy_equals_torch_even_for_large_scores(n, classes, seed, scale):
    rng = np.random.default_rng(seed)
    scores, labels = scale * rng.standard_normal((n, classes)), rng.integers(0, classes, n)
    tensor = torch.from_numpy(scores).requires_grad_()
    expected = nn.functional.cross_entropy(tensor, torch.from_numpy(labels))
    expected.backward()
    loss, gradient = softmax_cross_entropy(scores, labels)
    np.testing.assert_allclose(loss, expected.item(), atol=1e-12)
    np.testing.assert_allclose(gradient, tensor.grad.numpy(), atol=1e-12)


def torchs_twin(network):
    """The same network in torch, with the same parameters."""
    kinds = {
        Conv2d: lambda a: nn.Conv2d(a.shape[1], a.shape[0], 3, padding=1),
        Linear: lambda a: nn.Linear(a.shape[1], a.shape[0]),
    }
    twin = nn.Sequential()
    for layer in network.layers:
        if type(layer) in kinds:
            twin.append(kinds[type(layer)](layer.parameters["weight"]))
            with torch.no_grad():
                for name, value in layer.parameters.items():
                    getattr(twin[-1], name).copy_(torch.from_numpy(value))
        else:
            twin.append(
                {ReLU: nn.ReLU, Flatten: nn.Flatten}.get(type(layer), lambda: nn.MaxPool2d(2))()
            )
    return twin


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (SGD(0.05, momentum=0.9), lambda p: torch.optim.SGD(p, 0.05, momentum=0.9)),
        (Adam(1e-3), lambda p: torch.optim.Adam(p, 1e-3)),
    ],
)
def test_first_50_losses_are_torchs(ours, theirs):
    data, network = digits(), lenet()
    twin = torchs_twin(network)
    optimizer = theirs(twin.parameters())
    for i in range(50):
        batch = np.arange(32 * i, 32 * i + 32) % len(data.train_x)
        x, labels = data.train_x[batch], data.train_y[batch]
        loss = nn.functional.cross_entropy(twin(torch.from_numpy(x)), torch.from_numpy(labels))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        assert step(network, x, labels, ours) == pytest.approx(loss.item(), abs=1e-5), f"step {i}"


def test_98_percent_of_held_out_digits_are_recognised():
    seen = []
    optimizer = SGD(0.05, momentum=0.9)
    history = train(lenet(), digits(), optimizer, epochs=10, watch=seen.append, progress=False)
    assert history.accuracies[-1] >= 0.98
    assert len(seen) == len(history.accuracies) == 10
    assert len(history.losses) == 10 * 45
