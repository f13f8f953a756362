"""Convolution by the Fourier transform: one complex product for each frequency of a tile.

The cost hardly grows with the filter: large filters are what it is for. A stride is had by
leaving out results, a dilation by spreading the taps.
"""

import math
from dataclasses import replace

import numpy as np

from dlcourse.conv import tiles

SIDES = sorted({2**i * j for i in range(20) for j in (1, 3)})  # lengths the FFT is quick at


def convolve(x, w, shape):
    """Convolve by tiles transformed with the FFT.

    Args:
        x: array (N, C, H, W).
        w: array (K, C / G, R, S).
        shape: ConvShape.

    Returns:
        array (N, K, P, Q).

    >>> from dlcourse.conv.shape import conv_shape
    >>> x, w = np.eye(3)[None, None], np.ones((1, 1, 2, 2))
    >>> convolve(x, w, conv_shape(x.shape, w.shape)).round(9)
    array([[[[2., 1.],
             [1., 2.]]]])
    """
    (sh, sw), (dh, dw) = shape.stride, shape.dilation
    dense = without_steps(shape)
    taps = np.zeros((*w.shape[:2], dense.R, dense.S), w.dtype)
    taps[:, :, ::dh, ::dw] = w
    out = tiles.convolve(x, taps, dense, transform(dense))
    return np.ascontiguousarray(out[:, :, ::sh, ::sw])


def without_steps(shape):
    """Describe the convolution of stride and dilation 1 whose output holds the wanted one.

    Args:
        shape: ConvShape.

    Returns:
        ConvShape.

    >>> from dlcourse.conv.shape import conv_shape
    >>> dense = without_steps(conv_shape((1, 1, 9, 9), (1, 1, 3, 3), stride=2, dilation=2))
    >>> dense.P, dense.R
    (5, 5)
    """
    (sh, sw), (dh, dw) = shape.stride, shape.dilation
    R, S = (shape.R - 1) * dh + 1, (shape.S - 1) * dw + 1
    P, Q = (shape.P - 1) * sh + 1, (shape.Q - 1) * sw + 1
    return replace(shape, R=R, S=S, P=P, Q=Q, stride=(1, 1), dilation=(1, 1))


def transform(shape):
    """Give the FFT of the tile size that takes least arithmetic.

    Args:
        shape: ConvShape of stride and dilation 1.

    Returns:
        tiles.Transform.

    >>> from dlcourse.conv.shape import conv_shape
    >>> transform(conv_shape((1, 64, 99, 99), (64, 64, 9, 9))).tile
    (32, 32)
    """
    (th, mh), (tw, mw) = _tile(shape.R, shape.P), _tile(shape.S, shape.Q)
    elements, numbers = th * (tw // 2 + 1), th * tw

    def of_filters(w, out):  # the conjugate makes it correlation: the filter is not flipped
        spectra = np.fft.rfft2(w, (th, tw)).conj()  # (K, C, th, tw // 2 + 1)
        out[...] = np.moveaxis(spectra.reshape(*w.shape[:2], elements), 2, 0)

    def forward(values, _):
        return np.fft.rfft2(values, axes=(0, 1)).reshape(elements, -1)

    def backward(values, _):
        values = values.reshape(th, tw // 2 + 1, -1)
        return np.fft.irfft2(values, (th, tw), axes=(0, 1))[:mh, :mw]

    return tiles.Transform(
        (th, tw), (mh, mw), elements, 2, (numbers,) * 3, of_filters, forward, backward
    )


def work(shape, itemsize=4):
    """Count the work.

    Args:
        shape: ConvShape.
        itemsize: bytes of an element.

    Returns:
        Work.

    >>> from dlcourse.conv.shape import conv_shape
    >>> shape = conv_shape((8, 64, 99, 99), (64, 64, 11, 11), padding=5)
    >>> round(shape.flop / work(shape).flop, 1)
    35.1
    """
    dense = without_steps(shape)
    return tiles.work(dense, transform(dense), itemsize)


def _tile(taps, places):
    """The length of tile that costs least arithmetic for each output, and its step."""
    fitting = [t for t in SIDES if t >= taps]
    whole = next(t for t in fitting if t >= places + taps - 1)
    t = min(
        fitting[: fitting.index(whole) + 1],
        key=lambda t: t * math.log2(2 * t) * -(-places // (t - taps + 1)),
    )
    return t, t - taps + 1
