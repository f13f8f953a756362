"""Four ways to write a number in eight bits: a table of 256 values, and the nearest one's place.

Bit 7 of a code is the sign; the other seven stand for a magnitude:

- dynamic: n zeros and a one say 10^-n, the bits behind bisect what lies between 0.1 and 1. The
  longer a number's exponent, the fewer bits are left for its digits. 0 and 1 have codes of their
  own.
- static: three bits for the power of ten, four that bisect.
- mantissa: three bits for the power of ten, four for a whole number, 0 to 15. Numbers such as
  1.0 = 10 x 0.1 have two codes.
- linear: equal steps from 0 to 1.

Dynamic and linear codes are of numbers divided by the largest magnitude, which is sent too.

Source: T. Dettmers, 8-Bit Approximations for Parallelism in Deep Learning, 2015,
https://arxiv.org/abs/1511.04561. Where the paper leaves something open:

- Bisection starts at 0.45 and not at 0.55, the middle: seen in the author's table of the dynamic
  codes. Halves are cut into equal cells; the dynamic tree takes the middles of the cells.
- Static takes the cells' lower ends, mantissa and static powers 10^-4 to 10^3, and linear steps of
  1/127: inferred. They give the paper's examples 0.23125 and 0.2 for 0.2345678, and the errors that
  its Table 2 prints: see dlcourse.parallel.eight_bit_errors. Static powers from 10^-5 would do too.
"""

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

SIGN = 128  # bit 7 of a code
ROOT = 0.45  # where bisection of 0.1 to 1 starts
POWERS = range(-4, 4)  # of ten: static and mantissa


@dataclass(frozen=True, eq=False)
class Codebook:
    """Magnitudes of the 128 codes without a sign.

    Attributes:
        name: "dynamic", "linear", "static" or "mantissa".
        magnitudes: float64 (128,), by code.
        scaled: whether numbers are divided by the largest magnitude first.

    >>> book = codebook("dynamic")
    >>> [float(book.magnitudes[code]) for code in (0b0000000, 0b0000001, 0b1000000, 0b1111111)]
    [0.0, 1.0, 0.10546875, 0.99140625]
    """

    name: str
    magnitudes: np.ndarray
    scaled: bool

    @cached_property
    def order(self):
        """Codes by magnitude, uint8 (128,)."""
        return np.argsort(self.magnitudes, kind="stable").astype(np.uint8)

    @cached_property
    def values(self):
        """Value of every code, float64 (256,)."""
        return np.concatenate([self.magnitudes, -self.magnitudes])

    def thresholds(self, nearest=True):
        """Magnitudes at which one code, in order, gives way to the next, float64 (127,).

        Args:
            nearest: half way. If not, those of the author's published search: it halves what is
                left seven times but compares six times, so that a number between the codes at an
                odd place and the next always gets the lower one. A quarter of all are misplaced.
        """
        ordered = self.magnitudes[self.order]
        middles = (ordered[1:] + ordered[:-1]) / 2
        if not nearest:
            middles[1::2] = ordered[2::2]
        return middles


@cache
def codebook(name):
    """Make one of the four.

    Args:
        name: "dynamic", "linear", "static" or "mantissa".

    Returns:
        Codebook.

    Raises:
        ValueError: for another name.

    >>> codebook("linear").magnitudes[127]
    np.float64(1.0)
    """
    makers = {"dynamic": _dynamic, "linear": _linear, "static": _static, "mantissa": _mantissa}
    if name not in makers:
        raise ValueError(f"codebook {name!r}: there are {', '.join(makers)}")
    magnitudes = makers[name]()
    magnitudes.setflags(write=False)
    return Codebook(name, magnitudes, scaled=name in ("dynamic", "linear"))


def encode(values, book, scale=None, nearest=True):
    """Write numbers as codes of eight bits.

    Args:
        values: NumPy array or torch tensor of any shape.
        book: Codebook.
        scale: what to divide by, for a book that is scaled; larger magnitudes are cut off. The
            largest magnitude if left out.
        nearest: choose the nearest code; if not, what the published search chooses.

    Returns:
        (codes, uint8 of the same shape, scale, a float: 1 if the book isn't scaled).

    Raises:
        ValueError: if a value is infinite or not a number.

    >>> for book in map(codebook, ("dynamic", "static", "mantissa")):
    ...     codes, scale = encode(np.array([0.2345678, 0.0000234, -1]), book)
    ...     print(book.name, decode(codes, scale, book))
    dynamic [ 2.3671875e-01  1.8750000e-05 -1.0000000e+00]
    static [ 2.3125e-01  2.3125e-05 -1.0000e+00]
    mantissa [ 0.2  0.  -1. ]
    """
    largest = float(abs(values).max()) if np.prod(values.shape) else 0.0
    if not np.isfinite(largest):
        raise ValueError(f"a value is {largest}: only finite numbers have codes")
    scale = (scale or largest) if book.scaled else 1.0
    thresholds, order = _beside(values, book.thresholds(nearest)), _beside(values, book.order)
    places = _places(thresholds, abs(values) / (scale or 1.0))
    return order[places] + SIGN * _bytes(values < 0), scale


