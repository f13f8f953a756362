"""Cut a convolution into pieces that fit a cache, and share them among the cores."""

import functools
import itertools
import math
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

SMALL = 2e7  # FLOP that one core does while threads are being started
LOCK = threading.Lock()  # one convolution at a time: each limits BLAS and lifts the limit again


class Workspace:
    """Memory that a worker holds, and uses again for one block after the other.

    >>> workspace = Workspace("float32")
    >>> block = workspace.array("columns", 3, 4)
    >>> np.shares_memory(block, workspace.array("columns", 2, 5))
    True
    """

    def __init__(self, dtype):
        self.dtype = dtype
        self._memory = {}

    def array(self, name, *shape, dtype=None):
        """An uninitialised array; it takes the place of the last of that name."""
        size = math.prod(shape)
        if name not in self._memory or self._memory[name].size < size:
            self._memory[name] = None  # give the smaller one back first
            self._memory[name] = np.empty(size, dtype or self.dtype)
        return self._memory[name][:size].reshape(shape)

    def copy(self, name, values):
        """A copy of an array, in one piece."""
        copied = self.array(name, *values.shape)
        np.copyto(copied, values)
        return copied


def cut(x, top, left, high, wide, workspace):
    """Cut a frame out of images: where it lies inside a view, else a copy with zeros around.

    Args:
        x: array (..., H, W).
        top: row of x at the frame's first row, also negative.
        left: column of x at the frame's first column, also negative.
        high: rows of the frame.
        wide: columns of the frame.
        workspace: Workspace for the copy.

    Returns:
        array (..., high, wide).

    >>> cut(np.array([[1, 2], [3, 4]]), -1, 1, 3, 2, Workspace(int))
    array([[0, 0],
           [2, 0],
           [4, 0]])
    """
    i0, i1 = _covered(top, high, x.shape[-2])
    j0, j1 = _covered(left, wide, x.shape[-1])
    if (i0, i1, j0, j1) == (0, high, 0, wide):
        return x[..., top : top + high, left : left + wide]
    frame = workspace.array("frame", *x.shape[:-2], high, wide)
    frame[..., :i0, :] = frame[..., i1:, :] = 0
    frame[..., i0:i1, :j0] = frame[..., i0:i1, j1:] = 0
    frame[..., i0:i1, j0:j1] = x[..., top + i0 : top + i1, left + j0 : left + j1]
    return frame


def blocks(images, rows, columns, places):
    """Cut a batch into blocks: some images whole, or some rows of one image.

    Args:
        images: number of images.
        rows: rows of an image.
        columns: columns of an image.
        places: pixels that a block should have at most; less than a row is never cut off.

    Returns:
        list of (images, rows), each a slice; at least one for each thread where rows allow it.

    >>> blocks(1, 4, 10, places=20)
    [(slice(0, 1, None), slice(0, 2, None)), (slice(0, 1, None), slice(2, 4, None))]
    """
    places = min(places, -(-images * rows * columns // threads()))
    many = max(1, places // (rows * columns))
    high = max(1, min(rows, places // columns))
    return [(n, p) for n in _slices(images, many) for p in _slices(rows, high)]


def share(worker, tasks, flop):
    """Let every core run a worker; the workers draw from one pile of tasks.

    While they run, BLAS is held to one thread: cores are kept busy by blocks, not by splitting
    each product. NumPy lets other threads run during large copies and products.

    Args:
        worker: function of an iterator over tasks; it makes its workspace, then works.
        tasks: sequence.
        flop: how much there is to do; little is done at once by the calling thread.

    Returns:
        list of what the workers returned.

    >>> sorted(share(lambda tasks: [t * t for t in tasks], [1, 2, 3], flop=0))
    [[1, 4, 9]]
    """
    helpers = min(threads(), len(tasks)) - 1 if flop > SMALL else 0
    pile = iter(list(tasks))  # a list's iterator may be drawn from by several threads
    with LOCK, _blas().limit(limits=1):
        if helpers < 1:
            return [worker(pile)]
        with ThreadPoolExecutor(helpers) as pool:
            others = [pool.submit(worker, pile) for _ in range(helpers)]
            return [worker(pile), *(other.result() for other in others)]


def threads():
    """Threads that BLAS may use now: OPENBLAS_NUM_THREADS and threadpoolctl govern this too.

    >>> threads() >= 1
    True
    """
    return max((library.num_threads for library in _blas().lib_controllers), default=1)


@functools.cache
def _blas():
    """The BLAS libraries in this process; looking for them takes longer than a small layer."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


def _covered(start, length, n):
    """Which of `length` places, from `start` on, fall inside 0 .. n."""
    first = min(max(0, -start), length)
    return first, max(first, min(length, n - start))


def _slices(n, length):
    pieces = -(-n // length)
    edges = [n * i // pieces for i in range(pieces + 1)] if n else []
    return [slice(a, b) for a, b in itertools.pairwise(edges)]
