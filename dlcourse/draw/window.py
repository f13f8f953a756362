"""A kernel standing on an image: the window, the products, and the output pixel they make."""

import numpy as np

from dlcourse.conv.image import filter2d
from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import cells, document, element, frame, label, number, pixels

SIDE = 300  # of the drawn image
GAP = 30
TOP = 34


def show_window(image, kernel, at, stride=1, padding=0, dilation=1):
    """Draw how one output pixel of `filter2d` is made.

    Args:
        image: array (H, W).
        kernel: array (R, S).
        at: (p, q), the output pixel.
        stride, padding, dilation: as for `filter2d`.

    Returns:
        Drawing: the padded image with the window, window × kernel = products, the output.

    Raises:
        ValueError: if the kernel does not fit or the output has no such pixel.

    >>> show_window(np.eye(3), [[1, 2], [3, 4]], at=(0, 0))
    output pixel (0, 0) of a 2 × 2 output: 4 products, sum 5
    """
    image, kernel = np.asarray(image, float), np.asarray(kernel, float)
    out = filter2d(image, kernel, stride, padding, dilation)
    p, q = _check_place(at, out.shape)
    padded = np.pad(image, padding)
    top, left = p * stride, q * stride
    rows = top + dilation * np.arange(kernel.shape[0])
    columns = left + dilation * np.arange(kernel.shape[1])
    window = padded[np.ix_(rows, columns)]
    parts = _image_panel(padded, padding, rows, columns)
    middle, width = _product_panel(window, kernel, SIDE + 2 * GAP)
    right = SIDE + 3 * GAP + width
    parts += middle + _output_panel(out, (p, q), right)
    text = f"output pixel ({p}, {q}) of a {out.shape[0]} × {out.shape[1]} output: "
    text += f"{kernel.size} products, sum {number(out[p, q])}"
    height = TOP + max(SIDE, 3 * kernel.shape[0] * 24 + 84) + 16
    return document(right + SIDE + GAP, height, parts, text)


def _check_place(at, shape):
    p, q = at
    if not (0 <= p < shape[0] and 0 <= q < shape[1]):
        raise ValueError(f"at={(p, q)}: the output is {shape[0]} × {shape[1]}, counted from 0")
    return int(p), int(q)


def _image_panel(padded, padding, rows, columns):
    """The image in its ring of padding, the window framed and its taps dotted."""
    size = SIDE / max(padded.shape)
    parts = [label(GAP / 2, 18, "image", anchor="start", font_weight="bold")]
    inner = padded[padding : padded.shape[0] - padding, padding : padded.shape[1] - padding]
    parts += pixels(padded, GAP / 2, TOP, size, low=min(inner.min(), 0), high=inner.max())
    if padding:
        ring = [padding * size, padded.shape[1] - 2 * padding, padded.shape[0] - 2 * padding]
        x, y, w, h = GAP / 2 + ring[0], TOP + ring[0], ring[1] * size, ring[2] * size
        parts.append(frame(x, y, w, h, color=COLORS["sky"], stroke_dasharray="4 3"))
    x, y = GAP / 2 + columns[0] * size, TOP + rows[0] * size
    span = (columns[-1] - columns[0] + 1) * size, (rows[-1] - rows[0] + 1) * size
    dots = [
        element(
            "circle",
            cx=GAP / 2 + (column + 0.5) * size,
            cy=TOP + (row + 0.5) * size,
            r=max(size / 6, 1.2),
            fill=COLORS["vermilion"],
        )
        for row in rows
        for column in columns
    ]
    return [*parts, frame(x, y, *span), *dots]


def _product_panel(window, kernel, x):
    """Window, kernel and products as numbers, one below the other; also the panel's width."""
    cell = 46, 24
    names = ("window", "× kernel", "= products")
    grids = (window, kernel, window * kernel)
    colours = (COLORS["faint"], "#dbeefa", "#fbf5c4")
    height = kernel.shape[0] * cell[1]
    parts, y = [], TOP
    for name, grid, colour in zip(names, grids, colours, strict=True):
        parts.append(label(x, y - 16 if name == "window" else y - 10, name, anchor="start"))
        parts += cells(grid, x, y, cell, fill=colour)
        y += height + 28
    total = f"sum {number((window * kernel).sum())}"
    parts.append(label(x, y - 6, total, size=16, anchor="start", font_weight="bold"))
    return parts, max(kernel.shape[1] * cell[0], 110)


def _output_panel(out, at, x):
    size = SIDE / max(out.shape)
    words = f"output, {out.shape[0]} × {out.shape[1]}"
    pixel = frame(x + at[1] * size, TOP + at[0] * size, size, size)
    return [
        label(x, 18, words, anchor="start", font_weight="bold"),
        *pixels(out, x, TOP, size),
        pixel,
    ]
