"""Feature maps: an image, what each channel of a layer makes of it, and one of them large."""

import math

import numpy as np

from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import document, frame, label, number, pixels

SIDE, GRID = 190, 330  # of a large picture; of all maps together
GAP, TOP = 24, 34


def show_maps(image, maps, channel, name="layer"):
    """Draw an image, one of its feature maps, and all maps of that layer.

    The large map has a scale of its own; the small ones share one, so that they can be compared.

    Args:
        image: array (H, W).
        maps: array (C, h, w).
        channel: index of the map drawn large.
        name: of the layer.

    Returns:
        Drawing.

    Raises:
        ValueError: if an array has other axes or there is no such channel.

    >>> show_maps(np.eye(4), np.ones((6, 2, 2)), channel=5, name="pool1")
    pool1, 2 × 2, channel 5 of 6: 1 to 1; all channels 1 to 1
    """
    image, maps = np.asarray(image, float), np.asarray(maps, float)
    if image.ndim != 2 or maps.ndim != 3 or not image.size or not maps.size:
        raise ValueError(f"image {image.shape}, maps {maps.shape}: give (H, W) and (C, h, w)")
    if not 0 <= channel < len(maps):
        raise ValueError(f"channel={channel}: {name} has {len(maps)} channels, counted from 0")
    parts = _large(image, GAP / 2, f"image, {image.shape[0]} × {image.shape[1]}")
    parts += _large(maps[channel], SIDE + 1.5 * GAP, f"{name}, channel {channel}")
    grid, height = _grid(maps, channel, 2 * SIDE + 2.5 * GAP)
    title = f"{name}: {len(maps)} maps"
    parts += [label(2 * SIDE + 2.5 * GAP, 18, title, anchor="start"), *grid]
    text = describe(name, channel, maps)
    return document(2 * SIDE + GRID + 3 * GAP, TOP + max(SIDE, height) + 36, parts, text)


def describe(name, channel, maps):
    """Say the range of a map, and that of its layer.

    Args:
        name: of the layer.
        channel: index of the map.
        maps: array (C, h, w).

    Returns:
        str.

    >>> describe("conv1", 1, np.arange(8.0).reshape(2, 2, 2))
    'conv1, 2 × 2, channel 1 of 2: 4 to 7; all channels 0 to 7'
    """
    own, layer = ([number(a.min()), number(a.max())] for a in (maps[channel], maps))
    what = f"{name}, {maps.shape[1]} × {maps.shape[2]}, channel {channel} of {len(maps)}"
    return f"{what}: {own[0]} to {own[1]}; all channels {layer[0]} to {layer[1]}"


def columns(count):
    """Choose how many maps stand in a row: a divisor, if one makes a fair rectangle.

    Args:
        count: of maps.

    Returns:
        int.

    >>> [columns(n) for n in (1, 6, 7, 16, 32, 120)]
    [1, 3, 3, 4, 8, 12]
    """
    least = math.isqrt(count - 1) + 1
    fair = [n for n in range(least, 2 * least) if count % n == 0 and n < 2 * (count // n) + 1]
    return fair[0] if fair else least


def _large(values, x, title):
    size = SIDE / max(values.shape)
    low, high = number(values.min(), 3), number(values.max(), 3)
    words = f"black {low} to white {high}" if low != high else f"all {low}"
    return [
        label(x, 18, title, anchor="start"),
        *pixels(values, x, TOP, size),
        label(x, TOP + SIDE + 14, words, 11, "start", COLORS["muted"]),
    ]


def _grid(maps, channel, x):
    """All maps under one scale, the chosen one framed; also how high they stand."""
    across = columns(len(maps))
    step = min(GRID / across, SIDE / 2)
    size = (step - 4) / max(maps.shape[1:])
    low, high = maps.min(), maps.max()
    parts = []
    for c, values in enumerate(maps):
        left, top = x + c % across * step, TOP + c // across * step
        parts += pixels(values, left, top, size, low, high)
        if c == channel:
            sides = values.shape[1] * size + 2, values.shape[0] * size + 2
            chosen = frame(left - 1, top - 1, *sides)
    height = -(-len(maps) // across) * step
    words = f"in all: black {number(low, 3)} to white {number(high, 3)}"
    note = label(x, TOP + max(height, SIDE) + 14, words, 11, "start", COLORS["muted"])
    return [*parts, chosen, note], height
