"""Convolution tap by tap: one product of a (K, C) matrix with the image for each of R S taps.

Nothing is laid out anew. At stride 1 a tap's rows are multiplied where they lie, and the
product is added to the output, shifted by the tap's place. The memory it needs, for a block's
product and a tap of a block of filters, it keeps below the size of the output.
"""

import numpy as np

from dlcourse.conv.blocks import Workspace, blocks, share, threads
from dlcourse.conv.shape import Work

BLOCK = 2**19  # bytes of a product: it is written and added at once, from a core's cache
FILTERS = 64  # filters of each group in a block
PIXELS = 2048  # pixels in a block of whole images, so that a tap is used often


def convolve(x, w, shape):
    """Add up the products of the taps.

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
    out = np.zeros(shape.out, x.dtype)
    filters = w.reshape(shape.G, shape.K // shape.G, -1, shape.R, shape.S)
    outputs = out.reshape(shape.N, *filters.shape[:2], shape.P, shape.Q)  # (N, G, K/G, P, Q)

    def worker(tasks):
        workspace = Workspace(x.dtype)
        for n, p, k in tasks:
            for place in np.ndindex(shape.R, shape.S):
                tap = workspace.copy("tap", filters[:, k, :, *place])  # (G, k, C/G)
                for image, sums in zip(x[n], outputs[n, :, k], strict=True):
                    _add_tap(sums, image, tap, place, p, shape, workspace)

    share(worker, _tasks(shape, x.itemsize), shape.flop)
    return out


def _add_tap(sums, image, tap, place, p, shape, workspace):
    """Add a tap's products to the rows p of sums (G, k, P, Q), for one image (C, H, W)."""
    rows, h = meeting(shape, 0, place[0], p)
    columns, v = meeting(shape, 1, place[1], slice(0, shape.Q))
    if shape.stride == (1, 1):
        pixels, kept = image[:, h], v  # whole rows: these lie in one piece
    else:
        pixels, kept = image[:, h, v], slice(None)
    matrix = pixels.reshape(shape.G, shape.C // shape.G, -1)
    product = workspace.array("product", *tap.shape[:2], matrix.shape[2])
    np.matmul(tap, matrix, out=product)
    sums[:, :, rows, columns] += product.reshape(*tap.shape[:2], *pixels.shape[1:])[..., kept]


def meeting(shape, axis, tap, places):
    """Find the outputs that a tap reaches from inside the image, and what it meets there.

    Args:
        shape: ConvShape.
        axis: 0 for rows, 1 for columns.
        tap: r or s.
        places: outputs to look at, a slice.

    Returns:
        slice of outputs, slice of inputs, as long as each other.

    >>> from dlcourse.conv.shape import conv_shape
    >>> meeting(conv_shape((1, 1, 5, 5), (1, 1, 3, 3), padding=1), 0, 0, slice(0, 5))
    (slice(1, 5, None), slice(0, 4, 1))
    """
    stride, length = shape.stride[axis], (shape.H, shape.W)[axis]
    offset = tap * shape.dilation[axis] - (shape.top, shape.left)[axis]
    first = max(places.start, -(offset // stride))  # the first p with p * stride + offset >= 0
    last = max(first, min(places.stop, (length - 1 - offset) // stride + 1))
    start = first * stride + offset
    return slice(first, last), slice(start, start + (last - first) * stride, stride)


def work(shape, itemsize=4):
    """Count the work: for each tap a product is written, read and added to the output.

    Args:
        shape: ConvShape.
        itemsize: bytes of an element.

    Returns:
        Work.

    >>> from dlcourse.conv.shape import conv_shape
    >>> shape = conv_shape((8, 64, 56, 56), (64, 64, 3, 3), padding=1)
    >>> work(shape).workspace_bytes < 4 * 8 * 64 * 56 * 56
    True
    """
    tasks = _tasks(shape, itemsize)
    filters, rows = _block(shape, itemsize)
    per_row = _elements_per_row(shape, filters)
    held = min(threads(), len(tasks)) * (filters * shape.C + rows * per_row)
    blocks_of_filters = -(-shape.K // shape.G // filters)
    added = blocks_of_filters * (2 * per_row + shape.C * shape.W) + 2 * shape.K * shape.Q
    copied = 2 * len(tasks) * filters * shape.C
    moved = shape.R * shape.S * (shape.N * shape.P * added + copied)
    waste = shape.W / shape.Q if shape.stride == (1, 1) else 1  # whole rows are multiplied
    steps = 3 * len(tasks) * shape.R * shape.S
    return Work(int(shape.flop * waste), moved * itemsize, held * itemsize, steps)


def _tasks(shape, itemsize):
    """Blocks of images, rows of the output and filters of each group, as slices."""
    filters, rows = _block(shape, itemsize)
    of_filters = [slice(k, k + filters) for k in range(0, shape.K // shape.G, filters)]
    places = rows * shape.Q if rows < shape.P else PIXELS
    return [(n, p, k) for n, p in blocks(shape.N, shape.P, shape.Q, places) for k in of_filters]


def _block(shape, itemsize):
    """How many filters of each group and rows fit, so that all threads stay below the output."""
    memory = shape.N * shape.K * shape.P * shape.Q // threads() // 2  # half for a tap of filters
    least = max(shape.C, _elements_per_row(shape, filters=1))
    filters = max(1, min(FILTERS, shape.K // shape.G, memory // least))
    rows = min(memory, BLOCK // itemsize) // _elements_per_row(shape, filters)
    return filters, max(1, min(shape.P, rows))


def _elements_per_row(shape, filters):
    """What a block holds for each of its rows: the product, and with a stride what it reads."""
    if shape.stride == (1, 1):
        return filters * shape.G * shape.W
    return (filters * shape.G + shape.C) * shape.Q
