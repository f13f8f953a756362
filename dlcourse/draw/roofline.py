"""Rooflines: what machines can reach against arithmetic intensity, both axes logarithmic."""

import math
from dataclasses import dataclass
from types import MappingProxyType

from dlcourse.draw.style import COLORS, SERIES
from dlcourse.draw.svg import document, element, label
from dlcourse.units import show

WIDTH, HEIGHT = 780, 400
LEFT, RIGHT, TOP, BOTTOM = 92, 24, 56, 48
LOW, HIGH = -4, 12  # powers of two of the intensity, FLOP per byte
HALO = MappingProxyType({"paint_order": "stroke", "stroke": COLORS["paper"], "stroke_width": 4})
DASHES = (None, "8 4", "2 4", "10 3 2 3", "5 5", "1 3")


def show_roofline(roofs, points=None):
    """Draw the roofs of machines, and where programs stand under them.

    Args:
        roofs: list of gpu.roofline.Roof, six at most.
        points: dict name -> intensity in FLOP per byte, or (intensity, FLOP/s reached); without
            a speed, a point stands on the first roof.

    Returns:
        Drawing.

    Raises:
        ValueError: for no roof or more than six, or an intensity that is not above zero.

    >>> from dlcourse.gpu.roofline import gpu_roof
    >>> show_roofline([gpu_roof("A100 SXM 80GB")], {"saxpy": 1 / 6})
    A100 SXM 80GB, fp32: 19.5 TFLOP/s, 2.04 TB/s, ridge at 9.56 FLOP/B; saxpy, 0.167 FLOP/B: \
340 GFLOP/s, bound by memory
    """
    points = {name: _point(name, value, roofs) for name, value in (points or {}).items()}
    if not 1 <= len(roofs) <= len(SERIES):
        raise ValueError(f"{len(roofs)} roofs: give 1 to {len(SERIES)}")
    place = _scales(roofs, points)
    parts = _axes(place)
    for i, roof in enumerate(roofs):
        parts += _roof(place, i, roof)
    for name, (intensity, speed) in points.items():
        x, y = place(intensity, speed)
        parts.append(element("circle", cx=x, cy=y, r=5.5, fill=COLORS["ink"]))
        anchor, dx = ("end", -10) if x > WIDTH - 160 else ("start", 10)
        parts.append(label(x + dx, y + 12, name, 12, anchor, font_weight="bold", **HALO))
    told = [repr(roof) for roof in roofs]
    told += [describe(name, *point, roofs[0]) for name, point in points.items()]
    return document(WIDTH, HEIGHT, parts, "; ".join(told))


def describe(name, intensity, speed, roof):
    """Say where a program stands under a roof.

    Args:
        name: of the program.
        intensity: FLOP per byte.
        speed: FLOP/s.
        roof: Roof.

    Returns:
        str.

    >>> from dlcourse.gpu.roofline import Roof
    >>> describe("dot", 0.25, 5e9, Roof("laptop", 1e11, 2e10))
    'dot, 0.25 FLOP/B: 5 GFLOP/s, bound by memory'
    """
    where = f"{name}, {show(intensity, 'FLOP/B')}: {show(speed, 'FLOP/s')}"
    share = speed / roof.attainable(intensity)
    reached = "" if share > 0.995 else f", {100 * share:.0f} % of what it could"
    return f"{where}{reached}, bound by {roof.bound(intensity)}"


def _point(name, value, roofs):
    intensity, speed = value if isinstance(value, tuple) else (value, None)
    if not intensity > 0:
        raise ValueError(f"{name}: {intensity} FLOP per byte: give a number above zero")
    return intensity, speed or roofs[0].attainable(intensity)


@dataclass(frozen=True)
class _Scales:
    """From (intensity, FLOP/s) to pixels; the speeds fill whole decades."""

    bottom: int
    top: int

    def __call__(self, intensity, speed):
        across = (math.log2(intensity) - LOW) / (HIGH - LOW)
        up = (math.log10(speed) - self.bottom) / (self.top - self.bottom)
        x = LEFT + min(max(across, 0), 1) * (WIDTH - LEFT - RIGHT)
        return x, HEIGHT - BOTTOM - max(up, 0) * (HEIGHT - TOP - BOTTOM)


def _scales(roofs, points):
    speeds = [speed for _, speed in points.values()]
    speeds += [roof.flop_per_s for roof in roofs]
    speeds += [roof.attainable(2**LOW) for roof in roofs]
    return _Scales(math.floor(math.log10(min(speeds))), math.ceil(math.log10(max(speeds))))


def _axes(place):
    parts = []
    for power in range(place.bottom, place.top + 1):
        _, y = place(1, 10.0**power)
        look = {"stroke": COLORS["faint"]}
        parts.append(element("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, **look))
        words = show(10.0**power, "FLOP/s")
        parts.append(label(LEFT - 8, y, words, 11, "end", COLORS["muted"]))
    for power in range(LOW, HIGH + 1, 2):
        x, y = place(2.0**power, 10.0**place.bottom)
        parts.append(element("line", x1=x, x2=x, y1=TOP, y2=y, stroke=COLORS["faint"]))
        words = str(2**power) if power >= 0 else f"1/{2**-power}"
        parts.append(label(x, y + 14, words, 11, fill=COLORS["muted"]))
    middle = (LEFT + WIDTH - RIGHT) / 2
    words = "arithmetic intensity, FLOP per byte"
    return [*parts, label(middle, HEIGHT - 12, words, 12, fill=COLORS["muted"])]


def _roof(place, i, roof):
    """Up along the memory's slope, flat from the ridge on; its name in a legend above."""
    color = COLORS[SERIES[i]]
    corner = min(max(roof.ridge, 2.0**LOW), 2.0**HIGH)
    ends = [(x, roof.attainable(x)) for x in (2.0**LOW, corner, 2.0**HIGH)]
    path = "M" + "L".join("{:.1f} {:.1f}".format(*place(*end)) for end in ends)
    line = {"stroke": color, "stroke_width": 2.5, "stroke_dasharray": DASHES[i]}
    x, y = LEFT + 226 * (i % 3), 16 + 20 * (i // 3)
    return [
        element("path", d=path, fill="none", **line),
        element("line", x1=x, x2=x + 28, y1=y, y2=y, **line),
        label(x + 34, y, roof.name, 12, "start"),
    ]
