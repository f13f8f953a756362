"""Methods side by side: bars for the times predicted, and for those measured or simulated."""

from types import MappingProxyType

from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import document, element, label
from dlcourse.units import show

WIDTH = 780
NAMES, TIMES = 110, 110  # room to the left and to the right of the bars
TOP, ROW, BAR = 40, 46, 15
REACH = 5  # the longest bar that is drawn whole, as a multiple of the shortest
COLOR = MappingProxyType({"predicted": "sky", "measured": "vermilion", "simulated": "orange"})


def show_race(predicted, measured=None, simulated=None):
    """Draw how long each method should take, and how long it took on a clock, real or virtual.

    Bars grow in proportion to time; those that run off the sheet have a torn end.

    Args:
        predicted: dict method -> seconds, or None where the method does not apply.
        measured: dict method -> seconds, of those that were measured.
        simulated: the same of the virtual cluster; not beside measured ones.

    Returns:
        Drawing.

    Raises:
        ValueError: if no method has a predicted time, a measured or simulated one has no row, or
            there are both of these.

    >>> show_race({"loops": 2.0, "matrix": 0.001, "trick": None}, measured={"matrix": 0.0012})
    predicted: matrix 1 ms, loops 2 s; measured: matrix 1.2 ms
    >>> show_race({"ring": 0.001, "tree": 0.002}, simulated={"ring": 0.0012})
    predicted: ring 1 ms, tree 2 ms; simulated: ring 1.2 ms
    """
    series = {"predicted": {k: v for k, v in predicted.items() if v is not None}}
    series |= {k: v for k, v in {"measured": measured, "simulated": simulated}.items() if v}
    known = set().union(*series.values()) <= set(predicted)
    if not series["predicted"] or not known or len(series) > 2:
        given = f"predicted {predicted}, measured {measured}, simulated {simulated}"
        raise ValueError(f"{given}: predict every method first, and measure or simulate it")
    full = REACH * max(min(times.values()) for times in series.values())
    parts = _legend(series)
    for row, name in enumerate(predicted):
        times = {kind: values.get(name) for kind, values in series.items()}
        parts += _row(TOP + ROW * row, name, times, full, _won(series, name))
    text = "; ".join(f"{kind}: {ranking(times)}" for kind, times in series.items())
    return document(WIDTH, TOP + ROW * len(predicted), parts, text)


def ranking(times):
    """Name methods with their times, the fastest first.

    Args:
        times: dict method -> seconds.

    Returns:
        str.

    >>> ranking({"slow": 2.5, "fast": 1e-6})
    'fast 1 µs, slow 2.5 s'
    """
    return ", ".join(f"{name} {show(times[name], 's', 2)}" for name in sorted(times, key=times.get))


def _won(series, name):
    """For each kind of time, whether this method is the fastest."""
    return {kind: name == min(times, key=times.get) for kind, times in series.items()}


def _fill(kind):
    return COLORS[COLOR[kind]]


def _legend(series):
    parts = []
    for i, kind in enumerate(series):
        x = NAMES + 110 * i
        parts.append(element("rect", x=x, y=12, width=14, height=14, rx=2, fill=_fill(kind)))
        parts.append(label(x + 20, 19, kind, anchor="start", fill=COLORS["muted"]))
    return parts


def _row(y, name, times, full, won):
    """A method's name and its bars, one below the other, or one as high as both."""
    weight = "bold" if any(won.values()) else None
    parts = [label(16, y + BAR, name, 14, "start", font_weight=weight)]
    if len(times) == 1 or times["predicted"] is None:
        slots = [("predicted", y + 3, 2 * BAR - 6, "does not apply")]
    else:
        _, found = times
        slots = [("predicted", y, BAR, ""), (found, y + BAR + 1, BAR, f"not {found}")]
    for kind, top, height, missing in slots:
        if times[kind] is None:
            muted = {"anchor": "start", "fill": COLORS["muted"]}
            parts.append(label(NAMES + 4, top + height / 2, missing, 11, **muted))
        else:
            parts += _bar(top, height, times[kind], full, _fill(kind), won[kind])
    return parts


def _bar(y, height, seconds, full, fill, won):
    """A bar and its time; the fastest has a frame."""
    room = WIDTH - NAMES - TIMES
    end = NAMES + max(1.5, min(seconds / full, 1) * room)
    torn = f"l-5 {height / 4}l5 {height / 4}l-5 {height / 4}l5 {height / 4}"
    path = f"M{NAMES} {y}H{end:.1f}{torn if seconds > full else f'v{height}'}H{NAMES}z"
    frame = {"stroke": COLORS["ink"], "stroke_width": 1.5} if won else {}
    weight = "bold" if won else None
    words = label(end + 8, y + height / 2, show(seconds, "s", 2), 12, "start", font_weight=weight)
    return [element("path", d=path, fill=fill, **frame), words]
