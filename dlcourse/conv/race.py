"""All methods on the same convolution: how long each should take, and how long each takes."""

import numpy as np

from dlcourse.conv.convolution import run
from dlcourse.conv.cost import REFERENCE, estimate
from dlcourse.conv.methods import METHODS
from dlcourse.timing import best_seconds

LIMIT = 0.2  # seconds: methods expected to take longer are not measured, except the fastest


def predicted_seconds(shape, machine=REFERENCE):
    """Predict the time of every method, in float32.

    Args:
        shape: ConvShape.
        machine: cost.Machine.

    Returns:
        dict method -> seconds, or None where the method does not apply.

    >>> from dlcourse.conv.shape import conv_shape
    >>> times = predicted_seconds(conv_shape((8, 16, 32, 32), (16, 16, 5, 5), padding="same"))
    >>> times["fft"] < times["direct"], times["winograd4"]
    (True, None)
    """
    return {
        name: None if method.why_not(shape) else estimate(name, shape, machine).seconds
        for name, method in METHODS.items()
    }


def affordable(predicted, limit=LIMIT):
    """Choose the methods worth measuring: the fastest, and all others within a limit.

    Args:
        predicted: as `predicted_seconds` returns it.
        limit: seconds.

    Returns:
        list of methods, the fastest first.

    >>> affordable({"a": 3.0, "b": 0.2, "c": 0.1, "d": None}, limit=1)
    ['c', 'b']
    >>> affordable({"a": 3.0, "b": 2.0}, limit=1)
    ['b']
    """
    known = sorted((name for name in predicted if predicted[name]), key=predicted.get)
    return known[:1] + [name for name in known[1:] if predicted[name] <= limit]


def measured_seconds(shape, method):
    """Measure a method on random numbers, in float32: the best of three runs, or more in 0.1 s.

    Args:
        shape: ConvShape.
        method: a name in METHODS that applies.

    Returns:
        seconds.

    >>> from dlcourse.conv.shape import conv_shape
    >>> measured_seconds(conv_shape((1, 1, 8, 8), (1, 1, 3, 3)), "im2col") < 1
    True
    """
    rng = np.random.default_rng(0)
    x = rng.random((shape.N, shape.C, shape.H, shape.W), np.float32)
    w = rng.random((shape.K, shape.C // shape.G, shape.R, shape.S), np.float32)
    return best_seconds(lambda: run(x, w, shape, method), budget=0.1, least=3)
