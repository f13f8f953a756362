"""Convolution of batches of many-channel images, and of sequences: one function, many methods.

What deep-learning libraries call convolution: the filters are not flipped.
"""

import numpy as np

from dlcourse.conv.cost import check, fastest
from dlcourse.conv.methods import METHODS
from dlcourse.conv.shape import conv_shape


def conv2d(x, w, stride=1, padding=0, dilation=1, groups=1, method="auto"):
    """Convolve images: out[n, k] is the sum over channels c of x[n, c] filtered by w[k, c].

    Args:
        x: array (N, C, H, W), float32 or float64.
        w: array (K, C / groups, R, S).
        stride: int or pair (rows, columns): steps between windows.
        padding: int or pair: zeros around the image; "same" keeps H and W.
        dilation: int or pair: steps between the pixels that the taps meet.
        groups: split channels and filters into groups that do not see each other.
        method: a name in methods.METHODS, or "auto" for the one that cost.fastest names.

    Returns:
        array (N, K, P, Q).

    Raises:
        ValueError: naming both shapes and the rule they break.

    >>> conv2d(np.eye(3)[None, None], np.ones((1, 1, 2, 2)))
    array([[[[2., 1.],
             [1., 2.]]]])
    >>> conv2d(np.ones((8, 3, 32, 32)), np.ones((16, 3, 5, 5)), stride=2, padding="same")
    Traceback (most recent call last):
        ...
    ValueError: x has shape (8, 3, 32, 32), w has (16, 3, 5, 5): padding="same" needs stride 1, \
here it is (2, 2)
    """
    x, w = floats(x, w)
    shape = conv_shape(x.shape, w.shape, stride, padding, dilation, groups)
    return run(x, w, shape, method)


def conv1d(x, w, stride=1, padding=0, dilation=1, groups=1, method="auto"):
    """Convolve sequences: conv2d of images one pixel high.

    Args:
        x: array (N, C, L), float32 or float64.
        w: array (K, C / groups, S).
        stride: int.
        padding: int or "same".
        dilation: int.
        groups: int.
        method: as in conv2d.

    Returns:
        array (N, K, Q).

    Raises:
        ValueError: naming both shapes and the rule they break.

    >>> conv1d([[[1.0, 2.0, 4.0]]], [[[-1.0, 1.0]]])
    array([[[1., 2.]]])
    """
    x, w = floats(x, w)
    if x.ndim != 3 or w.ndim != 3:
        raise ValueError(
            f"x has shape {x.shape}, w has {w.shape}: give (N, C, L) and (K, C / groups, S)"
        )
    padding = padding if padding == "same" else (0, padding)
    rows = conv2d(x[:, :, None], w[:, :, None], (1, stride), padding, (1, dilation), groups, method)
    return rows[:, :, 0]


def run(x, w, shape, method="auto"):
    """Compute a convolution whose sizes are known.

    Args:
        x: array (N, C, H, W), float32 or float64.
        w: array (K, C / G, R, S) of the same type.
        shape: ConvShape.
        method: a name in METHODS or "auto".

    Returns:
        array (N, K, P, Q).

    >>> x, w = np.eye(3)[None, None], np.ones((1, 1, 3, 3))
    >>> run(x, w, conv_shape(x.shape, w.shape), "taps")
    array([[[[3.]]]])
    """
    if method == "auto":
        method = fastest(shape, x.itemsize)
    check(method, shape)
    x, w = np.ascontiguousarray(x), np.ascontiguousarray(w)
    return METHODS[method].convolve(x, w, shape)


def floats(*values):
    """Bring arrays to one type, float32 if that holds them, else float64.

    Args:
        values: arrays of real numbers.

    Returns:
        list of arrays.

    Raises:
        ValueError: for complex numbers and longer floats.

    >>> [a.dtype.name for a in floats([1, 2], np.ones(2, "float32"))]
    ['float64', 'float64']
    """
    values = [np.asarray(value) for value in values]
    dtype = np.result_type(np.float32, *values)
    if dtype not in (np.float32, np.float64):
        raise ValueError(f"arrays of {[str(v.dtype) for v in values]}: give float32 or float64")
    return [value.astype(dtype, copy=False) for value in values]
