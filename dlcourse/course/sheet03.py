"""Behind exercise sheet 03: how each kernel is launched, what it should write, what it may cost.

It stands here and not in the notebook so that a check gives nothing away. n numbers are shared
out among blocks of `block` threads; a matrix is H × W, row by row in memory.
"""

from math import ceil, log2, prod
from types import MappingProxyType

import numpy as np

from dlcourse.course.kernel_check import Limit, Task, blank, blocks, reals

TILE, SIDE = 8, 32  # of the matrix product's tiles, of the transpose's
LINES = 5  # sectors of 32 consecutive floats that begin anywhere


def add_ten(launch, x):
    """One block, one thread a number.

    >>> add_ten(lambda grid, block, arguments: print(grid, block), np.zeros(3))
    (1,) (3,)
    array([nan, nan, nan], dtype=float32)
    """
    y = blank(x.size)
    launch((1,), (x.size,), (*reals(x), y))
    return y


def add(launch, a, b, block):
    """Whole blocks.

    >>> add(lambda grid, block, arguments: print(grid, block), np.zeros(6), np.zeros(6), 3)[:1]
    (2,) (3,)
    array([nan], dtype=float32)
    """
    c = blank(a.size)
    launch((a.size // block,), (block,), (*reals(a, b), c))
    return c


def in_pieces(launch, x, block):
    """A last block that hangs over the end; the kernel takes (x, y, n).

    >>> in_pieces(lambda grid, block, arguments: print(grid, block), np.zeros(4), 3)[:1]
    (2,) (3,)
    array([nan], dtype=float32)
    """
    y = blank(x.size)
    launch((blocks(x.size, block),), (block,), (*reals(x), y, x.size))
    return y


def scale_2d(launch, x, block):
    """Blocks of (x, y) threads over rows and columns.

    >>> scale_2d(lambda grid, block, arguments: print(grid, block), np.zeros((3, 5)), (4, 2))[0, :1]
    (2, 2) (4, 2)
    array([nan], dtype=float32)
    """
    H, W = x.shape
    y = blank(H, W)
    launch(blocks((W, H), block), block, (*reals(x), y, H, W))
    return y


def outer_sum(launch, a, b, block):
    """As `scale_2d`, of a column and a row.

    >>> outer_sum(lambda grid, *rest: print(grid), np.zeros(3), np.zeros(5), (4, 2))[0, :1]
    (2, 2)
    array([nan], dtype=float32)
    """
    H, W = a.size, b.size
    y = blank(H, W)
    launch(blocks((W, H), block), block, (*reals(a, b), y, H, W))
    return y


def dot(launch, a, b, block):
    """Blocks that add to one number, which is 0 at the start.

    >>> dot(lambda grid, *rest: print(grid), np.ones(5), np.ones(5), 4)
    (2,)
    array([0.], dtype=float32)
    """
    c = np.zeros(1, np.float32)
    launch((blocks(a.size, block),), (block,), (*reals(a, b), c, a.size))
    return c


def correlate(launch, x, w, block):
    """Shared memory for a block's numbers and the w.size - 1 that follow them.

    >>> correlate(lambda *how: print(how[0], how[3]), np.ones(6), np.ones(3), 4)[:1]
    (1,) 24
    array([nan], dtype=float32)
    """
    y = blank(x.size - w.size + 1)
    shared = 4 * (block + w.size - 1)
    launch((blocks(y.size, block),), (block,), (*reals(x, w), y, x.size, w.size), shared)
    return y


def row_sums(launch, x, block):
    """One block a row.

    >>> row_sums(lambda grid, block, arguments: print(grid, block), np.zeros((2, 9)), 32)[:1]
    (2,) (32,)
    array([nan], dtype=float32)
    """
    H, W = x.shape
    y = blank(H)
    launch((H,), (block,), (*reals(x), y, H, W))
    return y


def matmul(launch, A, B):
    """A block of 8 × 8 threads for each 8 × 8 tile of the result.

    >>> matmul(lambda grid, block, arguments: print(grid), np.ones((9, 2)), np.ones((2, 3)))[0, :1]
    (1, 2)
    array([nan], dtype=float32)
    """
    (H, K), W = A.shape, B.shape[1]
    C = blank(H, W)
    launch(blocks((W, H), (TILE, TILE)), (TILE, TILE), (*reals(A, B), C, H, K, W))
    return C


def transpose(launch, x):
    """A block of 32 × 8 threads for each 32 × 32 tile.

    >>> transpose(lambda grid, block, arguments: print(grid, block), np.zeros((2, 40)))[0, :1]
    (2, 1) (32, 8)
    array([nan], dtype=float32)
    """
    H, W = x.shape
    y = blank(W, H)
    launch(blocks((W, H), (SIDE, SIDE)), (SIDE, 8), (*reals(x), y, H, W))
    return y


def smaller_in_its_piece(x, block):
    """For each number, how many of its block's piece are smaller.

    >>> smaller_in_its_piece(np.array([3, 1, 2, 9, 7]), 3)
    array([2., 0., 1., 1., 0.])
    """
    pieces = [x[start : start + block] for start in range(0, x.size, block)]
    return np.concatenate([(p[None, :] < p[:, None]).sum(1) for p in pieces]).astype(float)


def largest_of_three(x, block):
    """The largest of each number and the two before it.

    >>> largest_of_three(np.array([5, 1, 2, 3]), 2)
    array([5., 5., 5., 3.])
    """
    before = np.concatenate([[-np.inf, -np.inf], x])
    return np.maximum(np.maximum(before[2:], before[1:-1]), before[:-2])


def sums_in_pieces(x, block):
    """Running sums that start anew with each block.

    >>> sums_in_pieces(np.array([1, 2, 3, 4]), 3)
    array([1., 3., 6., 4.])
    """
    pieces = [x[start : start + block] for start in range(0, x.size, block)]
    return np.concatenate([np.cumsum(piece) for piece in pieces]).astype(float)


def _once(array, size, why="each number is needed by one thread only"):
    return Limit("global_loads", size, why, array)


ONCE_PER_BLOCK = "a block loads each number once, and its threads share it"
READ_ONCE = _once("x", lambda x, *_: x.size)
IN_ROWS = Limit(
    "sectors",
    lambda x, block: 2 * x.shape[0] * blocks(x.shape[1], block[0]) * (ceil(block[0] / 8) + 1),
    "threads that are neighbours along x take neighbours of a row",
)
SHARED_ONCE = _once("x", lambda x, block: x.size, ONCE_PER_BLOCK)

TASKS = MappingProxyType(
    {
        "add_ten": Task(add_ten, lambda x: x + 10, (READ_ONCE,)),
        "add": Task(
            add,
            lambda a, b, block: a + b,
            (_once("a", lambda a, b, block: a.size), _once("b", lambda a, b, block: b.size)),
        ),
        "square": Task(in_pieces, lambda x, block: x * x, (READ_ONCE,)),
        "scale_2d": Task(scale_2d, lambda x, block: 2.0 * x, (READ_ONCE, IN_ROWS)),
        "outer_sum": Task(
            outer_sum,
            lambda a, b, block: np.add.outer(a, b),
            tuple(_once(name, lambda a, b, block: a.size * b.size, "one a cell") for name in "ab"),
        ),
        "count_smaller": Task(in_pieces, smaller_in_its_piece, (SHARED_ONCE,)),
        "pool": Task(
            in_pieces,
            largest_of_three,
            (
                _once(
                    "x",
                    lambda x, block: x.size + 3 * blocks(x.size, block),
                    ONCE_PER_BLOCK + ", besides a few before its first",
                ),
            ),
        ),
        "dot": Task(
            dot,
            lambda a, b, block: np.array([a @ b]),
            (
                Limit(
                    "global_atomics",
                    lambda a, b, block: blocks(a.size, block),
                    "one a block, once its threads have added up",
                ),
                Limit("global_stores", lambda *_: 0, "c is written by atomicAdd alone"),
            ),
        ),
        "correlate": Task(
            correlate,
            lambda x, w, block: np.correlate(x, w, "valid"),
            (
                _once(
                    "x",
                    lambda x, w, block: (
                        x.size - w.size + 1 + blocks(x.size - w.size + 1, block) * (w.size - 1)
                    ),
                    ONCE_PER_BLOCK,
                ),
            ),
        ),
        "prefix_sum": Task(
            in_pieces,
            sums_in_pieces,
            (
                SHARED_ONCE,
                Limit(
                    "global_requests",
                    lambda x, block: 3 * ceil(block / 32) * blocks(x.size, block),
                    "a warp loads 32 neighbours at once",
                ),
                Limit(
                    "shared_loads",
                    lambda x, block: int(2 * log2(block) + 3) * block * blocks(x.size, block),
                    "log2(block) steps, a few loads in each",
                ),
            ),
        ),
        "row_sums": Task(
            row_sums,
            lambda x, block: x.sum(1),
            (
                READ_ONCE,
                Limit(
                    "sectors",
                    lambda x, block: x.shape[0] * (LINES * ceil(x.shape[1] / 32) + 1),
                    "the threads of a warp load neighbours",
                ),
                Limit("global_atomics", lambda *_: 0, "a row belongs to one block"),
            ),
        ),
        "matmul": Task(
            matmul,
            lambda A, B: A @ B,
            (
                Limit(
                    "global_loads",
                    lambda A, B: 2 * TILE**2 * prod(blocks((*A.shape, B.shape[1]), (TILE,) * 3)),
                    "each thread loads one number of A and one of B a tile",
                ),
            ),
        ),
        "transpose": Task(
            transpose,
            np.transpose,
            (
                Limit(
                    "sectors",
                    lambda x: (
                        LINES
                        * (
                            x.shape[0] * blocks(x.shape[1], SIDE)
                            + x.shape[1] * blocks(x.shape[0], SIDE)
                        )
                    ),
                    "both sides in rows, a warp 32 neighbours",
                ),
                Limit("bank_conflicts", lambda x: 0, "32 lanes can hit 32 different banks"),
            ),
        ),
    }
)
