"""A run on a cluster as a time line: one row a rank, work in it, messages between."""

from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import document, element, label
from dlcourse.units import show

WIDTH, LEFT, RIGHT, TOP = 820, 70, 24, 46  # fits a notebook beside Jupyter's file list
RANKS, MESSAGES = 64, 3000  # that can still be told apart, and stored
FILLS = {"compute": "#9fd3f0", "wait": COLORS["faint"]}


def show_timeline(trace, window=None):
    """Draw who computed, who waited, and which messages went from whom to whom.

    A bar is work, a gray one waiting; an orange line leaves its sender when the message sets out
    and reaches its receiver when all of it has arrived.

    Args:
        trace: ClusterTrace of at most 64 ranks.
        window: (from, to) in seconds; the whole run if left out.

    Returns:
        Drawing.

    Raises:
        ValueError: if there is more than a reader could tell apart.

    >>> from dlcourse.trace import ClusterTrace, Message, Work
    >>> work = [Work(0, "compute", 0.0, 1.0, "forward"), Work(1, "wait", 0.0, 2.0)]
    >>> show_timeline(ClusterTrace(2, 2.0, [Message(0, 1, 8, 0, 1.0, 1.5, 2.0)], work))
    2 ranks, 2 s: 1 message of 8 B in all; computing 25 %, waiting 50 % of the ranks' time
    """
    start, end = window or (0.0, trace.seconds)
    if not end > start:
        raise ValueError(f"window={window}: nothing takes time from {start} to {end} s")
    messages = [m for m in trace.messages if m.start < end and m.arrival > start]
    work = [w for w in trace.work if w.start < end and w.end > start]
    _check(trace, messages)
    row = 34 if trace.size <= 8 else 22 if trace.size <= 24 else 13
    scale = (WIDTH - LEFT - RIGHT) / (end - start)

    def x(seconds):
        return LEFT + scale * (min(max(seconds, start), end) - start)

    height = TOP + row * trace.size + 34
    parts = _rows(trace.size, row) + _axis(start, end, x, height - 26)
    parts += [part for w in work for part in _bar(w, x, row)]
    parts += _flights(messages, x, row)
    parts += _legend(work, messages)
    return document(WIDTH, height, parts, summary(trace, (start, end), messages, work))


def summary(trace, window, messages, work):
    """Say how busy the ranks were in a stretch of time.

    Args:
        trace: ClusterTrace.
        window: (from, to) in seconds.
        messages, work: those in the window.

    Returns:
        str.

    >>> from dlcourse.trace import ClusterTrace
    >>> summary(ClusterTrace(2, 2.0), (0, 2), [], [])
    "2 ranks, 2 s: no messages; computing 0 %, waiting 0 % of the ranks' time"
    """
    start, end = window
    total = trace.size * (end - start)
    share = {"compute": 0.0, "wait": 0.0}
    for w in work:
        share[w.kind] += (min(w.end, end) - max(w.start, start)) / total
    count, size = len(messages), show(sum(m.bytes for m in messages), "B")
    sent = f"{count} message{'s' * (count != 1)} of {size} in all" if count else "no messages"
    busy = f"computing {100 * share['compute']:.0f} %, waiting {100 * share['wait']:.0f} %"
    return f"{trace.size} ranks, {show(end - start, 's')}: {sent}; {busy} of the ranks' time"


def _check(trace, messages):
    if trace.size > RANKS:
        raise ValueError(f"{trace.size} ranks: a time line holds at most {RANKS}")
    if len(messages) > MESSAGES:
        way = "give a shorter window=(from, to)"
        raise ValueError(f"{len(messages)} messages: a time line holds {MESSAGES}; {way}")


def _rows(size, row):
    parts = []
    for rank in range(size):
        y = TOP + row * (rank + 0.5)
        line = {"x1": LEFT, "x2": WIDTH - RIGHT, "y1": y, "y2": y, "stroke": COLORS["line"]}
        parts.append(element("line", **line))
        parts.append(label(LEFT - 10, y, f"rank {rank}", min(12, row - 1), "end"))
    return parts


def _axis(start, end, x, y):
    parts = []
    for i in range(6):
        at = start + (end - start) * i / 5
        words = show(at, "s") if at else "0"
        anchor = "end" if i == 5 else "middle" if i else "start"
        mark = {"x1": x(at), "x2": x(at), "y1": TOP - 4, "y2": y - 2, "stroke": COLORS["line"]}
        parts.append(element("line", stroke_dasharray="2 4", **mark))
        parts.append(label(x(at), y + 10, words, 11, anchor, COLORS["muted"]))
    return parts


def _bar(work, x, row):
    """A stretch of work; its label where there is room."""
    left, right = x(work.start), x(work.end)
    tall = row * (0.66 if work.kind == "compute" else 0.3)
    y = TOP + row * (work.rank + 0.5) - tall / 2
    look = {"fill": FILLS[work.kind], "rx": 2, "stroke": COLORS["muted"], "stroke_width": 0.5}
    box = element("rect", x=left, y=y, width=max(right - left, 0.5), height=tall, **look)
    size = min(11, tall - 2)
    if work.kind == "wait" or not work.label or size < 7:
        return [box]
    if right - left < 0.62 * size * len(work.label):
        return [box]
    return [box, label((left + right) / 2, y + tall / 2, work.label, size)]


def _flights(messages, x, row):
    """All messages as two paths: the lines, and a point where each arrives."""
    if not messages:
        return []
    middle = [TOP + row * (rank + 0.5) for rank in range(RANKS)]
    ways, ends = [], []
    for m in messages:
        a, b = (x(m.start), middle[m.source]), (x(m.arrival), middle[m.dest])
        ways.append(f"M{a[0]:.1f} {a[1]:g}L{b[0]:.1f} {b[1]:g}")
        ends.append(f"M{b[0]:.1f} {b[1]:g}h0")
    thin = len(messages) > 150
    look = {"fill": "none", "stroke": COLORS["vermilion"]}
    return [
        element("path", d="".join(ways), stroke_width=0.8 if thin else 1.5, **look),
        element(
            "path", d="".join(ends), stroke_width=3 if thin else 6, stroke_linecap="round", **look
        ),
    ]


def _legend(work, messages):
    """What the colours mean, as far as they occur."""
    kinds = [kind for kind in FILLS if any(w.kind == kind for w in work)]
    parts, x = [], LEFT
    for kind in kinds:
        box = {"x": x, "y": 14, "width": 18, "height": 12, "rx": 2, "stroke": COLORS["muted"]}
        parts.append(element("rect", fill=FILLS[kind], stroke_width=0.5, **box))
        parts.append(label(x + 24, 20, kind, 12, "start", COLORS["muted"]))
        x += 100
    if messages:
        line = {"x1": x, "x2": x + 18, "y1": 20, "y2": 20, "stroke": COLORS["vermilion"]}
        parts.append(element("line", stroke_width=1.5, **line))
        parts.append(label(x + 24, 20, "message", 12, "start", COLORS["muted"]))
    return parts
