"""A receptive field: rows of units, the input below, and all that one unit sees on the way."""

from types import MappingProxyType

import numpy as np

from dlcourse.conv.receptive import enough_pixels, layer_sizes, receptive_field, trace, windows
from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import document, element, label

WIDTH = 780
NAMES, COUNTS = 130, 118  # room to the left and to the right of the rows
ROW, CELL = 62, 22  # from row to row; height of a unit
WIDEST = 40  # a unit
HALO = MappingProxyType({"paint_order": "stroke", "stroke": COLORS["paper"], "stroke_width": 4})


def show_receptive_field(layers, at, depth=None, length=None):
    """Draw which units of each layer, and which pixels, one unit depends on.

    Args:
        layers: as `receptive.windows` reads them, the first one next to the input.
        at: index of the unit.
        depth: layer it stands in, 1 is next to the input; the last if left out.
        length: of the input, in pixels; enough for five units of the last layer if left out.

    Returns:
        Drawing: a row for each layer, over the input.

    Raises:
        ValueError: if a window does not fit or there is no such layer or unit.

    >>> show_receptive_field([(3, 1), (2, 2), (3, 1)], at=1)
    unit 1 of layer 3 sees input pixels 2 to 9: 8; on the way 3 of layer 2, 6 of layer 1
    """
    layers = windows(layers)
    depth = check_depth(layers, len(layers) if depth is None else depth)
    length = enough_pixels(layers, 5) if length is None else length
    sizes, seen = layer_sizes(layers, length), trace(layers[:depth], length, at)
    places = _places(layers, sizes)
    parts = _cones(layers, seen, places)
    for i, size in enumerate(sizes):
        lit = seen[i] if i < len(seen) else np.array([], int)
        parts += _row(places[i], size, lit, i <= depth)
        parts += _words(layers, places[i][2], i, size, lit)
    text = describe(layers[:depth], at, seen)
    return document(WIDTH, 20 + ROW * len(sizes), parts, text)


def check_depth(layers, depth):
    """Refuse a layer that does not exist.

    Args:
        layers: list of any kind.
        depth: 1 for the first layer.

    Returns:
        The depth.

    Raises:
        ValueError: if there is no such layer.

    >>> check_depth([(3, 1)], 2)
    Traceback (most recent call last):
        ...
    ValueError: depth=2: there are 1 layers, and 1 is the one next to the input
    """
    if not 1 <= depth <= len(layers):
        raise ValueError(
            f"depth={depth}: there are {len(layers)} layers, and 1 is the one next to the input"
        )
    return depth


def describe(layers, unit, seen):
    """Say what a unit of the last layer sees.

    Args:
        layers: tuple of Window.
        unit: its index.
        seen: what `trace` gave.

    Returns:
        str.

    >>> layers = windows([(3, 1, 2)])
    >>> describe(layers, 4, trace(layers, 9, 4))
    'unit 4 of layer 1 sees 3 of the 5 pixels of its field, from 4 to 8'
    """
    who, pixels = f"unit {unit} of {layers[-1].name}", seen[0]
    size = receptive_field(layers)[-1].size
    if not pixels.size:
        return f"{who} sees no pixel, only zeros"
    first, last = pixels[0], pixels[-1]
    what = f"sees {pixels.size} of the {size} pixels of its field, from {first} to {last}"
    if pixels.size == size:
        what = f"sees input pixel{f's {first} to {last}: {size}' if size > 1 else f' {first}'}"
    passed = zip(reversed(layers[:-1]), seen[-2:0:-1], strict=True)
    way = ", ".join(f"{units.size} of {w.name}" for w, units in passed)
    return f"{who} {what}" + (f"; on the way {way}" if way else "")


