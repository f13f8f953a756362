"""Convolution as it is defined: the reference that every other method is compared with."""

import numpy as np

from dlcourse.conv.blocks import Workspace, cut
from dlcourse.conv.shape import Work


def convolve(x, w, shape):
    """Compute every output pixel by itself: window times filter, summed.

    Args:
        x: array (N, C, H, W).
        w: array (K, C / G, R, S).
        shape: ConvShape.

    Returns:
        array (N, K, P, Q).

    >>> from dlcourse.conv.shape import conv_shape
    >>> x, w = np.eye(3)[None, None], np.ones((1, 1, 2, 2))
    >>> convolve(x, w, conv_shape(x.shape, w.shape))
    array([[[[2., 1.],
             [1., 2.]]]])
    """
    (sh, sw), (dh, dw) = shape.stride, shape.dilation
    high, wide = dh * (shape.R - 1) + 1, dw * (shape.S - 1) + 1
    height, width = sh * (shape.P - 1) + high, sw * (shape.Q - 1) + wide
    x = cut(x, -shape.top, -shape.left, height, width, Workspace(x.dtype))
    group = np.arange(shape.C).reshape(shape.G, -1).repeat(shape.K // shape.G, 0)  # (K, C / G)
    out = np.empty(shape.out, x.dtype)
    for n, k, p, q in np.ndindex(out.shape):
        h, v = p * sh, q * sw
        window = x[n, group[k], h : h + high : dh, v : v + wide : dw]  # (C / G, R, S)
        out[n, k, p, q] = np.sum(window * w[k])
    return out


def work(shape, itemsize=4):
    """Count the work: each window is read, multiplied and summed by calls of its own.

    Args:
        shape: ConvShape.
        itemsize: bytes of an element.

    Returns:
        Work.

    >>> from dlcourse.conv.shape import conv_shape
    >>> work(conv_shape((1, 1, 3, 3), (1, 1, 2, 2))).flop
    32
    """
    pixels = shape.N * shape.K * shape.P * shape.Q
    taps = shape.C // shape.G * shape.R * shape.S
    frame = shape.N * shape.C * shape.P * shape.Q * shape.stride[0] * shape.stride[1]
    return Work(shape.flop, 4 * pixels * taps * itemsize, frame * itemsize, 4 * pixels)
