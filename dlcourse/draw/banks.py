"""A warp at the 32 banks of shared memory: one row for each wavefront, with the lanes it serves."""

from dlcourse.draw.sectors import lane_words
from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import document, element, label
from dlcourse.gpu.access import BANKS, active, check_width, ideal_wavefronts, wavefronts

WIDTH, LEFT, TOP = 780, 92, 44
CELL = (WIDTH - LEFT - 20) / BANKS
ROW = 18


def show_banks(request, width=4, array="shared memory"):
    """Draw which bank serves which lanes, one row for each wavefront.

    Args:
        request: trace.Request, or its addresses: one byte address a lane, None if inactive.
        width: bytes a lane: 1, 2, 4, 8 or 16.
        array: name of what is read or written.

    Returns:
        Drawing.

    Raises:
        ValueError: for another width, or if no lane is active.

    >>> from dlcourse.gpu.access import strided
    >>> show_banks(strided(stride=2))
    32 lanes at 16 of the 32 banks of shared memory: 2 wavefronts where 1 would do
    """
    check_width(width)
    addresses = getattr(request, "addresses", request)
    if not active(addresses):
        raise ValueError("no lane of this request is active: no bank has anything to serve")
    rows = wavefronts(addresses, width)
    parts = [label(LEFT, 14, f"banks of {array}", 12, "start", COLORS["muted"])]
    for bank in range(BANKS):
        parts.append(label(LEFT + (bank + 0.5) * CELL, 34, bank, 10, fill=COLORS["muted"]))
    for i, served in enumerate(rows):
        parts += _wavefront(TOP + ROW * i, i, served)
    return document(WIDTH, TOP + ROW * len(rows) + 12, parts, describe(addresses, width, array))


def describe(addresses, width=4, array="shared memory"):
    """Say how many wavefronts a request takes.

    Args:
        addresses: byte addresses, None for an inactive lane.
        width: bytes a lane.
        array: name of what is read or written.

    Returns:
        str.

    >>> describe((0, 128, 256), array="tile")
    '3 lanes at 1 of the 32 banks of tile: 3 wavefronts where 1 would do'
    """
    rows, lanes = wavefronts(addresses, width), len(active(addresses))
    used = len({bank for served in rows for bank in served})
    where = f"{lanes} lane{'' if lanes == 1 else 's'} at {used} of the {BANKS} banks of {array}"
    count = f"{len(rows)} wavefront{'' if len(rows) == 1 else 's'}"
    best = ideal_wavefronts(addresses, width)
    return f"{where}: {count}" + (
        f" where {best} would do" if best < len(rows) else ", no conflict"
    )


def _wavefront(y, i, served):
    """One row: what each bank does in this wavefront; idle ones stay pale."""
    parts = [label(LEFT - 10, y + ROW / 2, f"wavefront {i + 1}", 11, "end", COLORS["muted"])]
    for bank in range(BANKS):
        lanes = served.get(bank)
        fill, stroke = ("faint", "line") if lanes is None else ("yellow", "vermilion")
        look = {"fill": COLORS[fill], "stroke": COLORS[stroke]}
        box = {"x": LEFT + bank * CELL + 1, "y": y + 1, "width": CELL - 2, "height": ROW - 2}
        parts.append(element("rect", **box, **look))
        if lanes:
            words = lane_words(lanes)
            words = words if len(words) < 4 else f"{len(lanes)}×"
            parts.append(label(LEFT + (bank + 0.5) * CELL, y + ROW / 2, words, 10))
    return parts
