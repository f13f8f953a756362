"""A table of numbers as a picture, with some cells lit."""

import numpy as np

from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import cells, document, label, number

CELL = 64, 32
MARGIN = 12


def show_table(values, highlight=None, rows=None, columns=None, title=""):
    """Draw a small table of numbers and light the cells that matter.

    Args:
        values: array (n,) or (n, k).
        highlight: function (i, j) -> bool, or a bool array (n, k).
        rows, columns: names for the two sides.
        title: a line above the table.

    Returns:
        Drawing.

    Raises:
        ValueError: if the values do not form a table, or names or marks do not fit it.

    >>> show_table([[1, 2], [3, 4]], highlight=lambda i, j: i + j == 1)
    table of 2 rows and 2 columns; lit: 2, 3, sum 5
    """
    values = np.atleast_2d(values)
    if values.ndim != 2:
        raise ValueError(f"values have shape {values.shape}: a table has at most two axes")
    lit = _lit(highlight, values.shape)
    _check_names(values.shape, rows, columns)
    left = MARGIN + (56 if rows is not None else 0)
    top = MARGIN + (24 if title else 0) + (22 if columns is not None else 0)
    (n, k), (width, height) = values.shape, CELL
    parts = cells(values, left, top, CELL, lit, digits=4)
    parts += [_name(left - 10, top + (i + 0.5) * height, r, "end") for i, r in _named(rows)]
    parts += [_name(left + (j + 0.5) * width, top - 11, c) for j, c in _named(columns)]
    if title:
        parts.append(label(MARGIN, MARGIN + 8, title, anchor="start", font_weight="bold"))
    sheet = max(left + k * width, 8 * len(title)) + MARGIN, top + n * height + MARGIN
    return document(*sheet, parts, _describe(values, lit, title))


def _lit(highlight, shape):
    if callable(highlight):
        return np.array([[bool(highlight(i, j)) for j in range(shape[1])] for i in range(shape[0])])
    lit = np.zeros(shape, bool) if highlight is None else np.atleast_2d(highlight).astype(bool)
    if lit.shape != shape:
        raise ValueError(f"highlight has shape {lit.shape}, the table {shape}: make them equal")
    return lit


def _check_names(shape, rows, columns):
    for what, names, length in (("rows", rows, shape[0]), ("columns", columns, shape[1])):
        if names is not None and len(names) != length:
            raise ValueError(f"{len(names)} names for {length} {what}: give one for each")


def _named(names):
    return enumerate(names if names is not None else ())


def _name(x, y, words, anchor="middle"):
    return label(x, y, words, anchor=anchor, fill=COLORS["muted"])


def _describe(values, lit, title):
    text = f"{title + ': ' if title else ''}table of {values.shape[0]} rows"
    text += f" and {values.shape[1]} columns"
    if lit.any():
        shown = values[lit]
        names = ", ".join(map(number, shown[:8])) + (", …" if len(shown) > 8 else "")
        text += f"; lit: {names}, sum {number(shown.sum())}"
    return text
