"""The memory hierarchy by what an access costs: bars of cycles, one colour for each source."""

from dlcourse.draw.style import COLORS, SERIES
from dlcourse.draw.svg import document, element, label, number

WIDTH, LEFT, RIGHT = 780, 110, 70
TOP, BAR, GAP = 40, 16, 14


def show_cycles(sources):
    """Draw cycles of accesses, grouped by where they go, the nearest first.

    Args:
        sources: dict name of a source -> dict level -> cycles; a level may be left out.

    Returns:
        Drawing.

    Raises:
        ValueError: if there is nothing to draw, or more sources than colours.

    >>> show_cycles({"post": {"shared": 20, "global": 200}, "measured": {"global": 436}})
    shared: post 20; global: post 200, measured 436
    """
    levels = dict.fromkeys(level for cycles in sources.values() for level in cycles)
    levels = sorted(levels, key=lambda level: max(c.get(level, 0) for c in sources.values()))
    if not levels or len(sources) > len(SERIES):
        raise ValueError(f"{len(sources)} sources, {len(levels)} levels: give 1 to {len(SERIES)}")
    most = max(max(cycles.values()) for cycles in sources.values() if cycles)
    parts, y, told = _legend(sources), TOP, []
    for level in levels:
        found = [(i, name, c[level]) for i, (name, c) in enumerate(sources.items()) if level in c]
        parts.append(label(LEFT - 12, y + len(found) * BAR / 2, level, 13, "end"))
        for row, (i, _, cycles) in enumerate(found):
            parts += _bar(y + row * BAR, i, cycles, most)
        told.append(f"{level}: " + ", ".join(f"{name} {number(c)}" for _, name, c in found))
        y += len(found) * BAR + GAP
    return document(WIDTH, y, parts, "; ".join(told))


def _legend(sources):
    parts, x = [], LEFT
    for i, name in enumerate(sources):
        parts.append(element("rect", x=x, y=10, width=14, height=14, rx=2, fill=_color(i)))
        parts.append(label(x + 20, 17, name, 12, "start", COLORS["muted"]))
        x += 44 + 6.6 * len(name)
    return parts


def _bar(y, i, cycles, most):
    length = max(1.5, (WIDTH - LEFT - RIGHT) * cycles / most)
    box = {"x": LEFT, "y": y + 1, "width": length, "height": BAR - 2}
    words = label(LEFT + length + 6, y + BAR / 2, number(cycles), 11, "start")
    return [element("rect", **box, fill=_color(i)), words]


def _color(i):
    return COLORS[SERIES[i]]
