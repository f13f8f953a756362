"""A warp's 32 lanes, step by step: who works and who waits."""

import numpy as np

from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import document, element, label

WIDTH, LEFT, TOP = 780, 200, 30
ROW = 22


def show_lanes(steps):
    """Draw which lanes are active in each step of a warp.

    Args:
        steps: list of (name, mask): what is done, and a bool array (lanes,).

    Returns:
        Drawing.

    Raises:
        ValueError: if there is no step, or masks differ in length.

    >>> import numpy as np
    >>> odd = np.arange(32) % 2 == 1
    >>> show_lanes([("then", odd), ("else", ~odd)])
    then: 16 of 32 lanes; else: 16 of 32 lanes; 50 % of the lanes' time used
    """
    masks = [np.asarray(mask, bool) for _, mask in steps]
    if not masks or len({mask.shape for mask in masks}) > 1 or masks[0].ndim != 1:
        shapes = [mask.shape for mask in masks]
        raise ValueError(f"masks of shapes {shapes}: give one or more, all of one length")
    lanes = masks[0].size
    side = (WIDTH - LEFT - 16) / lanes
    parts = [
        label(LEFT + (i + 0.5) * side, 14, i, 10, fill=COLORS["muted"])
        for i in range(lanes)
        if side > 14 or i % 8 == 0
    ]
    for row, ((name, _), mask) in enumerate(zip(steps, masks, strict=True)):
        parts.append(label(LEFT - 10, TOP + (row + 0.5) * ROW, name, 12, "end"))
        parts += [_lane(i, row, side, on) for i, on in enumerate(mask)]
    told = [f"{n}: {m.sum()} of {lanes} lanes" for (n, _), m in zip(steps, masks, strict=True)]
    told.append(f"{100 * np.mean(masks):.0f} % of the lanes' time used")
    return document(WIDTH, TOP + ROW * len(steps) + 10, parts, "; ".join(told))


def _lane(i, row, side, on):
    fill, stroke = ("yellow", "vermilion") if on else ("faint", "line")
    look = {"fill": COLORS[fill], "stroke": COLORS[stroke]}
    place = {"x": LEFT + i * side + 1, "y": TOP + row * ROW + 1}
    return element("rect", **place, width=side - 2, height=ROW - 3, rx=2, **look)
