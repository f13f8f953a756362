"""Behind exercise sheet 02: the plainest second method for each task, inputs, likely slips.

It stands here and not in the notebook so that a check gives nothing away. Letters are those of
the lesson: x (N, C, H, W), w (K, C, R, S), output (N, K, P, Q).
"""

from functools import partial
from math import ceil, log2
from types import MappingProxyType

import numpy as np

from dlcourse.conv.convolution import conv2d
from dlcourse.conv.gradients import conv2d_input_gradient, conv2d_weight_gradient
from dlcourse.conv.image import patches
from dlcourse.conv.layers import MaxPool
from dlcourse.conv.shape import conv_shape


def layer_size(x_shape, w_shape, stride=1, padding=0):
    """Take the sizes of a layer from the library.

    Args:
        x_shape: (N, C, H, W).
        w_shape: (K, C, R, S).
        stride: int.
        padding: int.

    Returns:
        (N, K, P, Q, parameters, flop), biases included.

    >>> layer_size((1, 1, 3, 4), (2, 1, 2, 2))
    (1, 2, 2, 3, 10, 96)
    """
    shape = conv_shape(x_shape, w_shape, stride, padding)
    return *shape.out, np.empty(w_shape).size + shape.K, shape.flop


def pixel_behind(row, column, x_shape, size, stride=1, padding=0):
    """Number the pixels of a padded image, lay out its windows, and look the number up.

    Args:
        row: in the matrix (C R S, P Q).
        column: in the matrix.
        x_shape: (C, H, W).
        size: (R, S).
        stride: int.
        padding: int.

    Returns:
        (c, h, w); h and w are outside the image where the padding is.

    >>> pixel_behind(3, 1, (1, 3, 3), (2, 2), padding=1)
    (0, 0, 1)
    """
    C, H, W = x_shape
    padded = (C, H + 2 * padding, W + 2 * padding)
    numbered = np.arange(np.prod(padded)).reshape(padded)
    matrix = np.vstack([patches(x, size, stride).reshape(-1, np.prod(size)).T for x in numbered])
    c, h, w = map(int, np.unravel_index(matrix[row, column], padded))
    return c, h - padding, w - padding


def costs(x_shape, w_shape, flop_per_s, bytes_per_s):
    """Price four methods by the formulas of the exercise; see cost.estimates for the real ones.

    Args:
        x_shape: (N, C, H, W).
        w_shape: (K, C, R, S).
        flop_per_s: speed of arithmetic.
        bytes_per_s: speed of memory.

    Returns:
        dict of seconds, by method.

    >>> costs((1, 2, 4, 4), (1, 2, 3, 3), flop_per_s=16, bytes_per_s=64)
    {'im2col': 18.0, 'taps': 18.0, 'fft': 54.0, 'winograd': 17.5}
    """
    shape = conv_shape(x_shape, w_shape)
    pixels, taps = shape.N * shape.P * shape.Q, shape.C * shape.R * shape.S
    maps, pairs = shape.N * (shape.C + shape.K), shape.C * shape.K
    frequencies, area = shape.H * (shape.W // 2 + 1), shape.H * shape.W
    spectra = 8 * frequencies * shape.N * pairs + 2.5 * area * log2(area) * maps
    work = {
        "im2col": (shape.flop, 8 * pixels * taps),
        "taps": (shape.flop, 16 * pixels * shape.K * shape.R * shape.S),
        "fft": (spectra, 8 * frequencies * (2 * maps + pairs)),
    }
    if (shape.R, shape.S) == (3, 3):
        tiles = shape.N * ceil(shape.P / 2) * ceil(shape.Q / 2)
        flop = tiles * (32 * pairs + 32 * shape.C + 24 * shape.K)
        work["winograd"] = flop, 64 * (2 * tiles * (shape.C + shape.K) + pairs)
    return {name: flop / flop_per_s + size / bytes_per_s for name, (flop, size) in work.items()}


def fastest(x_shape, w_shape, flop_per_s, bytes_per_s):
    """Name the method that costs least.

    >>> fastest((1, 2, 4, 4), (1, 2, 3, 3), flop_per_s=16, bytes_per_s=64)
    'winograd'
    """
    seconds = costs(x_shape, w_shape, flop_per_s, bytes_per_s)
    return min(seconds, key=seconds.get)


def pool_backward(dy, x, size, stride):
    """Send the gradient of max pooling back through the library's layer.

    Args:
        dy: array (P, Q).
        x: array (H, W).
        size: int, rows and columns of a window.
        stride: int.

    Returns:
        array (H, W).

    >>> pool_backward(np.array([[5, 7]]), np.array([[1, 4, 2]]), size=1, stride=2)
    array([[5, 0, 7]])
    """
    layer = MaxPool(size, stride)
    layer.forward(x[None, None])
    return layer.backward(dy[None, None])[0, 0]


def transform_filter(w):
    """Find the four factors that make F(2, 3) right, by solving for them.

    A pulse at pixel i makes the outputs [w[i], w[i - 1]], so each pulse gives two equations.

    Args:
        w: array (3,).

    Returns:
        array (4,).

    >>> transform_filter(np.array([1, 2, 3])).round(9)
    array([1., 3., 1., 3.])
    """
    tile = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])
    outputs = np.array([[1, 1, 1, 0], [0, 1, -1, -1]])
    equations = np.vstack([outputs * column for column in tile.T])  # pulse at 0, 1, 2, 3
    results = np.column_stack([np.append(w, 0), np.append(0, w)]).ravel()
    return np.linalg.lstsq(equations, results, rcond=None)[0]


