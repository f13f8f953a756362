"""Links between GPUs, CPUs and machines by name: nominal and measured bandwidth."""

import difflib
from dataclasses import dataclass

from dlcourse.hardware.tables import rows


@dataclass(frozen=True)
class LinkFigures:
    """What a link carries in one direction; None is unknown.

    Attributes:
        name: as in the table links.
        bytes_per_s: as its maker states it.
        effective_bytes_per_s: as it was measured.
        year: of its first products.
        note: what the measurement was.
    """

    name: str
    bytes_per_s: float
    effective_bytes_per_s: float | None
    year: int | None
    note: str | None


def link_figures(name):
    """Find a link.

    Args:
        name: in the table links.

    Returns:
        LinkFigures.

    Raises:
        ValueError: if there is none of that name, with the nearest names.

    >>> link_figures("PCIe 3.0 x16").bytes_per_s
    15750000000.0
    """
    for row in rows("links"):
        if row["link"] == name:
            keys = "link", "bytes_per_s", "effective_bytes_per_s", "year", "note"
            return LinkFigures(*(row[key] for key in keys))
    known = [row["link"] for row in rows("links")]
    near = [n for n in known if name.lower() in n.lower()]
    near = near or difflib.get_close_matches(name, known, 4, 0.3) or known
    raise ValueError(f"{name!r} is no link of the table: did you mean {', '.join(near)}?")
