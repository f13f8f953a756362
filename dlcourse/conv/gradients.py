"""Gradients of a convolution: by its input, a convolution again; by its weights, a product.

dy is the gradient of a loss with respect to the output: one number for each output pixel.
"""

import numpy as np

from dlcourse.conv.blocks import share
from dlcourse.conv.convolution import floats, run
from dlcourse.conv.im2col import column_blocks, column_tasks
from dlcourse.conv.shape import ConvShape, conv_shape
from dlcourse.conv.taps import meeting


def conv2d_input_gradient(dy, w, x_shape, stride=1, padding=0, dilation=1, groups=1, method="auto"):
    """Take the gradient with respect to x: each pixel collects from the outputs it went into.

    That is a convolution of dy with the filters turned by half a turn, filters and channels
    having changed places. After a stride there would be zeros between dy's pixels: then the
    outputs hand back what is due, tap by tap.

    Args:
        dy: array (N, K, P, Q).
        w: array (K, C / groups, R, S).
        x_shape: (N, C, H, W).
        stride: as in conv2d; so are padding, dilation and groups.
        padding: int, pair or "same".
        dilation: int or pair.
        groups: int.
        method: how to compute that convolution, where the stride is 1.

    Returns:
        array (N, C, H, W).

    Raises:
        ValueError: naming the shapes and the rule they break.

    >>> conv2d_input_gradient(np.ones((1, 1, 2, 2)), np.ones((1, 1, 2, 2)), (1, 1, 3, 3))
    array([[[[1., 2., 1.],
             [2., 4., 2.],
             [1., 2., 1.]]]])
    """
    dy, w = floats(dy, w)
    shape = conv_shape(x_shape, w.shape, stride, padding, dilation, groups)
    _check_output(dy, shape)
    if shape.stride != (1, 1):
        return _hand_back(dy, w, shape)
    turned = w[:, :, ::-1, ::-1].reshape(shape.G, -1, *w.shape[1:])  # (G, K/G, C/G, R, S)
    turned = turned.swapaxes(1, 2).reshape(shape.C, -1, shape.R, shape.S)  # (C, K/G, R, S)
    backwards = ConvShape(
        *dy.shape,
        *(shape.C, shape.R, shape.S),
        *(shape.H, shape.W),
        G=shape.G,
        dilation=shape.dilation,
        top=shape.dilation[0] * (shape.R - 1) - shape.top,
        left=shape.dilation[1] * (shape.S - 1) - shape.left,
    )
    return run(dy, turned, backwards, method)


def _hand_back(dy, w, shape):
    """Add each tap's share of dy to the pixels that the tap has met."""
    dx = np.zeros((shape.N, shape.G, shape.C // shape.G, shape.H, shape.W), dy.dtype)
    dy = dy.reshape(shape.N, shape.G, shape.K // shape.G, shape.P, shape.Q)
    taps = w.reshape(shape.G, -1, *w.shape[1:]).transpose(3, 4, 0, 2, 1)  # (R, S, G, C/G, K/G)
    taps = np.ascontiguousarray(taps)

    def worker(images):
        for n in images:
            for r, s in np.ndindex(shape.R, shape.S):
                p, h = meeting(shape, 0, r, slice(0, shape.P))
                q, v = meeting(shape, 1, s, slice(0, shape.Q))
                met = dy[n, :, :, p, q]
                product = taps[r, s] @ met.reshape(*met.shape[:2], -1)  # (G, C/G, p q)
                dx[n, :, :, h, v] += product.reshape(*dx.shape[1:3], *met.shape[2:])

    share(worker, range(shape.N), shape.flop)
    return dx.reshape(shape.N, shape.C, shape.H, shape.W)


def conv2d_weight_gradient(dy, x, w_shape, stride=1, padding=0, dilation=1, groups=1):
    """Take the gradient with respect to w: each tap collects the pixels it has met, times dy.

    As a product: dy (K, N P Q) times the columns of im2col, transposed (N P Q, C R S).

    Args:
        dy: array (N, K, P, Q).
        x: array (N, C, H, W).
        w_shape: (K, C / groups, R, S).
        stride: as in conv2d; so are padding, dilation and groups.
        padding: int, pair or "same".
        dilation: int or pair.
        groups: int.

    Returns:
        array (K, C / groups, R, S).

    Raises:
        ValueError: naming the shapes and the rule they break.

    >>> conv2d_weight_gradient(np.ones((1, 1, 2, 2)), np.eye(3)[None, None], (1, 1, 2, 2))
    array([[[[2., 1.],
             [1., 2.]]]])
    """
    dy, x = map(np.ascontiguousarray, floats(dy, x))
    shape = conv_shape(x.shape, w_shape, stride, padding, dilation, groups)
    _check_output(dy, shape)

    def worker(tasks):
        dw = np.zeros((shape.G, shape.K // shape.G, np.prod(w_shape[1:])), x.dtype)
        for (n, p), columns in column_blocks(x, shape, tasks):
            rows = dy[n, :, p].swapaxes(0, 1).reshape(*dw.shape[:2], -1)  # (G, K/G, n p Q)
            dw += rows @ columns.swapaxes(1, 2)
        return dw

    return sum(share(worker, column_tasks(shape, x.itemsize), shape.flop)).reshape(w_shape)


def _check_output(dy, shape):
    if dy.shape != shape.out:
        raise ValueError(f"dy has shape {dy.shape}: this convolution has outputs {shape.out}")
