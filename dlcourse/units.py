"""Bytes, seconds, FLOP: read them, print them, nothing else.

Inside the course every number is in base units; prefixes appear on the way in and on the way
out. GB is 10^9 bytes (SI) and GiB is 2^30 (IEC 80000-13): one never stands for the other.
"""

import math
import re
from fractions import Fraction

UNITS = ("B", "s", "FLOP", "B/s", "FLOP/s", "FLOP/B")
DECIMAL = {"": 1} | {prefix: 1000**i for i, prefix in enumerate("kMGTPEZ", 1)}
BINARY = {"": 1} | {f"{prefix}i": 1024**i for i, prefix in enumerate("KMGTPE", 1)}
TIMES = {"ns": Fraction(1, 10**9), "µs": Fraction(1, 10**6), "ms": Fraction(1, 1000)}
TIMES |= {"s": 1, "min": 60, "h": 3600, "d": 86400}


def show(value, unit, digits=3, binary=False):
    """Print a quantity with the prefix that leaves a small number before it.

    Args:
        value: finite number, in the base unit.
        unit: one of UNITS; FLOP/B (arithmetic per byte moved) takes no prefix.
        digits: significant digits; digits before the point are never cut.
        binary: write bytes in powers of 1024 (KiB, MiB, GiB), as memory is sold.

    Returns:
        A string that `parse` reads back, to within its digits.

    Raises:
        ValueError: for an unknown unit and for nan or infinity.

    >>> show(3.35e12, "B/s"), show(17179869184, "B"), show(17179869184, "B", binary=True)
    ('3.35 TB/s', '17.2 GB', '16 GiB')
    >>> show(0.00314, "s"), show(5400, "s"), show(12.34, "FLOP/B")
    ('3.14 ms', '1.5 h', '12.3 FLOP/B')
    """
    scale = _scale(unit, binary)
    if not math.isfinite(value):
        raise ValueError(f"{value} {unit} is not a quantity: leave out what is not known")
    for name, size in reversed(scale.items()):
        scaled = Fraction(value) / size
        whole = len(str(int(abs(scaled))))
        text = f"{float(scaled):.{max(digits, whole)}g}"
        if abs(float(text)) >= 1 or (value == 0 and name == unit):
            break
    return f"{text} {name}"


def parse(text, unit):
    """Read a quantity such as "16 GiB" into its base unit.

    Args:
        text: a number and a unit, with or without a space between.
        unit: one of UNITS: what is expected.

    Returns:
        The value in `unit`, a float.

    Raises:
        ValueError: for an unknown unit, or a text that is no such quantity.

    >>> parse("16 GiB", "B"), parse("16 GB", "B"), parse("250 us", "s")
    (17179869184.0, 16000000000.0, 0.00025)
    """
    names = _scale(unit) | _scale(unit, binary=True)
    found = re.fullmatch(r"\s*([-+.\d]+(?:[eE][-+]?\d+)?)\s*(\S+)\s*", text)
    number, name = found.groups() if found else ("", "")
    try:
        return float(Fraction(number) * names[re.sub("^[uμ]s$", "µs", name)])
    except (ValueError, KeyError, OverflowError):
        rule = f"a number and one of {', '.join(names)}"
        raise ValueError(f"{text!r} is no quantity in {unit}: write {rule}") from None


def _scale(unit, binary=False):
    """Every name of a unit, smallest first, with its size in the base unit."""
    if unit not in UNITS:
        raise ValueError(f"{unit!r} is no unit of the course: use one of {', '.join(UNITS)}")
    if unit == "s":
        return TIMES
    if unit == "FLOP/B":
        return {unit: 1}
    prefixes = BINARY if binary and unit[0] == "B" else DECIMAL
    return {prefix + unit: size for prefix, size in prefixes.items()}
