"""Inputs that find mistakes in exercise sheet 03: awkward sizes, numbers that float32 has exactly.

Each function takes how many tuples to draw and a seed, and returns them smallest first. The first
draws are chosen for their shapes: one block, a last block that is full, one that hardly begins.
"""

import numpy as np


def _numbers(rng, *shape):
    """Quarters, so that sums and products are exact in float32 in any order."""
    return rng.integers(-20, 40, shape) / 4


def _drawn(make, count, seed):
    rng = np.random.default_rng(seed)
    return sorted((make(rng, i) for i in range(count)), key=lambda given: sum(map(np.size, given)))


def _size(rng, i, block, most=5):
    """A size for blocks of `block`: by turns a part, whole blocks, one more, one less, any."""
    full = block * int(rng.integers(2, most))
    return (int(rng.integers(1, block + 1)), full, full + 1, full - 1, full + block // 2)[i % 5]


def one_block(count=8, seed=0):
    """Draw (x,) for one block.

    >>> [x.size for (x,) in one_block(4)]
    [1, 2, 42, 42]
    """
    return _drawn(
        lambda rng, i: (_numbers(rng, int(rng.integers(2, 65)) if i else 1),), count, seed
    )


def whole_blocks(count=8, seed=0):
    """Draw (a, b, block), blocks all full.

    >>> [(a.size, block) for a, b, block in whole_blocks(3)]
    [(48, 16), (48, 12), (68, 34)]
    """

    def make(rng, i):
        block = int(rng.integers(3, 40))
        size = block * (i % 4 + 2)
        return _numbers(rng, size), _numbers(rng, size), block

    return _drawn(make, count, seed)


def pieces(count=8, seed=0, sizes=(5, 8, 33, 64)):
    """Draw (x, block) with a last block that may hang over.

    >>> [(x.size, block) for x, block in pieces(3)]
    [(4, 5), (16, 8), (100, 33)]
    """

    def make(rng, i):
        block = sizes[i % len(sizes)]
        return _numbers(rng, _size(rng, i, block)), block

    return _drawn(make, count, seed)


def halving_pieces(count=8, seed=0):
    """Draw (x, block), block a power of two.

    >>> [(x.size, block) for x, block in halving_pieces(3)]
    [(21, 32), (193, 64), (256, 128)]
    """
    return pieces(count, seed, sizes=(32, 128, 64))


def halving_pairs(count=8, seed=0):
    """Draw (a, b, block), block a power of two.

    >>> [(a.size, b.size, block) for a, b, block in halving_pairs(2)]
    [(21, 21, 32), (256, 256, 128)]
    """
    rng = np.random.default_rng(seed)
    return [(x, _numbers(rng, x.size), block) for x, block in halving_pieces(count, seed)]


def signals(count=8, seed=0):
    """Draw (x, w, block): a signal, a shorter filter, threads of a block.

    >>> [(x.size, w.size, block) for x, w, block in signals(3)]
    [(11, 7, 8), (70, 7, 16), (71, 7, 32)]
    """

    def make(rng, i):
        block = (8, 16, 32)[i % 3]
        taps = int(rng.integers(4, 8)) if i != 3 else 1
        return _numbers(rng, _size(rng, i, block) + taps - 1), _numbers(rng, taps), block

    return _drawn(make, count, seed)


def images(count=8, seed=0):
    """Draw (x, block): a matrix, threads of a block as (x, y).

    >>> [(x.shape, block) for x, block in images(3)]
    [((17, 3), (8, 4)), ((31, 12), (4, 8)), ((7, 97), (32, 2))]
    """

    def make(rng, i):
        block = ((8, 4), (4, 8), (32, 2))[i % 3]
        return _numbers(rng, *_shape(rng, i, block)), block

    return _drawn(make, count, seed)


def _shape(rng, i, block):
    """Rows and columns for blocks of (x, y) threads, tall and wide."""
    return _size(rng, i + 2, block[1]), _size(rng, i, block[0], most=4)


def edges(count=8, seed=0):
    """Draw (a, b, block): a column, a row, threads of a block as (x, y).

    >>> [(a.size, b.size, block) for a, b, block in edges(2)]
    [(17, 3, (8, 4)), (31, 12, (4, 8))]
    """
    rng = np.random.default_rng(seed)
    shapes = [(x.shape, block) for x, block in images(count, seed)]
    return [(_numbers(rng, H), _numbers(rng, W), block) for (H, W), block in shapes]


def rows(count=8, seed=0):
    """Draw (x, block): a matrix with rows shorter and longer than a block, block 32 or 64.

    >>> [(x.shape, block) for x, block in rows(3)]
    [((4, 17), 32), ((2, 65), 32), ((2, 128), 64)]
    """

    def make(rng, i):
        block = (32, 64)[i % 2]
        return _numbers(rng, int(rng.integers(2, 5)), _size(rng, i, block, most=4)), block

    return _drawn(make, count, seed)


def products(count=8, seed=0):
    """Draw (A, B), matrices that can be multiplied.

    >>> [(A.shape, B.shape) for A, B in products(2)]
    [((1, 1), (1, 1)), ((9, 17), (17, 8))]
    """

    def make(rng, i):
        H, K, W = rng.integers(1, 28, 3) if i > 1 else ((1, 1, 1), (9, 17, 8))[i]
        return _numbers(rng, H, K), _numbers(rng, K, W)

    return _drawn(make, count, seed)


def matrices(count=8, seed=0):
    """Draw (x,), matrices of about two tiles of 32 each way.

    >>> [x.shape for (x,) in matrices(3)]
    [(3, 5), (14, 68), (32, 32)]
    """

    def make(rng, i):
        H, W = rng.integers(1, 75, 2) if i > 1 else ((3, 5), (32, 32))[i]
        return (_numbers(rng, H, W),)

    return _drawn(make, count, seed)
