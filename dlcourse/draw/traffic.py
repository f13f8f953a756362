"""Data or model parallelism: a map over batch and width of which moves fewer bytes."""

import math
from itertools import pairwise

from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import document, element, frame, label, number
from dlcourse.plan.traffic import data_parallel_numbers, model_parallel_numbers, pair_numbers
from dlcourse.units import show

COUNTINGS = ("each number once", "ring", "ring, pairs")
HIDDEN = 4  # times the width: what lies between the two layers of a pair
ITEM = 4  # bytes of a number
WIDTHS, BATCHES = (2**6, 2**15), (1, 2**20)  # smallest and largest
OCTAVE = 64, 18  # pixels of a doubling
LEFT, TOP, RIGHT = 86, 44, 64
SIZE = 9 * OCTAVE[0], 20 * OCTAVE[1]
FACTORS = 4, 16, 64  # times fewer: where the shade changes
SHADES = 0.18, 0.36, 0.54, 0.72


def exchanged(batch, width, counting=COUNTINGS[0], ranks=8):
    """Count the numbers that square layers exchange in a step, by both kinds of parallelism.

    Args:
        batch: rows of the whole batch; a token is one.
        width: of the layer. Pairs go from width to four times as many and back, as the dense
            layers of a transformer do.
        counting: one of COUNTINGS.
        ranks: of the ring; not used where each number counts once.

    Returns:
        (data parallel, model parallel).

    Raises:
        ValueError: for another counting, and sizes that `dlcourse.plan.traffic` refuses.

    >>> exchanged(128, 1000), exchanged(128, 1000, "ring", 4)
    ((1000000, 256000), (1500000.0, 192000.0))
    """
    if counting not in COUNTINGS:
        raise ValueError(f"counting={counting!r}: choose one of {', '.join(map(repr, COUNTINGS))}")
    if counting == "ring, pairs":
        layers = 2 * data_parallel_numbers(width, HIDDEN * width, ranks)
        return layers, pair_numbers(batch, width, width, ranks)
    ranks = ranks if counting == "ring" else None
    data = data_parallel_numbers(width, width, ranks)
    return data, model_parallel_numbers(batch, width, width, ranks)


def show_traffic_map(batch=128, width=1000, counting=COUNTINGS[0], ranks=8):
    """Draw which of data and model parallelism moves fewer bytes, and mark one layer.

    Args:
        batch: 1 to 2^20.
        width: 64 to 2^15.
        counting, ranks: as for `exchanged`.

    Returns:
        Drawing.

    Raises:
        ValueError: for what is not on the map.

    >>> show_traffic_map(128, 1000)
    batch 128, a layer of 1000 × 1000, each number once: data parallelism moves 4 MB, model \
parallelism 1.02 MB, 3.91 times less; equal at batch 500
    """
    for name, value, (low, high) in (("batch", batch, BATCHES), ("width", width, WIDTHS)):
        if not low <= value <= high:
            raise ValueError(f"{name}={value}: the map goes from {low} to {high}")
    text = describe(batch, width, counting, ranks)
    parts = [*ground(counting), *_mark(batch, width)]
    return document(LEFT + SIZE[0] + RIGHT, TOP + SIZE[1] + 50, parts, text)


def describe(batch, width, counting=COUNTINGS[0], ranks=8):
    """Say how many bytes move either way, and at which batch as many would.

    Args:
        batch, width, counting, ranks: as for `exchanged`.

    Returns:
        str.

    >>> describe(4096, 1024, "ring, pairs", ranks=4)
    'batch 4096, layers of 1024 × 4096 and 4096 × 1024: with data parallelism each of 4 ranks \
sends 50.3 MB, with model parallelism 50.3 MB, equal'
    """
    data, model = exchanged(batch, width, counting, ranks)
    sizes = [show(ITEM * numbers, "B") for numbers in (data, model)]
    deep = HIDDEN * width
    layers = f"a layer of {width} × {width}"
    if counting == "ring, pairs":
        layers = f"layers of {width} × {deep} and {deep} × {width}"
    if counting == COUNTINGS[0]:
        told = f", {counting}: data parallelism moves {sizes[0]}, model parallelism {sizes[1]}"
    else:
        told = f": with data parallelism each of {ranks} ranks sends {sizes[0]}, "
        told += f"with model parallelism {sizes[1]}"
    return f"batch {batch}, {layers}{told}, {_compared(data, model, batch)}"


def _compared(data, model, batch):
    if data == model:
        return "equal"
    ratio = data / model
    times = max(ratio, 1 / ratio)
    told = f"{times:.3g}" if times < 999.5 else f"{times:.0f}"
    how = "less" if ratio > 1 else "as much"
    return f"{told} times {how}; equal at batch {number(batch * ratio, 6)}"


