"""im2col as a picture: each window of an image becomes a column of a matrix."""

import numpy as np

from dlcourse.conv.image import patches
from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import cells, document, element, label

CELL = 34, 26
GAP = 64
TOP = 40


def show_columns(image, size, at):
    """Draw an image, the window behind one output pixel, and the matrix whose column it is.

    Args:
        image: array (H, W), small.
        size: (R, S) of the filter.
        at: (p, q), the output pixel.

    Returns:
        Drawing: the image (H, W) and the matrix (R S, P Q), the window lit in both.

    Raises:
        ValueError: if the window does not fit or the output has no such pixel.

    >>> show_columns(np.arange(12).reshape(3, 4), (2, 2), at=(0, 1))
    window (0, 1) of 6: 1, 2, 5, 6 is column 1 of a 4 × 6 matrix
    """
    image = np.asarray(image)
    windows = patches(image, size)
    (P, Q, R, S), (p, q) = windows.shape, at
    if not (0 <= p < P and 0 <= q < Q):
        raise ValueError(f"at={(p, q)}: the output is {P} × {Q}, counted from 0")
    matrix = windows.reshape(P * Q, R * S).T
    column = p * Q + q
    in_image, in_matrix = np.zeros(image.shape, bool), np.zeros(matrix.shape, bool)
    in_image[p : p + R, q : q + S] = in_matrix[:, column] = True
    right = 16 + image.shape[1] * CELL[0] + GAP
    parts = [
        label(16, 20, f"image, {image.shape[0]} × {image.shape[1]}", anchor="start"),
        *cells(image, 16, TOP, CELL, in_image),
        _arrow(right - GAP + 12, right - 12, TOP + CELL[1] * 1.5),
        label(right, 20, f"columns, {R} · {S} = {R * S} by {P} · {Q} = {P * Q}", anchor="start"),
        *cells(matrix, right, TOP, CELL, in_matrix),
    ]
    height = TOP + CELL[1] * max(len(image), len(matrix)) + 16
    numbers = ", ".join(f"{value:g}" for value in matrix[:, column])
    text = f"window {(p, q)} of {P * Q}: {numbers} is column {column} of a {R * S} × {P * Q} matrix"
    return document(right + P * Q * CELL[0] + 16, height, parts, text)


def _arrow(start, end, y):
    path = f"M{start} {y}H{end}m-7 -5l7 5l-7 5"
    return element("path", d=path, fill="none", stroke=COLORS["muted"], stroke_width=2)
