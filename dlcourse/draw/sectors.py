"""A warp's addresses on memory: lines of 128 bytes, the sectors that are fetched, what is used."""

from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import document, element, label
from dlcourse.gpu.access import LINE, SECTOR, active, asked_bytes, check_width, ideal_sectors
from dlcourse.gpu.access import sectors as touched_sectors

WIDTH, LEFT, TOP = 780, 96, 40
ROW, BOX = 22, 18  # from line to line; height of a line
MOST_LINES = 16  # that are drawn
ROOM = WIDTH - LEFT - 20


def show_sectors(request, width=4, array="memory"):
    """Draw which elements a warp asks for, and which sectors that fetches.

    Args:
        request: trace.Request, or its addresses: one byte address a lane, None if inactive.
        width: bytes a lane: 1, 2, 4, 8 or 16.
        array: name of what is read or written.

    Returns:
        Drawing: one row for each line of 128 bytes that is touched.

    Raises:
        ValueError: for another width, or if no lane is active.

    >>> from dlcourse.gpu.access import strided
    >>> show_sectors(strided(stride=2))
    32 lanes ask for 128 bytes of memory: 8 sectors fetched, 256 bytes, 50 % used; 4 could do
    """
    check_width(width)
    addresses = getattr(request, "addresses", request)
    if not active(addresses):
        raise ValueError("no lane of this request is active: there is nothing to fetch")
    fetched = touched_sectors(addresses, width)
    lines = sorted({sector * SECTOR // LINE for sector in fetched})
    parts = _legend(width)
    for row, line in enumerate(lines[:MOST_LINES]):
        gap = row and line != lines[row - 1] + 1
        parts += _line(TOP + ROW * row, line, fetched, gap)
        parts += _elements(TOP + ROW * row, line, addresses, width)
    height = TOP + ROW * min(len(lines), MOST_LINES) + 14
    if len(lines) > MOST_LINES:
        more = f"… and {len(lines) - MOST_LINES} more lines like these"
        parts.append(label(LEFT, height, more, 12, "start", COLORS["muted"]))
        height += 20
    return document(WIDTH, height, parts, describe(addresses, width, array))


def describe(addresses, width=4, array="memory"):
    """Say what a request fetches, and how much of it is used.

    Args:
        addresses: byte addresses, None for an inactive lane.
        width: bytes a lane.
        array: name of what is read or written.

    Returns:
        str.

    >>> describe((0, 4, None), 4, "x")
    '2 lanes ask for 8 bytes of x: 1 sector fetched, 32 bytes, 25 % used; 1 could do'
    """
    lanes, asked = len(active(addresses)), asked_bytes(addresses, width)
    count = len(touched_sectors(addresses, width))
    who = "1 lane asks" if lanes == 1 else f"{lanes} lanes ask"
    fetched = f"{count} sector{'' if count == 1 else 's'} fetched, {count * SECTOR} bytes"
    share = (200 * asked + count * SECTOR) // (2 * count * SECTOR)  # rounded, half up
    best = ideal_sectors(addresses, width)
    return f"{who} for {asked} bytes of {array}: {fetched}, {share} % used; {best} could do"


def _legend(width):
    parts, x = [], LEFT
    words = (
        ("yellow", f"{width} byte{'' if width == 1 else 's'} that a lane asks for"),
        ("sky", "fetched, not used"),
        ("faint", "not fetched"),
    )
    for color, text in words:
        look = {"fill": COLORS[color], "stroke": COLORS["line"], "fill_opacity": _opacity(color)}
        parts.append(element("rect", x=x, y=10, width=14, height=14, rx=2, **look))
        parts.append(label(x + 20, 17, text, 12, "start", COLORS["muted"]))
        x += 46 + 6.4 * len(text)
    return parts


def _opacity(color):
    return 0.45 if color == "sky" else None


def _line(y, line, fetched, gap):
    """The four sectors of a line; dots above its name where lines were left out."""
    parts = [label(LEFT - 10, y + BOX / 2, f"byte {line * LINE}", 11, "end", COLORS["muted"])]
    if gap:
        dash = {"stroke": COLORS["line"], "stroke_dasharray": "2 4"}
        parts.append(element("line", x1=20, x2=LEFT + ROOM, y1=y - 2, y2=y - 2, **dash))
    side = ROOM * SECTOR / LINE
    for i in range(LINE // SECTOR):
        lit = line * LINE // SECTOR + i in fetched
        fill = "sky" if lit else "faint"
        look = {"fill": COLORS[fill], "fill_opacity": _opacity(fill), "rx": 2}
        look |= {"stroke": COLORS["blue"] if lit else COLORS["line"]}
        parts.append(
            element("rect", x=LEFT + i * side + 1, y=y, width=side - 2, height=BOX, **look)
        )
    return parts


def _elements(y, line, addresses, width):
    """The elements asked for, with the lanes that ask."""
    lanes = {}
    for lane, address in enumerate(addresses):
        if address is not None and address // LINE == line:
            lanes.setdefault(address % LINE, []).append(lane)
    side, parts = ROOM * width / LINE, []
    for place, who in lanes.items():
        x = LEFT + ROOM * place / LINE
        look = {"fill": COLORS["yellow"], "stroke": COLORS["vermilion"]}
        box = {"x": x + 1, "y": y + 1, "width": max(side - 2, 1), "height": BOX - 2}
        parts.append(element("rect", **box, **look))
        text = lane_words(who)
        if side > 5 + 5 * len(text):
            parts.append(label(x + side / 2, y + BOX / 2, text, 10))
    return parts


def lane_words(lanes):
    """Name lanes in little room: one number, a range, or how many.

    Args:
        lanes: list of int, rising.

    Returns:
        str.

    >>> lane_words([3]), lane_words([0, 1, 2]), lane_words([0, 2])
    ('3', '0–2', '2×')
    """
    if len(lanes) == 1:
        return str(lanes[0])
    if lanes[-1] - lanes[0] == len(lanes) - 1:
        return f"{lanes[0]}–{lanes[-1]}"
    return f"{len(lanes)}×"
