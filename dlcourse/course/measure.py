"""How fast this machine moves bytes and multiplies matrices: measured, not looked up."""

import contextlib
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from dlcourse.course.probe import attempt
from dlcourse.timing import best_seconds


@dataclass(frozen=True)
class Speed:
    """What a number of cores reach; None where it could not be measured."""

    cores: int
    bandwidth_bytes_per_s: float | None
    float32_flop_per_s: float | None
    float64_flop_per_s: float | None

    @property
    def balance_flop_per_byte(self):
        """float32 operations that fit into the time one byte takes to move."""
        if self.bandwidth_bytes_per_s and self.float32_flop_per_s:
            return self.float32_flop_per_s / self.bandwidth_bytes_per_s
        return None


def copy_bytes_per_s(cores=1, size=2**27):
    """Measure memory bandwidth as the STREAM benchmark's "copy" does: `target[:] = source`.

    Every element is read once and written once, and that is what counts: 2 x size. A write that
    first fetches the line it overwrites (write-allocate) moves half as much again, unseen.
    Source: https://www.cs.virginia.edu/stream/ref.html

    Args:
        cores: threads, each with its own part of the arrays (NumPy copies without the GIL).
        size: bytes of each of the two arrays; to be far more than all caches hold.

    Returns:
        Bytes per second, read and written.

    >>> copy_bytes_per_s(size=2**22) > 1e6
    True
    """
    source, target = (np.array_split(np.empty(size // 8), cores) for _ in range(2))
    with ThreadPoolExecutor(cores) as pool:
        run = lambda work, *parts: list(pool.map(work, *parts))  # noqa: E731
        run(lambda part: part.fill(1), source + target)  # the first touch is slow: not timed
        return 2 * size / best_seconds(lambda: run(np.copyto, target, source))


def product_flop_per_s(dtype="float32", cores=None):
    """Measure arithmetic by matrix products, the fastest arithmetic a CPU library has.

    Each of the n^2 elements of a product is a sum of n products: 2 n^3 FLOP. The side doubles
    until a product lasts 30 ms.

    Args:
        dtype: element type.
        cores: threads for NumPy's BLAS; None: as many as it takes by itself.

    Returns:
        FLOP per second.

    Raises:
        RuntimeError: when this BLAS cannot be held to a number of threads.

    >>> product_flop_per_s() > 1e6
    True
    """
    n, seconds = 256, 0
    with _threads(cores):
        while seconds < 0.03 and n < 4096:
            n *= 2
            matrix, out = np.full((n, n), 0.5, dtype), np.empty((n, n), dtype)
            product = partial(np.matmul, matrix, matrix, out=out)
            seconds = best_seconds(product, budget=0)
        return 2 * n**3 / min(seconds, best_seconds(product))


def speeds(cores, size=2**27):
    """Measure one core, then all where there are more, under a progress bar.

    Args:
        cores: number of cores this process may use.
        size: bytes of each array that is copied.

    Returns:
        tuple of Speed.

    >>> one, both = speeds(2, size=2**22)
    >>> one.cores, both.cores, both.bandwidth_bytes_per_s > 0
    (1, 2, True)
    """
    plan = [
        partial(measure, *arguments)
        for n, threads in ((1, 1), (cores, None))[:cores]
        for measure, *arguments in (
            (copy_bytes_per_s, n, size),
            (product_flop_per_s, "float32", threads),
            (product_flop_per_s, "float64", threads),
        )
    ]
    rates = [attempt(measure) for measure in _progress(plan)]
    return tuple(Speed(n, *rates[3 * i : 3 * i + 3]) for i, n in enumerate((1, cores)[:cores]))


def _threads(count):
    """Hold NumPy's BLAS to a number of threads."""
    if count is None:
        return contextlib.nullcontext()
    from threadpoolctl import threadpool_info, threadpool_limits

    if not any(library["user_api"] == "blas" for library in threadpool_info()):
        raise RuntimeError(f"this BLAS takes no order to use {count} threads: pass cores=None")
    return threadpool_limits(count, user_api="blas")


def _progress(steps):
    """Go through steps under a bar that leaves no trace in a saved notebook."""
    from tqdm.auto import tqdm

    yield from tqdm(steps, desc="measuring this machine", leave=False)
    notebook = sys.modules.get("IPython")  # not imported: this is none
    if notebook and hasattr(notebook.get_ipython(), "kernel"):
        notebook.display.clear_output(wait=True)
