"""The sourced tables under data/: every hardware number of the course stands in one of them.

Rates are in B/s and FLOP/s, times in s, sizes in B, or in the unit that the column's name ends
with. Each row has a `source`, and `seen` says how far to trust it: "seen" stood in the source when
the row was written, "derived" was computed from it, "recall" was written down from memory and not
looked up again, "mixed" is explained by the row's other columns.
"""

import csv
from functools import cache
from pathlib import Path
from types import MappingProxyType

DATA = Path(__file__).parent / "data"


@cache
def rows(table):
    """Read a table; numbers become int or float, and what is not known becomes None.

    Args:
        table: name of a file in data/, without its ending.

    Returns:
        tuple of read-only dicts, column name -> int, float, str or None.

    Raises:
        ValueError: if there is no such table.

    >>> rows("post_cycles")[0]["operation"], rows("post_cycles")[0]["cycles"]
    ('global', 200)
    """
    path = DATA / f"{table}.csv"
    if table not in names():
        raise ValueError(f"{table!r} is no table: there are {', '.join(names())}")
    with path.open(encoding="utf8", newline="") as file:
        return tuple(MappingProxyType(_typed(row)) for row in csv.DictReader(file, strict=True))


def names():
    """List the tables.

    Returns:
        list of str.

    >>> "gpu_specs" in names()
    True
    """
    return sorted(path.stem for path in DATA.glob("*.csv"))


def _typed(row):
    """Give a row's texts their types; a compute capability is a name, though it looks a number."""
    return {
        column: (text or None) if column == "compute_capability" else _value(text)
        for column, text in row.items()
    }


def _value(text):
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text or None
