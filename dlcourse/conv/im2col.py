"""Convolution as one matrix product: lay every window out as a column.

w as a matrix (K, C R S) times columns (C R S, P Q) is the output (K, P Q). The price is that
an input pixel is copied up to R S times. So columns are made block by block, each used while
it is still in a core's cache. To 1x1 filters an image is its own columns.
"""

import numpy as np

from dlcourse.conv.blocks import Workspace, blocks, cut, share, threads
from dlcourse.conv.shape import Work

BLOCK = 2**20  # bytes of columns in a block: what a core's own cache holds, roughly
FEWEST = 512  # pixels in a block all the same: fewer waste the product's time on reading w
ALONE = 32  # pixels that make an image worth a product of its own, where nothing is copied


def convolve(x, w, shape):
    """Multiply the filters, as a matrix, by blocks of columns.

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
    out = np.empty(shape.out, x.dtype)
    filters = w.reshape(shape.G, shape.K // shape.G, -1)  # (G, K/G, C/G R S)

    def worker(tasks):
        workspace = Workspace(x.dtype)
        for (n, p), columns in column_blocks(x, shape, tasks):
            if n.stop - n.start == 1:  # its pixels are a matrix in out: no copy
                target = out[n.start, :, p].reshape(*filters.shape[:2], -1)  # (G, K/G, p Q)
                np.matmul(filters, columns, out=target)
                continue
            target = out[n, :, p].swapaxes(0, 1)  # (K, n, p, Q)
            product = workspace.array("product", *filters.shape[:2], columns.shape[2])
            np.matmul(filters, columns, out=product)
            target[...] = product.reshape(target.shape)

    share(worker, column_tasks(shape, x.itemsize), shape.flop)
    return out


def column_tasks(shape, itemsize=4):
    """Cut the output into blocks whose columns fit a cache.

    Args:
        shape: ConvShape.
        itemsize: bytes of an element.

    Returns:
        list of (images, rows of the output), each a slice.

    >>> from dlcourse.conv.shape import conv_shape
    >>> len(column_tasks(conv_shape((8, 64, 56, 56), (64, 64, 3, 3), padding=1))) >= 8
    True
    """
    pixels = shape.P * shape.Q
    if shape.pointwise and pixels >= ALONE:  # an image's columns lie in x
        return blocks(shape.N, shape.P, shape.Q, pixels)
    fitting = BLOCK // (shape.C * shape.R * shape.S * itemsize)
    return blocks(shape.N, shape.P, shape.Q, max(fitting, FEWEST))


def column_blocks(x, shape, tasks):
    """Lay out the windows behind one block of output pixels after the other.

    Args:
        x: array (N, C, H, W).
        shape: ConvShape.
        tasks: iterable of (images, rows of the output), each a slice.

    Yields:
        task, columns (G, C/G R S, pixels of the block); the next block overwrites them.

    >>> from dlcourse.conv.shape import conv_shape
    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> shape = conv_shape(x.shape, (1, 1, 2, 2))
    >>> [columns for _, columns in column_blocks(x, shape, [(slice(0, 1), slice(0, 2))])]
    [array([[[0., 1., 3., 4.],
            [1., 2., 4., 5.],
            [3., 4., 6., 7.],
            [4., 5., 7., 8.]]])]
    """
    workspace = Workspace(x.dtype)
    (sh, sw), (dh, dw) = shape.stride, shape.dilation
    wide = (shape.Q - 1) * sw + (shape.S - 1) * dw + 1
    for n, p in tasks:
        images, rows = n.stop - n.start, p.stop - p.start
        as_matrix = (shape.G, -1, images * rows * shape.Q)
        high = (rows - 1) * sh + (shape.R - 1) * dh + 1
        frame = cut(x[n], p.start * sh - shape.top, -shape.left, high, wide, workspace)
        by_image, by_channel, by_row, by_pixel = frame.strides
        windows = np.lib.stride_tricks.as_strided(
            frame,
            (shape.C, shape.R, shape.S, images, rows, shape.Q),
            (by_channel, by_row * dh, by_pixel * dw, by_image, by_row * sh, by_pixel * sw),
        )
        columns = windows if shape.pointwise else workspace.copy("columns", windows)
        yield (n, p), columns.reshape(as_matrix)


def work(shape, itemsize=4):
    """Count the work: frame, columns and the product of several images are written and read.

    Args:
        shape: ConvShape.
        itemsize: bytes of an element.

    Returns:
        Work.

    >>> from dlcourse.conv.shape import conv_shape
    >>> shape = conv_shape((8, 64, 56, 56), (64, 64, 3, 3), padding=1)
    >>> work(shape).flop == shape.flop, work(shape).workspace_bytes < 2**24
    (True, True)
    """
    tasks = column_tasks(shape, itemsize)
    pixels = shape.P * shape.Q
    frame = 0 if shape.pointwise else shape.C * pixels * shape.stride[0] * shape.stride[1]
    columns = 0 if shape.pointwise else shape.C * shape.R * shape.S * pixels
    filters = shape.K * shape.C // shape.G * shape.R * shape.S  # read for each block
    n, p = tasks[0] if tasks else (slice(0, 0), slice(0, 0))
    images, rows = n.stop - n.start, p.stop - p.start
    output = shape.K * pixels
    product = output if images > 1 else 0  # a single image's lies in the output
    elements = shape.N * (2 * (frame + columns + product) + output) + len(tasks) * filters
    held = threads() * images * rows / shape.P * (frame + columns + product)
    return Work(shape.flop, elements * itemsize, int(held * itemsize), 4 * len(tasks))