def _places(layers, sizes):
    """For each row, the input's first: a function from index to x, a unit's width, the row's y."""
    fields = [(0.5, 1), *((f.start + f.size / 2, f.jump) for f in receptive_field(layers))]
    pads = [*(w.padding for w in layers), 0]
    rows = list(zip(fields, pads, sizes, strict=True))
    low = min(middle - (pad + 0.5) * jump for (middle, jump), pad, _ in rows)
    high = max(middle + (n - 0.5 + pad) * jump for (middle, jump), pad, n in rows)
    pixel = min((WIDTH - NAMES - COUNTS) / (high - low), WIDEST)
    left = NAMES + (WIDTH - NAMES - COUNTS - pixel * (high - low)) / 2 - low * pixel
    return [
        (_line(left + middle * pixel, jump * pixel), min(jump * pixel, WIDEST), _height(i, sizes))
        for i, ((middle, jump), *_) in enumerate(rows)
    ]


def _line(start, step):
    return lambda index: start + index * step


def _height(i, sizes):
    return 20 + ROW * (len(sizes) - 1 - i)


def _cones(layers, seen, places):
    """A line from each unit that is seen to each of its taps, zeros of the padding included."""
    parts = []
    for i, (w, units) in enumerate(zip(layers, seen[1:], strict=False)):
        (below, width, y), (above, _, top) = places[i], places[i + 1]
        reach = w.dilation * np.arange(w.kernel) - w.padding
        taps = [(u, t) for u in units for t in u * w.stride + reach]
        path = "".join(f"M{above(u):.1f} {top + CELL}L{below(t):.1f} {y}" for u, t in taps)
        look = {"fill": "none", "stroke": COLORS["vermilion"], "stroke_opacity": 0.45}
        parts.append(element("path", d=path, **look))
        outside = sorted({t for _, t in taps} - set(seen[i]))
        parts += [_unit(below(t), y, width, None) for t in outside]
    return parts


def _row(place, size, lit, reached):
    """The units of one layer, those seen lit; faint where they lie above the unit looked from."""
    x, width, y = place
    marked, readable = np.isin(np.arange(size), lit), width >= 5 + 6 * len(str(size - 1))
    order = [*np.flatnonzero(~marked), *lit]  # lit ones last: their frames stay whole
    parts = [_unit(x(i), y, width, marked[i], 1 if reached else 0.4) for i in order]
    numbered = order if readable else lit[[0, -1]] if lit.size else []
    for i in numbered:
        weight, fill = ("bold", "ink") if marked[i] else (None, "muted")
        height = y + (CELL / 2 if readable else CELL + 9)
        halo = {} if readable else HALO
        parts.append(label(x(i), height, i, 11, fill=COLORS[fill], font_weight=weight, **halo))
    return parts


def _unit(x, y, width, lit, opacity=None):
    """One unit; lit, plain (False) or a zero of the padding (None)."""
    gap = min(1.5, width / 8)
    fill, stroke = ("yellow", "vermilion") if lit else ("faint", "line")
    look = {"fill": COLORS[fill], "stroke": COLORS[stroke]}
    if lit is None:
        look = {"fill": "none", "stroke": COLORS["muted"], "stroke_dasharray": "3 2"}
    sides = {"width": width - 2 * gap, "height": CELL, "rx": min(3, width / 4)}
    return element("rect", x=x - width / 2 + gap, y=y, **sides, **look, opacity=opacity)


def _words(layers, y, i, size, lit):
    """Left of a row its layer and window, right of it how much is seen, its field and jump."""
    count = f"{lit.size} {'unit' if i else 'pixel'}{'' if lit.size == 1 else 's'}"
    left, right = ["input", f"{size} pixels"], [count if lit.size else ""]
    if i:
        w, field = layers[i - 1], receptive_field(layers)[i - 1]
        dilation = f"dilation {w.dilation}" if w.dilation != 1 else ""
        padding = f"padding {w.padding}" if w.padding else ""
        left = [w.name, f"{w.kernel} taps, stride {w.stride}"]
        left += [", ".join(filter(None, (dilation, padding)))]
        right += [f"field {field.size}, jump {field.jump}"]
    return [
        label(x, y + 6 + 14 * line, words, 11 if line else 13, "start", COLORS[fill])
        for x, column in ((16, left), (WIDTH - COUNTS + 16, right))
        for line, (words, fill) in enumerate(zip(column, ("ink", "muted", "muted"), strict=False))
        if words
    ]