def _pool(dy, x, size, stride, winner=slice(1), keep=1):
    """Pool backward by hand, with one thing that can be wrong."""
    dx = np.zeros(x.shape)
    for p, q in np.ndindex(dy.shape):
        window = patches(x, (size, size), stride)[p, q]
        for r, s in np.argwhere(window == window.max())[winner]:
            h, w = p * stride + r, q * stride + s
            dx[h, w] = keep * dx[h, w] + dy[p, q]
    return dx


SLIPS = MappingProxyType(
    {
        "layer_size": {
            "the biases are not counted": lambda x_shape, w_shape, *how: np.subtract(
                layer_size(x_shape, w_shape, *how), (0, 0, 0, 0, w_shape[0], 0)
            ),
            "a product and its addition count as one": lambda *given: np.divide(
                layer_size(*given), (1, 1, 1, 1, 1, 2)
            ),
        },
        "pixel_behind": {
            "the padding is not taken off again": lambda *given: np.add(
                pixel_behind(*given), (0, given[-1], given[-1])
            ),
            "h and w have changed places": lambda *given: np.array(pixel_behind(*given))[[0, 2, 1]],
        },
        "convolve_by_columns": {
            "the filters are turned by half a turn": lambda x, w, *how: conv2d(
                x, w[..., ::-1, ::-1], *how
            ),
            "the stride is ignored": lambda x, w, stride, padding: conv2d(x, w, 1, padding),
            "(K, N P Q) is reshaped to (N, K, P, Q) and no axis moved": lambda *given: np.swapaxes(
                y := conv2d(*given), 0, 1
            ).reshape(y.shape),
        },
        "pool_backward": {
            "every pixel that equals the maximum gets the gradient": partial(
                _pool, winner=slice(None)
            ),
            "the last of equal pixels gets the gradient": partial(_pool, winner=slice(-1, None)),
            "a pixel that wins again keeps the last gradient only": partial(_pool, keep=0),
        },
        "weight_gradient": {
            "the sum over the images is divided by N": lambda dy, *given: (
                conv2d_weight_gradient(dy, *given) / len(dy)
            ),
            "the taps are turned by half a turn": lambda *given: conv2d_weight_gradient(*given)[
                ..., ::-1, ::-1
            ],
        },
        "input_gradient": {
            "the filters are turned by half a turn first": lambda dy, w, *given: (
                conv2d_input_gradient(dy, w[..., ::-1, ::-1], *given)
            ),
        },
        "transform_filter": {
            "the halves are missing": lambda w: transform_filter(w) * [1, 2, 2, 1],
        },
        "winograd_row": {"the filter is flipped": lambda x, w: np.convolve(x, w, "valid")},
    }
)
