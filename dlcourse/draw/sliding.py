"""Slide and flip: one sequence moved past another, and the products where they meet."""

import numpy as np

from dlcourse.conv.signal import convolve, overlap
from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import cells, document, element, frame, label, number

WIDTH = 780
LEFT = 92  # room for the names of the rows
CELL_HEIGHT = 30
BARS = 90  # height of the tallest output bar


def slide_and_flip(f, g, shift):
    """Draw the moment of a convolution at which output `shift` is made.

    Args:
        f: array (n,).
        g: array (k,); it is drawn flipped, and moved so that f[i] stands over g[shift - i].
        shift: output index, 0 to n + k - 2.

    Returns:
        Drawing: f, g, the products where both stand, and the output, with its sum lit.

    Raises:
        ValueError: if the shift lies outside the output.

    >>> slide_and_flip([1, 2, 3], [1, 10], shift=1)
    overlap of 2 products, sum 12
    """
    f, g = np.asarray(f), np.asarray(g)
    meeting, out = overlap(f, g, shift), convolve(f, g)
    columns = len(f) + 2 * (len(g) - 1)
    width = min(56, (WIDTH - LEFT - 16) / columns)
    home = LEFT + (len(g) - 1) * width  # where f[0] stands
    parts = _rows(f, g, shift, meeting, home, width)
    parts += _output(out, shift, home, width)
    text = f"overlap of {len(meeting)} products, sum {number(out[shift])}"
    return document(LEFT + columns * width + 16, 300, parts, text)


def _rows(f, g, shift, meeting, home, width):
    """f, the flipped g below it, and their products."""
    size = width, CELL_HEIGHT
    start = home + (shift - len(g) + 1) * width
    first = meeting[0][0]
    left = home + first * width
    products = np.array([[product for *_, product in meeting]])
    lit = np.ones(products.shape, bool)
    return [
        *(_row_name(y, name) for y, name in ((35, "f"), (81, "g, flipped"), (127, "products"))),
        *cells(f[None], home, 20, size),
        *cells(g[None, ::-1], start, 66, size, fill="#dbeefa"),
        *cells(products, left, 112, size, lit),
        frame(left, 16, len(meeting) * width, 84, stroke_dasharray="5 4"),
    ]


def _output(out, shift, home, width):
    """The whole convolution as bars, the current one lit and named."""
    tallest = np.abs(out).max() or 1
    base = 270 - (BARS / 2 if (out < 0).any() else 0)
    scale = (270 - 160) / tallest * (0.5 if (out < 0).any() else 0.9)
    parts = [_row_name(base - 30, "f ∗ g")]
    for index, value in enumerate(out):
        height, lit = abs(value) * scale, index == shift
        parts.append(
            element(
                "rect",
                x=home + index * width + 2,
                y=base - max(value, 0) * scale,
                width=width - 4,
                height=max(height, 1),
                fill=COLORS["vermilion"] if lit else COLORS["sky"],
                stroke=COLORS["ink"] if lit else None,
            )
        )
    middle = home + (shift + 0.5) * width
    parts.append(label(middle, base - max(out[shift], 0) * scale - 10, number(out[shift])))
    parts.append(label(middle, 287, f"shift {shift}", fill=COLORS["muted"]))
    return parts


def _row_name(y, words):
    return label(LEFT - 12, y, words, anchor="end", fill=COLORS["muted"])
