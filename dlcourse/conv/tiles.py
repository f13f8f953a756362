"""Convolution in another domain: where it is a product, element by element.

Cut the image into overlapping tiles, transform each, and for each of the F elements of a
transformed tile sum over the channels: a matrix product (K, C) by (C, tiles). Transform back,
and each tile yields a patch of the output ("overlap-save"). Winograd's algorithm and the FFT
differ in the transform alone.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dlcourse.conv.blocks import Workspace, blocks, cut, share, threads
from dlcourse.conv.shape import Work

BLOCK = 2**25  # bytes of transformed tiles in a block, at most, in and out
FILTERS = 32  # filters transformed at once
TILES = 128  # tiles in a block: fewer make poor matrix products, more do not fit a cache


@dataclass(frozen=True)
class Transform:
    """A pair of transforms that turns correlation of a tile into multiplication.

    Attributes:
        tile: (rows, columns) of a tile.
        step: (rows, columns) of the patch of output it yields, and so the tiles' distance.
        elements: F, numbers that stand for a transformed tile.
        parts: real numbers in each: 1, or 2 where they are complex.
        cost: to transform a filter, a tile, and a patch back: FLOP, or numbers through the FFT.
        filters: w (K, C/G, R, S) and an array (F, K, C/G) to fill.
        forward: tiles (rows, columns, tiles) and workspace to (F, tiles).
        backward: (F, tiles) and workspace to patches (rows, columns, tiles).
    """

    tile: tuple[int, int]
    step: tuple[int, int]
    elements: int
    parts: int
    cost: tuple[float, float, float]
    filters: Callable
    forward: Callable
    backward: Callable


def convolve(x, w, shape, transform):
    """Convolve at stride 1 and dilation 1 by tiles.

    Args:
        x: array (N, C, H, W).
        w: array (K, C / G, R, S).
        shape: ConvShape.
        transform: Transform.

    Returns:
        array (N, K, P, Q).

    >>> from dlcourse.conv.shape import conv_shape
    >>> from dlcourse.conv.winograd import transform
    >>> shape = conv_shape((1, 1, 4, 4), (1, 1, 3, 3))
    >>> convolve(np.ones((1, 1, 4, 4)), np.ones((1, 1, 3, 3)), shape, transform(2))
    array([[[[9., 9.],
             [9., 9.]]]])
    """
    out = np.empty(shape.out, x.dtype)
    filters = _transform_filters(w, shape, transform)

    def worker(tasks):
        workspace = Workspace(x.dtype)
        for n, rows in tasks:
            tiles = _cut_tiles(x[n], rows, shape, transform, workspace)  # (t, t, C, ...)
            V = transform.forward(tiles.reshape(*transform.tile, -1), workspace)  # (F, C ...)
            V = V.reshape(len(V), shape.G, shape.C // shape.G, -1)
            M = workspace.array("sums", *filters.shape[:3], V.shape[3], dtype=V.dtype)
            np.matmul(filters, V, out=M)
            patches = transform.backward(M.reshape(len(M), -1), workspace)  # (m, m, K ...)
            patches = patches.reshape(*transform.step, shape.K, *tiles.shape[3:])
            _lay_patches(out[n], rows, patches)

    share(worker, tile_tasks(shape, transform, x.itemsize), shape.flop)
    return out


def _transform_filters(w, shape, transform):
    """Give the filters as (F, G, K/G, C/G)."""

    def worker(tasks):
        for k, _ in tasks:
            transform.filters(w[k], filters[:, k])

    dtype = np.result_type(w, 1j) if transform.parts == 2 else w.dtype
    filters = np.empty((transform.elements, *w.shape[:2]), dtype)
    share(worker, blocks(shape.K, 1, 1, FILTERS), shape.flop)
    return filters.reshape(transform.elements, shape.G, -1, w.shape[1])


def grid(shape, transform):
    """Count the tiles of an image.

    Args:
        shape: ConvShape.
        transform: Transform.

    Returns:
        (rows, columns).

    >>> from dlcourse.conv.shape import conv_shape
    >>> from dlcourse.conv.winograd import transform
    >>> grid(conv_shape((1, 1, 16, 12), (1, 1, 3, 3)), transform(4))
    (4, 3)
    """
    return tuple(-(-n // m) for n, m in zip((shape.P, shape.Q), transform.step, strict=True))


def tile_tasks(shape, transform, itemsize=4):
    """Cut the grid of tiles into blocks.

    Args:
        shape: ConvShape.
        transform: Transform.
        itemsize: bytes of an element.

    Returns:
        list of (images, rows of tiles), each a slice.

    >>> from dlcourse.conv.shape import conv_shape
    >>> from dlcourse.conv.winograd import transform
    >>> len(tile_tasks(conv_shape((8, 64, 56, 56), (64, 64, 3, 3), padding=1), transform(4))) >= 8
    True
    """
    per_tile = transform.elements * transform.parts * (shape.C + shape.K) * itemsize
    return blocks(shape.N, *grid(shape, transform), min(TILES, BLOCK // per_tile))


def work(shape, transform, itemsize=4):
    """Count the work: transforms, products, and each array between them written and read.

    Args:
        shape: ConvShape of stride and dilation 1.
        transform: Transform.
        itemsize: bytes of an element.

    Returns:
        Work.

    >>> from dlcourse.conv.shape import conv_shape
    >>> from dlcourse.conv.winograd import transform
    >>> shape = conv_shape((8, 512, 28, 28), (512, 512, 3, 3), padding=1)
    >>> round(shape.flop / work(shape, transform(4)).flop, 1)      # 4, but for the transforms
    3.6
    """
    tasks = tile_tasks(shape, transform, itemsize)
    rows, columns = grid(shape, transform)
    n, p = tasks[0] if tasks else (slice(0, 0), slice(0, 0))
    in_block = (n.stop - n.start) * (p.stop - p.start) * columns
    count, filters = shape.N * rows * columns, shape.K * shape.C // shape.G
    of_filter, forward, backward = transform.cost
    products = 2 * transform.parts**2 * transform.elements * count * filters
    transforms = filters * of_filter + count * (shape.C * forward + shape.K * backward)
    work = (products, transforms) if transform.parts == 2 else (products + transforms, 0)
    tile, patch = math.prod(transform.tile), math.prod(transform.step)
    numbers = transform.elements * transform.parts
    per_tile = shape.C * (2 * tile + numbers) + shape.K * (numbers + patch)
    spectra = filters * numbers
    moved = 2 * (count * per_tile + spectra) + len(tasks) * spectra  # each block reads filters
    held = min(threads(), len(tasks)) * in_block * per_tile + spectra
    flop, numbers = map(int, work)
    return Work(flop, moved * itemsize, held * itemsize, 30 * len(tasks), numbers * itemsize)


def _cut_tiles(x, rows, shape, transform, workspace):
    """Copy tiles out of images (n, C, H, W) to (t, t, C, n, rows of tiles, columns of tiles)."""
    (th, tw), (mh, mw) = transform.tile, transform.step
    high, wide = rows.stop - rows.start, grid(shape, transform)[1]
    height, width = (high - 1) * mh + th, (wide - 1) * mw + tw
    frame = cut(x, rows.start * mh - shape.top, -shape.left, height, width, workspace)
    by_image, by_channel, by_row, by_pixel = frame.strides
    windows = np.lib.stride_tricks.as_strided(
        frame,
        (th, tw, x.shape[1], x.shape[0], high, wide),
        (by_row, by_pixel, by_channel, by_image, by_row * mh, by_pixel * mw),
    )
    return workspace.copy("tiles", windows)


def _lay_patches(out, rows, patches):
    """Set patches (m, m, K, n, rows, columns of tiles) side by side in out (n, K, P, Q)."""
    mh, mw = patches.shape[:2]
    for i, j in np.ndindex(mh, mw):
        target = out[:, :, rows.start * mh + i : rows.stop * mh : mh, j::mw].swapaxes(0, 1)
        target[...] = patches[i, j][..., : target.shape[2], : target.shape[3]]
