"""Time series made by convolution: autoregression, and getting its weights back."""

import numpy as np


def autoregression(weights, noise):
    """Build a series in which each value is a weighted sum of those before it, plus noise.

    Args:
        weights: array (order,): the first is for the value just before.
        noise: array (n,).

    Returns:
        float array (n,): x[t] = sum over j of weights[j] * x[t - 1 - j], + noise[t].

    >>> autoregression([0.5], [1, 0, 0, 0])
    array([1.   , 0.5  , 0.25 , 0.125])
    """
    order = len(weights)
    x = np.zeros(order + len(noise))  # begins with zeros: nothing happened before
    for t, shock in enumerate(noise, start=order):
        x[t] = np.dot(weights, x[t - order : t][::-1]) + shock
    return x[order:]


def fit_autoregression(x, order):
    """Find the weights that best predict each value from those before it.

    Args:
        x: array (n,), n at least twice the order.
        order: how many earlier values to use.

    Returns:
        float array (order,): least-squares weights, the first for the value just before.

    Raises:
        ValueError: if the series is too short to tell.

    >>> fit_autoregression(autoregression([0.5], [1, 0, 0, 0]), order=1).round(9)
    array([0.5])
    """
    x = np.asarray(x, float)
    if len(x) < 2 * order:
        raise ValueError(f"{len(x)} values for order {order}: give at least {2 * order}")
    before = np.lib.stride_tricks.sliding_window_view(x, order)[:-1, ::-1]
    return np.linalg.lstsq(before, x[order:], rcond=None)[0]
