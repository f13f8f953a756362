"""Two small arrays beside each other, with the cells marked in which they differ."""

import numpy as np

from dlcourse.draw.svg import cells, document, label

CELL = 52, 30
MARGIN = 12
TITLE = 24  # height of a line of text


def show_difference(yours, expected):
    """Draw an answer beside the expected one; cells of the answer that differ are lit.

    Args:
        yours: array (n,) or (H, W).
        expected: array with as many axes.

    Returns:
        Drawing: sequences stand below each other, grids side by side.

    Raises:
        ValueError: if the arrays are not both sequences or both grids.

    >>> show_difference([1, 2, 4], [1, 2, 3])
    yours differs from the expected array in 1 of 3 cells
    >>> show_difference([1, 2], [1, 2, 3])
    yours has shape (2,), the expected array has shape (3,)
    """
    shapes = np.shape(yours), np.shape(expected)
    if {len(shape) for shape in shapes} not in ({1}, {2}):
        raise ValueError(f"shapes {shapes[0]} and {shapes[1]}: give two sequences or two grids")
    below = len(shapes[0]) == 1
    yours, expected = np.atleast_2d(yours), np.atleast_2d(expected)
    differs = _differs(yours, expected)
    rows, columns = np.maximum(yours.shape, expected.shape)
    width, height = max(columns, 2) * CELL[0], rows * CELL[1]
    x, y = (MARGIN, 2 * MARGIN + TITLE + height) if below else (3 * MARGIN + width, MARGIN)
    parts = _panel("yours", yours, MARGIN, MARGIN, differs)
    parts += _panel("expected", expected, x, y)
    size = x + width + MARGIN, y + TITLE + height + MARGIN
    return document(*map(int, size), parts, _describe(shapes, differs))


def _panel(title, values, x, y, lit=None):
    heading = label(x, y + 8, title, anchor="start", font_weight="bold")
    return [heading, *cells(values, x, y + TITLE, CELL, lit, digits=4)]


def _differs(yours, expected):
    """Bool array of yours' shape: where the expected array has another value, or none."""
    differs = np.ones(yours.shape, bool)
    shared = tuple(slice(min(pair)) for pair in zip(yours.shape, expected.shape, strict=True))
    differs[shared] = ~np.isclose(yours[shared], expected[shared], rtol=1e-10, atol=1e-12)
    return differs


def _describe(shapes, differs):
    if shapes[0] != shapes[1]:
        return f"yours has shape {shapes[0]}, the expected array has shape {shapes[1]}"
    where = f"{np.count_nonzero(differs)} of {differs.size} cells"
    return f"yours differs from the expected array in {where}"
