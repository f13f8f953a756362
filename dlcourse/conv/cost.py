"""How long each method will take, and so which one to choose.

A method's time is what its arithmetic takes at the speed of matrix products, plus what its
copies take at the speed of memory, plus the calls into NumPy. Four numbers describe a machine.

Not modelled: how well a product's or a copy's shape suits the machine, and which cache holds what.
"""

import functools
import time
from dataclasses import dataclass

import numpy as np

from dlcourse.conv.blocks import threads
from dlcourse.conv.methods import METHODS


@dataclass(frozen=True)
class Machine:
    """What a machine does in a second, with all its cores, in float32.

    Attributes:
        flop_per_s: of a large matrix product.
        bytes_per_s: copied from cache to cache, reads and writes counted.
        seconds_per_step: one call into NumPy.
        fft_bytes_per_s: of real numbers Fourier-transformed; in transforms as short as a tile's,
            handling a number takes longer than the arithmetic, whatever the length.
    """

    flop_per_s: float
    bytes_per_s: float
    seconds_per_step: float
    fft_bytes_per_s: float


# Two cores of an AMD EPYC (Zen 4). With these figures the estimates fit best, in the logarithm,
# the times of all methods in benchmarks/conv_cpu.py: most are within a third.
REFERENCE = Machine(1.8e11, 3.0e10, 1e-6, 6e8)


def measure():
    """Measure this machine: the best of several short runs.

    Returns:
        Machine.

    >>> measure().flop_per_s > 1e8
    True
    """
    matrix, image = np.ones((768, 768), np.float32), np.ones((64, 58, 58), np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3), (1, 2))[:, ::2, ::2]
    windows = windows.transpose(0, 3, 4, 1, 2)  # (C, R, S, P, Q): the columns of im2col
    columns, one = np.empty(windows.shape, np.float32), np.ones(1)
    tiles = np.ones((16, 16, 2048), np.float32)
    return Machine(
        flop_per_s=_rate(lambda: matrix @ matrix, 2 * len(matrix) ** 3),
        bytes_per_s=threads() * _rate(lambda: np.copyto(columns, windows), 2 * columns.nbytes),
        seconds_per_step=1 / _rate(lambda: np.add(one, one, out=one), 1),
        fft_bytes_per_s=threads() * _rate(lambda: np.fft.rfft2(tiles, axes=(0, 1)), tiles.nbytes),
    )


def _rate(work, amount):
    """How much of an amount of work is done in a second, at best."""
    times = []
    for _ in range(30):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return amount / min(times)


@dataclass(frozen=True)
class Cost:
    """What a method is expected to need for one convolution."""

    method: str
    flop: int
    bytes: int
    workspace_bytes: int
    seconds: float


def estimate(method, shape, machine=REFERENCE, itemsize=4):
    """Predict the cost of a method.

    Args:
        method: a name in METHODS.
        shape: ConvShape.
        machine: Machine.
        itemsize: bytes of an element; 8 halves the speed of arithmetic.

    Returns:
        Cost.

    Raises:
        ValueError: if the method cannot compute this convolution.

    >>> from dlcourse.conv.shape import conv_shape
    >>> shape = conv_shape((8, 512, 28, 28), (512, 512, 3, 3), padding=1)
    >>> estimate("winograd4", shape).seconds < estimate("im2col", shape).seconds
    True
    """
    check(method, shape)
    work = METHODS[method].work(shape, itemsize)
    seconds = (
        work.flop / (machine.flop_per_s * 4 / itemsize)
        + work.fft_bytes / machine.fft_bytes_per_s
        + (work.bytes + 2 * work.workspace_bytes) / machine.bytes_per_s  # fresh memory: cleared
        + work.steps * machine.seconds_per_step
    )
    return Cost(method, work.flop, work.bytes, work.workspace_bytes, seconds)


def estimates(shape, machine=REFERENCE, itemsize=4):
    """Predict the cost of every method that applies, the fastest first.

    Args:
        shape: ConvShape.
        machine: Machine.
        itemsize: bytes of an element.

    Returns:
        list of Cost.

    >>> from dlcourse.conv.shape import conv_shape
    >>> [cost.method for cost in estimates(conv_shape((8, 64, 99, 99), (64, 64, 31, 31)))][0]
    'fft'
    """
    able = [name for name, method in METHODS.items() if not method.why_not(shape)]
    costs = [estimate(name, shape, machine, itemsize) for name in able]
    return sorted(costs, key=lambda cost: cost.seconds)


@functools.cache  # a network meets the same few shapes in every step
def fastest(shape, itemsize=4):
    """Name the method that estimates puts first on the reference machine.

    Args:
        shape: ConvShape.
        itemsize: bytes of an element.

    Returns:
        a name in METHODS.

    >>> from dlcourse.conv.shape import conv_shape
    >>> fastest(conv_shape((8, 64, 56, 56), (256, 64, 1, 1)))
    'im2col'
    """
    return estimates(shape, itemsize=itemsize)[0].method


def check(method, shape):
    """Refuse a method that does not exist or does not apply.

    Args:
        method: a name.
        shape: ConvShape.

    Raises:
        ValueError: naming the rule and the way out.

    >>> from dlcourse.conv.shape import conv_shape
    >>> check("winograd4", conv_shape((1, 1, 9, 9), (1, 1, 5, 5)))
    Traceback (most recent call last):
        ...
    ValueError: winograd needs 3x3 filters, stride 1 and dilation 1: use method="auto" or "im2col"
    """
    if method not in METHODS:
        raise ValueError(f'method={method!r}: give "auto" or one of {", ".join(METHODS)}')
    if rule := METHODS[method].why_not(shape):
        raise ValueError(f'{rule}: use method="auto" or "im2col"')
