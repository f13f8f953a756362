"""Table 2 of the 8-bit paper, done again: how far each codebook's numbers are from the true ones.

What the paper calls the mean absolute error is the mean squared error, in all rows but one; and
its numbers are those of the published search, which often takes the lower of two codes instead of
the nearer. The odd row is linear codes of U(0,1): 0.0024 is neither error of any variant tried.

Source: T. Dettmers, 8-Bit Approximations for Parallelism in Deep Learning, arXiv 1511.04561v4.
"""

import numpy as np

from dlcourse.hardware.tables import rows
from dlcourse.parallel.codebooks import codebook, decode, encode, errors

DEVIATIONS = {"N(0,1)": 1.0, "N(0,10^2)": 10.0, "N(0,0.2^2)": 0.2}
LARGEST = 5.5  # deviations: one in 26 million normal numbers lies beyond; the paper drew 25 million


def redo(distribution, name, nearest=False, count=200_000, seed=0):
    """Compute what Table 2 prints for a distribution and a codebook.

    Args:
        distribution: "U(0,1)", "N(0,1)", "N(0,10^2)" or "N(0,0.2^2)".
        name: of the codebook.
        nearest: round to the nearest code; if not, search as published.
        count: numbers to draw; the scale is that of 25 million all the same.
        seed: of the numbers.

    Returns:
        Errors.

    Raises:
        ValueError: if the paper has no such distribution.

    >>> found = redo("N(0,1)", "mantissa")                     # printed: 0.0104 and 6.89 %
    >>> round(found.squared, 4), round(100 * found.relative, 1)
    (0.0105, 6.9)
    """
    values, scale = _draw(distribution, count, seed)
    book = codebook(name)
    codes, scale = encode(values, book, scale, nearest)
    return errors(values, decode(codes, scale, book))


def table(nearest=False, **options):
    """Put our errors beside the paper's.

    Args:
        nearest, options: as for `redo`.

    Returns:
        list of (row of the printed table, Errors).

    >>> pairs = table(count=20_000)
    >>> sum(abs(ours.relative / row["mean_relative_error"] - 1) < 0.1 for row, ours in pairs)
    16
    >>> def matched(kind):
    ...     return sum(abs(getattr(ours, kind) / row["mean_abs_error"] - 1) < 0.15
    ...                for row, ours in pairs)
    >>> matched("absolute"), matched("squared")
    (0, 15)
    """
    printed = rows("eight_bit_errors")
    return [
        (row, redo(row["distribution"], row["data_type"].split()[0], nearest, **options))
        for row in printed
    ]


def _draw(distribution, count, seed):
    generator = np.random.default_rng(seed)
    if distribution == "U(0,1)":
        return 1 - generator.random(count), 1.0  # in (0, 1]
    if distribution not in DEVIATIONS:
        known = ", ".join(["U(0,1)", *DEVIATIONS])
        raise ValueError(f"distribution {distribution!r}: the paper has {known}")
    deviation = DEVIATIONS[distribution]
    return deviation * generator.standard_normal(count), LARGEST * deviation