def ground(counting):
    """Draw the map without a mark.

    Args:
        counting: one of COUNTINGS.

    Returns:
        list of SVG strings.

    >>> len(ground("ring")) == len(ground("ring, pairs"))
    True
    """
    data, model = exchanged(1, 1, counting)
    slope = data / model  # crossover / width
    edges = [slope * f for f in [*FACTORS[::-1], 1, *(1 / f for f in FACTORS)]]
    tints = [("sky", s) for s in SHADES[::-1]] + [("orange", s) for s in SHADES]
    parts = [element("rect", x=LEFT, y=TOP, width=SIZE[0], height=SIZE[1], fill=COLORS["paper"])]
    tops = [math.inf, *edges, 0]
    for (above, below), (color, shade) in zip(pairwise(tops), tints, strict=True):
        band = [*_border(above), *reversed(_border(below))]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in band)
        parts.append(element("polygon", points=points, fill=COLORS[color], fill_opacity=shade))
    parts += [_line(edge, edge == slope) for edge in edges]
    less = [f"{factor} × less" for factor in FACTORS]
    names = [*reversed(less), "equal", *less]
    parts += [_name(edge, name) for edge, name in zip(edges, names, strict=True)]
    return parts + _axes() + _legend(slope)


def place(batch, width):
    """Find a layer on the map.

    Args:
        batch, width: may be off the map.

    Returns:
        (x, y) in pixels.

    >>> place(1, 64), place(2**20, 2**15)
    ((86.0, 404.0), (662.0, 44.0))
    """
    x = LEFT + OCTAVE[0] * math.log2(width / WIDTHS[0])
    return x, TOP + SIZE[1] - OCTAVE[1] * math.log2(batch / BATCHES[0])


def _border(edge):
    """Where batch = edge * width, kept on the map: corners of a line from left to right."""
    if edge in (0, math.inf):
        batches = [BATCHES[edge > 0]] * 2
        return [place(*at) for at in zip(batches, WIDTHS, strict=True)]
    widths = sorted([*WIDTHS, *(batch / edge for batch in BATCHES)])
    return [place(_keep(edge * w, BATCHES), w) for w in widths if WIDTHS[0] <= w <= WIDTHS[1]]


def _keep(value, limits):
    return min(max(value, limits[0]), limits[1])


def _ends(edge):
    """The part of a line that is on the map."""
    widths = [_keep(w, [batch / edge for batch in BATCHES]) for w in WIDTHS]
    return [place(edge * w, w) for w in widths]


def _line(edge, equal):
    (x1, y1), (x2, y2) = _ends(edge)
    look = {"stroke": COLORS["ink"], "stroke_width": 3 if equal else 0.8}
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **look)


def _name(edge, words):
    """How many times less, where a line leaves the map."""
    x, y = _ends(edge)[1]
    if y > TOP:
        return label(x + 8, y, words, 11, "start", COLORS["muted"])
    return label(x, y - 10, words, 11, fill=COLORS["muted"])


def _axes():
    muted, foot = COLORS["muted"], TOP + SIZE[1]
    parts = [frame(LEFT, TOP, *SIZE, color=muted, stroke_width=1)]
    for batch in (16**i for i in range(6)):
        parts.append(label(LEFT - 8, place(batch, 1)[1], f"{batch}", 11, "end"))
    for width in (4**i for i in range(3, 8)):
        parts.append(label(place(1, width)[0], foot + 14, f"{width}", 11))
    parts.append(label(LEFT + SIZE[0] / 2, foot + 36, "width of the layer", 12, fill=muted))
    turned = f"rotate(-90 14 {TOP + SIZE[1] / 2:.0f})"
    words = "rows of the batch, or tokens"
    return [*parts, label(14, TOP + SIZE[1] / 2, words, 12, fill=muted, transform=turned)]


def _legend(slope):
    parts, x = [], LEFT
    for color, words in (("sky", "data parallelism moves less"), ("orange", "model parallelism")):
        box = {"x": x, "y": 6, "width": 18, "height": 12, "fill_opacity": SHADES[2]}
        parts.append(element("rect", fill=COLORS[color], **box))
        parts.append(label(x + 24, 12, words, 12, "start", COLORS["muted"]))
        x += 48 + 6.4 * len(words)
    line = {"x1": x, "x2": x + 22, "y1": 12, "y2": 12, "stroke": COLORS["ink"]}
    parts.append(element("line", stroke_width=3, **line))
    meets = {0.5: "width / 2", 1: "width"}.get(slope, f"{slope:.0f} × width")
    words = f"equal: batch = {meets}"
    return [*parts, label(x + 28, 12, words, 12, "start", COLORS["muted"])]


def _mark(batch, width):
    x, y = place(batch, width)
    ink = {"stroke": COLORS["ink"]}
    return [
        element("line", x1=LEFT, x2=x, y1=y, y2=y, stroke_dasharray="3 3", **ink),
        element("line", x1=x, x2=x, y1=y, y2=TOP + SIZE[1], stroke_dasharray="3 3", **ink),
        element("circle", cx=x, cy=y, r=7, fill=COLORS["paper"], stroke_width=3, **ink),
    ]
