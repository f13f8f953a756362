"""Winograd's algorithm for 3x3 filters: fewer multiplications, bought with additions.

F(m x m, 3 x 3) yields an m x m patch of output from an (m + 2)^2 tile with (m + 2)^2
multiplications, where the definition takes 9 m^2: 2.25 times fewer for m = 2, 4 times for m = 4.
Source: Lavin and Gray, "Fast algorithms for convolutional neural networks", 2015,
https://arxiv.org/abs/1509.09308, sections 4.1 and 4.3: Y = A^T [(G g G^T) * (B^T d B)] A.

Rounding errors grow with the numbers in the transforms: `error_bound` says how far.
"""

import functools
from functools import partial
from types import MappingProxyType

import numpy as np

from dlcourse.conv import tiles

MATRICES = MappingProxyType(  # m: (B^T, G, A^T)
    {
        2: (
            ((1, 0, -1, 0), (0, 1, 1, 0), (0, -1, 1, 0), (0, 1, 0, -1)),
            ((1, 0, 0), (1 / 2, 1 / 2, 1 / 2), (1 / 2, -1 / 2, 1 / 2), (0, 0, 1)),
            ((1, 1, 1, 0), (0, 1, -1, -1)),
        ),
        4: (
            (
                (4, 0, -5, 0, 1, 0),
                (0, -4, -4, 1, 1, 0),
                (0, 4, -4, -1, 1, 0),
                (0, -2, -1, 2, 1, 0),
                (0, 2, -1, -2, 1, 0),
                (0, 4, 0, -5, 0, 1),
            ),
            (
                (1 / 4, 0, 0),
                (-1 / 6, -1 / 6, -1 / 6),
                (-1 / 6, 1 / 6, -1 / 6),
                (1 / 24, 1 / 12, 1 / 6),
                (1 / 24, -1 / 12, 1 / 6),
                (0, 0, 1),
            ),
            ((1, 1, 1, 1, 1, 0), (0, 1, -1, 2, -2, 0), (0, 1, 1, 4, 4, 0), (0, 1, -1, 8, -8, 1)),
        ),
    }
)


@functools.cache
def transform(m, magnitudes=False):
    """Give F(m x m, 3 x 3) as three matrices.

    Transforming rows and then columns is one product with a Kronecker product of matrices:
    vec(B^T d B) = (B^T ⊗ B^T) vec(d).

    Args:
        m: 2 or 4.
        magnitudes: take the matrices' absolute values, for the error bound.

    Returns:
        tiles.Transform.

    >>> transform(4).elements
    36
    """
    tile, filters, patch = (np.kron(a, a) for a in map(np.array, MATRICES[m]))
    if magnitudes:
        tile, filters, patch = abs(tile), abs(filters), abs(patch)

    def of_filters(w, out):  # (K, C, 3, 3) to (t t, K, C)
        np.matmul(filters.astype(w.dtype), w.reshape(-1, 9).T, out=out.reshape(len(out), -1))

    def times(matrix, name, values, workspace):
        values = values.reshape(matrix.shape[1], -1)
        out = workspace.array(name, len(matrix), values.shape[1])
        return np.matmul(matrix.astype(values.dtype), values, out=out)

    return tiles.Transform(
        tile=(m + 2, m + 2),
        step=(m, m),
        elements=len(tile),
        parts=1,
        cost=tuple(2.0 * matrix.size for matrix in (filters, tile, patch)),
        filters=of_filters,
        forward=partial(times, tile, "transformed"),
        backward=partial(times, patch, "patches"),
    )


def convolve(x, w, shape, m):
    """Convolve by tiles transformed with Winograd's matrices.

    Args:
        x: array (N, C, H, W).
        w: array (K, C / G, 3, 3).
        shape: ConvShape.
        m: 2 or 4, side of a patch.

    Returns:
        array (N, K, P, Q).

    >>> from dlcourse.conv.shape import conv_shape
    >>> x, w = np.ones((1, 1, 4, 4)), np.ones((1, 1, 3, 3))
    >>> convolve(x, w, conv_shape(x.shape, w.shape), m=2)
    array([[[[9., 9.],
             [9., 9.]]]])
    """
    return tiles.convolve(x, w, shape, transform(m))


def why_not(shape):
    """Say which rule keeps Winograd's algorithm from a convolution.

    Args:
        shape: ConvShape.

    Returns:
        the rule, or None where the algorithm applies.

    >>> from dlcourse.conv.shape import conv_shape
    >>> why_not(conv_shape((1, 1, 9, 9), (1, 1, 5, 5)))
    'winograd needs 3x3 filters, stride 1 and dilation 1'
    """
    if (shape.R, shape.S, *shape.stride, *shape.dilation) != (3, 3, 1, 1, 1, 1):
        return "winograd needs 3x3 filters, stride 1 and dilation 1"
    return None


def error_bound(x, w, shape, m):
    """Bound the rounding error of each output: the same algorithm, run on magnitudes.

    A sum of n products has a relative error of at most n u / (1 - n u) of the sum of their
    magnitudes, u half the spacing of numbers at 1; along the four sums of the algorithm (over
    9 taps, t^2 pixels, C/G channels, t^2 elements) the n add up.
    Source: Higham, "Accuracy and Stability of Numerical Algorithms", 2002, lemmas 3.1 and 3.3.

    Args:
        x: array (N, C, H, W), float32 or float64.
        w: array (K, C / G, 3, 3).
        shape: ConvShape.
        m: 2 or 4.

    Returns:
        float64 array (N, K, P, Q).

    >>> from dlcourse.conv.shape import conv_shape
    >>> x, w = np.ones((1, 1, 4, 4), "float32"), np.ones((1, 1, 3, 3), "float32")
    >>> float(error_bound(x, w, conv_shape(x.shape, w.shape), m=2).max().round(6))
    0.000175
    """
    magnitude = transform(m, magnitudes=True)
    n = 9 + 2 * magnitude.elements + shape.C // shape.G + 4  # 4: the constants, rounded too
    u = n * np.finfo(x.dtype).eps / 2
    return (
        u / (1 - u) * tiles.convolve(abs(x.astype(float)), abs(w.astype(float)), shape, magnitude)
    )


def work(shape, itemsize=4, *, m):
    """Count the work: three matrix products for the transforms, one for the channels.

    Args:
        shape: ConvShape.
        itemsize: bytes of an element.
        m: 2 or 4.

    Returns:
        Work.

    >>> from dlcourse.conv.shape import conv_shape
    >>> shape = conv_shape((8, 512, 28, 28), (512, 512, 3, 3), padding=1)
    >>> round(shape.flop / work(shape, m=4).flop, 1)
    3.6
    """
    return tiles.work(shape, transform(m), itemsize)
