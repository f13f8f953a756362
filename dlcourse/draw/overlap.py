"""A step of data parallelism as a Gantt chart: a row a layer, and the network below."""

from types import MappingProxyType

from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import document, element, label, number
from dlcourse.units import show

WIDTH, LEFT, RIGHT, TOP = 820, 120, 24, 46
NETWORK = 30  # height of its lane
LAYERS = 64  # that can still be told apart
FILLS = MappingProxyType(
    {
        "forward": "#9fd3f0",
        "backward": "#f6c37a",
        "all-reduce, hidden": COLORS["green"],
        "all-reduce, exposed": COLORS["vermilion"],
    }
)


def show_overlap(step):
    """Draw what is computed when, and what the network carries meanwhile.

    The axis is as long as the step would be if it sent nothing before backward ends, so that what
    overlapping saves stays empty. A dotted line leads from the moment when a bucket is full to the
    message.

    Args:
        step: Step of at most 64 layers, as `dlcourse.plan.overlap.train_step` makes it.

    Returns:
        Drawing.

    Raises:
        ValueError: if there are more layers, or nothing takes time.

    >>> from dlcourse.cluster.collectives.costs import AlphaBeta
    >>> from dlcourse.plan.overlap import alexnet, train_step
    >>> show_overlap(train_step(alexnet(), 4, AlphaBeta(alpha=50e-6, beta=1 / 4e9)))
    8 layers, 4 ranks, 4 messages of 173 MB in all: step 98.5 ms; computing 94.5 ms, network busy \
66.1 ms, 4 ms of it exposed: 93.9 % hidden, 38.7 % of the step saved
    """
    end = step.computing + step.sending
    if len(step.layers) > LAYERS or not end:
        raise ValueError(
            f"{len(step.layers)} layers, {end} s: a chart holds {LAYERS} that take some time"
        )
    scale = (WIDTH - LEFT - RIGHT) / end
    row = 24 if len(step.layers) <= 12 else 12 if len(step.layers) <= 28 else 7
    bottom = TOP + row * len(step.layers)

    def x(seconds):
        return LEFT + scale * seconds

    parts = _axis(end, x, bottom + NETWORK + 10) + _names(step, row, bottom)
    for kind, spans in (("forward", step.forward), ("backward", step.backward)):
        places = [(start, end, TOP + row * j + 1) for j, (start, end) in enumerate(spans)]
        parts.append(_boxes(places, row - 2, FILLS[kind], x))
    parts += _messages(step, x, row, bottom)
    return document(WIDTH, bottom + NETWORK + 40, parts + _legend(step), describe(step))


def describe(step):
    """Say how long a step takes, and how much of its messages is hidden.

    Args:
        step: Step.

    Returns:
        str.

    >>> from dlcourse.cluster.collectives.costs import AlphaBeta
    >>> from dlcourse.plan.overlap import train_step
    >>> describe(train_step([("fc", 4_000_000, 2e-3)], 1, AlphaBeta(0, 1e-9)))
    '1 layer, 1 rank, no messages: step 2 ms'
    """
    counts = f"{_count(len(step.layers), 'layer')}, {_count(step.ranks, 'rank')}"
    if not step.sending:
        return f"{counts}, no messages: step {show(step.seconds, 's')}"
    size = show(sum(message.nbytes for message in step.messages), "B")
    sent = f"{_count(len(step.messages), 'message')} of {size} in all"
    times = f"computing {show(step.computing, 's')}, network busy {show(step.sending, 's')}"
    hidden, saved = (number(100 * share, 3) for share in (step.hidden, step.saved))
    exposed = f"{show(step.exposed, 's')} of it exposed"
    shares = f"{hidden} % hidden, {saved} % of the step saved"
    return f"{counts}, {sent}: step {show(step.seconds, 's')}; {times}, {exposed}: {shares}"


def _count(n, noun):
    return f"{n} {noun}{'s' * (n != 1)}"


def _axis(end, x, y):
    parts = []
    for i in range(6):
        at = end * i / 5
        anchor = "end" if i == 5 else "middle" if i else "start"
        mark = {"x1": x(at), "x2": x(at), "y1": TOP - 4, "y2": y, "stroke": COLORS["line"]}
        parts.append(element("line", stroke_dasharray="2 4", **mark))
        parts.append(label(x(at), y + 14, show(at, "s"), 11, anchor, COLORS["muted"]))
    return parts


def _names(step, row, bottom):
    """Every layer's, or as many as there is room for."""
    every = -(-12 // row)
    parts = [
        label(LEFT - 10, TOP + row * (i + 0.5), _short(layer.name), 11, "end")
        for i, layer in enumerate(step.layers)
        if i % every == 0
    ]
    line = {"x1": LEFT, "x2": WIDTH - RIGHT, "y1": bottom + 4, "y2": bottom + 4}
    parts.append(element("line", stroke=COLORS["line"], **line))
    middle = bottom + 8 + NETWORK / 2
    return [*parts, label(LEFT - 10, middle, "network", 12, "end", font_weight="bold")]


def _short(name):
    return name if len(name) <= 18 else f"{name[:17]}…"


def _boxes(places, tall, fill, x):
    """Boxes of one kind, (start, end, y), as one path."""
    ways = [
        f"M{x(start):.1f} {y}h{x(end) - x(start):.1f}v{tall}H{x(start):.1f}z"
        for start, end, y in places
        if end > start
    ]
    look = {"stroke": COLORS["muted"], "stroke_width": 0.6}
    return element("path", d="".join(ways), fill=fill, **look)


def _messages(step, x, row, bottom):
    """The network's lane: what travels before backward ends, and what after."""
    stop, top, tall = step.computing, bottom + 10, NETWORK - 4
    hidden = [(m.start, min(m.end, stop), top) for m in step.messages]
    exposed = [(max(m.start, stop), m.end, top) for m in step.messages]
    parts = _waits(step, x, row, top)
    parts.append(_boxes(hidden, tall, FILLS["all-reduce, hidden"], x))
    parts.append(_boxes(exposed, tall, FILLS["all-reduce, exposed"], x))
    line = {"x1": x(stop), "x2": x(stop), "y1": TOP - 8, "y2": top + tall + 4}
    parts.append(element("line", stroke=COLORS["ink"], stroke_width=1.5, **line))
    end = x(step.seconds)
    place, anchor = (end + 8, "start") if end < WIDTH - RIGHT - 90 else (end - 8, "end")
    words = f"step {show(step.seconds, 's')}"
    return [*parts, label(place, top + tall / 2, words, 12, anchor, font_weight="bold")]


def _waits(step, x, row, top):
    """From the end of a bucket's last layer down to its message."""
    ways, last = [], len(step.layers)
    for message in step.messages:
        last -= len(message.names)
        ways.append(f"M{x(message.ready):.1f} {TOP + row * (last + 0.5):g}V{top - 5}")
        ways.append(f"L{x(message.start):.1f} {top}")
    look = {"fill": "none", "stroke": COLORS["muted"], "stroke_dasharray": "1.5 2.5"}
    return [element("path", d="".join(ways), **look)]


def _legend(step):
    parts, x = [], LEFT
    for words, fill in FILLS.items():
        box = {"x": x, "y": 12, "width": 18, "height": 12, "stroke": COLORS["muted"]}
        parts.append(element("rect", fill=fill, stroke_width=0.6, **box))
        parts.append(label(x + 24, 18, words, 12, "start", COLORS["muted"]))
        x += 50 + 6.2 * len(words)
    return parts
