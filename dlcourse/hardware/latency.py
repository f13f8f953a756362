"""How many cycles an access takes: as the posts state it, and as it was measured."""

from types import MappingProxyType

import numpy as np

from dlcourse.hardware.tables import rows


def post_cycles(year):
    """Cycles that a GPU guide of Tim Dettmers states.

    Args:
        year: 2020 or 2023.

    Returns:
        read-only dict, operation -> cycles.

    Raises:
        ValueError: if there is no guide of that year in the table.

    >>> post_cycles(2020)["global"], post_cycles(2023)["global"]
    (200, 380)
    """
    return _found("post", year, "post_cycles", "operation")


def measured_cycles(gpu):
    """Cycles that one dependent access took when it was measured.

    Args:
        gpu: name in the table latency_cycles, such as "H100 PCIe".

    Returns:
        read-only dict, level of the memory -> cycles.

    Raises:
        ValueError: if this GPU was not measured.

    >>> measured_cycles("V100")["L1"], measured_cycles("V100")["global"]
    (30, 436)
    """
    return _found("gpu", gpu, "latency_cycles", "level")


def pointer_chase(gpu):
    """Cycles of one dependent access against the size of what is walked through.

    Args:
        gpu: name in the table pointer_chase.

    Returns:
        two arrays (n,): bytes of the working set, cycles.

    Raises:
        ValueError: if this GPU was not measured.

    >>> size, cycles = pointer_chase("V100")
    >>> bool(cycles[0] < 40 < 400 < cycles[-1])
    True
    """
    found = [row for row in rows("pointer_chase") if row["gpu"] == gpu]
    if not found:
        _refuse(gpu, {row["gpu"] for row in rows("pointer_chase")})
    keys = "working_set_bytes", "cycles"
    return tuple(np.array([row[key] for row in found], float) for key in keys)


def _found(column, value, table, key):
    cycles = {row[key]: row["cycles"] for row in rows(table) if row[column] == value}
    if not cycles:
        _refuse(value, {row[column] for row in rows(table)})
    return MappingProxyType(cycles)


def _refuse(value, known):
    raise ValueError(f"{value!r}: the table has {', '.join(sorted(map(str, known)))}")