def decode(codes, scale, book):
    """Read codes.

    Args:
        codes: uint8, NumPy array or torch tensor.
        scale: what `encode` gave.
        book: Codebook.

    Returns:
        float64 of the same shape.

    >>> decode(np.array([0, 1, 127, 255], np.uint8), 2.0, codebook("linear")).round(3).tolist()
    [0.0, 0.016, 2.0, -2.0]
    """
    values = _beside(codes, book.values)
    return values[codes if isinstance(codes, np.ndarray) else codes.long()] * scale


def by_decade(number, book, decades=6):
    """How far off codes are for a number and its tenth, hundredth and so on.

    Args:
        number: not 0; beside others of which the largest is 1, or -1.
        book: Codebook.
        decades: how many numbers.

    Returns:
        float64 (decades,): relative errors; 1 where nothing is left of the number.

    >>> for name in ("dynamic", "static", "linear"):
    ...     print(name, by_decade(0.2345678, codebook(name), decades=4).round(4).tolist())
    dynamic [0.0092, 0.0325, 0.0791, 0.0141]
    static [0.0141, 0.0141, 0.0141, 0.0141]
    linear [0.007, 0.007, 1.0, 1.0]
    """
    numbers = number / 10.0 ** np.arange(decades)
    codes, scale = encode(numbers, book, scale=1.0)
    return abs(decode(codes, scale, book) - numbers) / abs(numbers)


@dataclass(frozen=True)
class Errors:
    """How far decoded numbers are from what they were.

    Attributes:
        absolute: mean of their distances.
        squared: mean of the distances' squares.
        relative: mean of the distances divided by the numbers' magnitudes.

    >>> Errors(absolute=0.5, squared=0.5, relative=0.25).relative
    0.25
    """

    absolute: float
    squared: float
    relative: float


def errors(values, decoded):
    """Compare numbers with what became of them.

    Args:
        values: array (n,), none of them 0.
        decoded: array (n,).

    Returns:
        Errors.

    Raises:
        ValueError: if a value is 0: no error is relative to it.

    >>> errors(np.array([2.0, 4.0]), np.array([2.0, 3.0]))
    Errors(absolute=0.5, squared=0.5, relative=0.125)
    """
    if not np.all(values):
        raise ValueError("a value is 0, and no error is relative to it: leave zeros out")
    distances = abs(decoded - values)
    return Errors(
        float(distances.mean()),
        float((distances**2).mean()),
        float((distances / abs(values)).mean()),
    )


def _dynamic():
    """Codes 0 and 1 are the numbers 0 and 1; then two of 10^-5, four of 10^-4 ... 64 of 10^0."""
    decades = [10.0**-n * _cells(2 ** (5 - n), middle=0.5) for n in range(5, -1, -1)]
    return np.concatenate([[0.0, 1.0], *decades])


def _static():
    return np.concatenate([10.0**power * _cells(8, middle=0.0) for power in POWERS])


def _mantissa():
    return np.concatenate([10.0**power * np.arange(16) for power in POWERS])


def _linear():
    return np.arange(128) / 127


def _cells(count, middle):
    """Cut 0.1 to ROOT into `count` equal cells, and ROOT to 1; one point of each cell."""
    places = (np.arange(count) + middle) / count
    return np.concatenate([0.1 + (ROOT - 0.1) * places, ROOT + (1 - ROOT) * places])


def _beside(values, table):
    """A table as values are: NumPy's, or torch's on their device."""
    if isinstance(values, np.ndarray):
        return table
    import torch

    return torch.tensor(table, device=values.device)


def _places(thresholds, magnitudes):
    if isinstance(magnitudes, np.ndarray):
        return np.searchsorted(thresholds, magnitudes)
    import torch

    return torch.bucketize(magnitudes.to(thresholds.dtype), thresholds)


def _bytes(truths):
    if isinstance(truths, np.ndarray):
        return truths.astype(np.uint8)
    import torch

    return truths.to(torch.uint8)
