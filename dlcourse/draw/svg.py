"""Deterministic SVG: the same numbers always give the same bytes, so tests can compare them."""

from dataclasses import dataclass
from html import escape

import numpy as np

from dlcourse.draw.style import COLORS, FONT

LEVELS = 32  # shades of gray in a drawn image: enough to see, few enough to store


@dataclass(frozen=True)
class Drawing:
    """A picture with its alternative text, shown by Jupyter.

    >>> Drawing("<svg></svg>", "an empty picture")
    an empty picture
    """

    svg: str
    text: str

    def _repr_svg_(self):
        return self.svg

    def __repr__(self):
        return self.text


def number(value, digits=4):
    """Print a number with few significant digits, so that it is the same on every machine.

    Args:
        value: a real number.
        digits: how many are significant.

    Returns:
        str, without a negative zero.

    >>> number(1 / 6), number(-1e-17), number(12)
    ('0.1667', '0', '12')
    """
    value = float(value)
    if abs(value) < 1e-12:  # rounding noise, not a number worth showing
        return "0"
    return f"{value:.{digits}g}"


def element(tag, content="", **attributes):
    """Write one SVG element; underscores in attribute names become hyphens, None is left out.

    Args:
        tag: element name.
        content: inner SVG, already escaped.
        **attributes: numbers are rounded to hundredths.

    Returns:
        str.

    >>> element("line", x1=0, y1=1 / 3, stroke_width=2)
    '<line x1="0" y1="0.33" stroke-width="2"/>'
    """
    words = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{words}>{content}</{tag}>" if content else f"<{tag}{words}/>"


def label(x, y, words, size=13, anchor="middle", fill=COLORS["ink"], **attributes):
    """Write text whose middle height stands at y.

    Args:
        x, y: place in pixels.
        words: the text, not yet escaped.
        size: in pixels.
        anchor: "start", "middle" or "end".
        fill: colour.
        **attributes: any others.

    Returns:
        str.

    >>> label(5, 9, "a < b", size=10)
    '<text x="5" y="12.5" font-size="10" text-anchor="middle" fill="#1a1a1a">a &lt; b</text>'
    """
    place = {"x": x, "y": y + size * 0.35, "font_size": size, "text_anchor": anchor, "fill": fill}
    return element("text", escape(str(words), quote=False), **place, **attributes)


def document(width, height, parts, text):
    """Wrap elements into a drawing on a white sheet, with its alternative text.

    Args:
        width, height: in pixels; the picture shrinks on narrow screens.
        parts: iterable of SVG strings.
        text: what the drawing says, numbers included.

    Returns:
        Drawing.

    >>> document(10, 10, [], "nothing")._repr_svg_().startswith('<svg xmlns=')
    True
    """
    sheet = element("rect", width=width, height=height, fill=COLORS["paper"], rx=6)
    svg = element(
        "svg",
        "\n".join([sheet, *parts]),
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {_attribute(width)} {_attribute(height)}",
        style=f"max-width:100%;height:auto;font-family:{FONT}",
        role="img",
        aria_label=text,
    )
    return Drawing(svg, text)


def cells(values, x, y, size, lit=None, fill=COLORS["faint"], digits=3):
    """Draw a grid of numbers; lit cells have another colour, a thick frame and bold type.

    Args:
        values: array (rows, columns).
        x, y: top left corner.
        size: (width, height) of a cell.
        lit: bool array (rows, columns), or None.
        fill: colour of the cells that are not lit.
        digits: significant digits of the numbers.

    Returns:
        list of SVG strings; the lit ones come last, so that their frames stay whole.

    >>> len(cells([[1, 2]], 0, 0, (30, 20)))
    4
    """
    values = np.asarray(values)
    lit = np.zeros(values.shape, bool) if lit is None else np.asarray(lit, bool)
    plain = [_cell(values, at, x, y, size, fill, digits) for at in np.argwhere(~lit)]
    bright = [_cell(values, at, x, y, size, None, digits) for at in np.argwhere(lit)]
    return [part for pair in plain + bright for part in pair]


def pixels(values, x, y, size, low=None, high=None):
    """Draw an image in gray, as one path for each shade.

    Args:
        values: array (H, W).
        x, y: top left corner.
        size: side of a pixel.
        low, high: values shown black and white; the smallest and largest if left out.

    Returns:
        list of SVG strings.

    >>> pixels([[0, 1, 1]], 0, 0, 10)[0].count("M")      # one run of black, one of white
    2
    """
    values = np.asarray(values, float)
    low = values.min() if low is None else low
    high = values.max() if high is None else high
    scaled = (values - low) / (high - low) if high > low else np.zeros_like(values) + 0.5
    shades = np.clip(np.floor(scaled * LEVELS + 1e-9), 0, LEVELS - 1).astype(int)  # stable at ties
    paths = [_shade(shades, level) for level in np.unique(shades)]
    place = f"translate({_attribute(x)} {_attribute(y)}) scale({_attribute(size)})"
    return [element("g", "".join(paths), transform=place, shape_rendering="crispEdges")]


def frame(x, y, width, height, color=COLORS["vermilion"], **attributes):
    """Draw the outline of a box.

    Args:
        x, y: top left corner.
        width, height: in pixels.
        color: of the line.
        **attributes: any others.

    Returns:
        str.

    >>> frame(0, 0, 4, 4, color="red").count("none")
    1
    """
    look = {"fill": "none", "stroke": color, "stroke_width": 2.5} | attributes
    return element("rect", x=x, y=y, width=width, height=height, **look)


def _cell(values, at, x, y, size, fill, digits):
    """One cell of a grid and its number; a fill of None means lit."""
    row, column = at
    width, height = size
    left, top, lit = x + column * width, y + row * height, fill is None
    box = element(
        "rect",
        x=left,
        y=top,
        width=width,
        height=height,
        fill=COLORS["yellow"] if lit else fill,
        stroke=COLORS["vermilion"] if lit else COLORS["line"],
        stroke_width=2.5 if lit else 1,
    )
    words = number(values[row, column], digits)
    type_size = min(14, height * 0.48, 1.5 * width / max(len(words), 3))
    weight = "bold" if lit else None
    middle = left + width / 2, top + height / 2
    return box, label(*middle, words, size=type_size, font_weight=weight)


def _shade(shades, level):
    """All runs of one shade, as strokes of a path one pixel high."""
    edges = np.diff(np.pad(shades == level, ((0, 0), (1, 1))).astype(int), axis=1)
    starts, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    runs = zip(starts, ends[:, 1], strict=True)
    path = "".join(f"M{column} {row}.5h{end - column}" for (row, column), end in runs)
    gray = round(255 * level / (LEVELS - 1))
    return element("path", d=path, stroke=f"#{gray:02x}{gray:02x}{gray:02x}")


def _attribute(value):
    if isinstance(value, float | np.floating):
        value = f"{value:.2f}".rstrip("0").rstrip(".")
        return "0" if value == "-0" else value
    return escape(str(value))
