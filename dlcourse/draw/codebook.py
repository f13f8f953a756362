"""Eight bits and what they stand for in four codebooks; and how far off a number's codes are."""

import math
from types import MappingProxyType

import numpy as np

from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import document, element, label, number
from dlcourse.parallel.codebooks import POWERS, SIGN, by_decade, codebook, decode, encode

NAMES = ("dynamic", "static", "mantissa", "linear")
WIDTH, LEFT, RIGHT, TOP, ROW = 820, 112, 20, 44, 86
BOTTOM = TOP + ROW * len(NAMES) + 34  # where the errors begin
HEIGHT = BOTTOM + 26 * len(NAMES) + 46
LOW, HIGH = -6, 4.3  # powers of ten on the axis
DECADES = 6  # columns of the errors
LEAST = 1e-6  # of a number's magnitude
ROLES = MappingProxyType(
    {
        "sign": COLORS["paper"],
        "power of ten": "#9fd3f0",
        "flag: end of the zeros": COLORS["yellow"],
        "digits": "#f6c37a",
    }
)
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def show_codebook(code=0b01001100, value=0.2345678):
    """Draw what a code stands for in each codebook, and how far off the codes of a number are.

    Each axis holds the magnitudes of all codes: positive ones above, negative ones below.

    Args:
        code: 0 to 255, or its eight bits as text.
        value: -1 to 1, a millionth or more: beside others of which the largest is 1.

    Returns:
        Drawing.

    Raises:
        ValueError: for another code or number.

    >>> show_codebook("0010 1100", 0.2345678)
    00101100: dynamic 0.03734, static 0.00725, mantissa 0.12, linear 0.3465; 0.2346 becomes \
dynamic 0.2367 (0.917 %), static 0.2312 (1.41 %), mantissa 0.2 (14.7 %), linear 0.2362 (0.705 %)
    """
    code, value = read_code(code), read_number(value)
    parts = [*ground(), *_here(value)]
    for i, name in enumerate(NAMES):
        parts += _book(codebook(name), code, TOP + ROW * i)
    return document(WIDTH, HEIGHT, parts + _errors(value), describe(code, value))


def ground():
    """Draw what is the same for every code and number: names, axes and all values on them.

    Returns:
        list of SVG strings.

    >>> sum(">dynamic<" in part for part in ground())  # at the axis and at the errors
    2
    """
    parts = _legend() + _axis()
    for row, name in enumerate(NAMES):
        y = TOP + ROW * row
        parts.append(label(LEFT - 40, y + 14, name, 13, "end", font_weight="bold"))
        parts += _strip(codebook(name), y + 54)
    parts.append(label(LEFT - 8, BOTTOM + 12, "relative error of", 11, "end", COLORS["muted"]))
    for row, name in enumerate(NAMES, 1):
        y = BOTTOM + 26 * row + 12
        parts.append(label(LEFT - 40, y, name, 13, "end", font_weight="bold"))
    return parts


def read_code(code):
    """Read a code given as a number or as text.

    Args:
        code: 0 to 255, or eight bits, the sign first.

    Returns:
        int.

    Raises:
        ValueError: for anything else.

    >>> read_code("1000 0001"), read_code(129)
    (129, 129)
    """
    if isinstance(code, str):
        bits = code.replace(" ", "")
        if len(bits) == 8 and not bits.strip("01"):
            return int(bits, 2)
    elif code in range(256):
        return int(code)
    raise ValueError(f"code {code!r}: give 0 to 255, or eight bits as text")


def read_number(value):
    """Check a number whose codes are wanted.

    Args:
        value: -1 to 1, a millionth or more.

    Returns:
        float.

    Raises:
        ValueError: for other numbers.

    >>> read_number(-1)
    -1.0
    """
    if isinstance(value, str) or not LEAST <= abs(value) <= 1:
        raise ValueError(f"value={value!r}: give a number from -1 to 1, a millionth or more")
    return float(value)


def describe(code, value):
    """Say what a code stands for, and what becomes of a number.

    Args:
        code: 0 to 255.
        value: -1 to 1.

    Returns:
        str.

    >>> describe(1, 1.0).split("; ")[0]
    '00000001: dynamic 1, static 1.437e-05, mantissa 0.0001, linear 0.007874'
    """
    books = [codebook(name) for name in NAMES]
    stands = [f"{book.name} {number(book.values[code])}" for book in books]
    become = [
        f"{book.name} {number(_decoded(value, book))} ({_percent(by_decade(value, book, 1)[0])})"
        for book in books
    ]
    return f"{code:08b}: {', '.join(stands)}; {number(value)} becomes {', '.join(become)}"


def _decoded(value, book):
    return float(decode(*encode(np.array([value]), book, scale=1.0), book)[0])


def _percent(share):
    return f"{100 * share:.0f} %" if share >= 10 else f"{number(100 * share, 3)} %"


def _x(magnitude):
    """Where a magnitude stands; zero has a place of its own, left of the axis."""
    if magnitude == 0:
        return LEFT - 27
    return LEFT + (math.log10(magnitude) - LOW) / (HIGH - LOW) * (WIDTH - LEFT - RIGHT)


def _power(exponent):
    return f"10{str(exponent).translate(SUPERSCRIPTS)}"


def _legend():
    parts, x = [], LEFT
    for words, fill in ROLES.items():
        box = {"x": x, "y": 12, "width": 14, "height": 14, "stroke": COLORS["muted"]}
        parts.append(element("rect", fill=fill, stroke_width=0.6, rx=2, **box))
        parts.append(label(x + 20, 19, words, 12, "start", COLORS["muted"]))
        x += 46 + 6.2 * len(words)
    return parts


def _axis():
    """Powers of ten on each book's axis."""
    end = TOP + ROW * len(NAMES)
    tens = [_x(10.0**exponent) for exponent in range(LOW, math.floor(HIGH) + 1)]
    parts = [label(_x(0), end + 10, "0", 11, fill=COLORS["muted"])]
    parts += [
        label(x, end + 10, _power(exponent), 11, fill=COLORS["muted"])
        for exponent, x in enumerate(tens, LOW)
    ]
    dots = {"stroke": COLORS["line"], "stroke_dasharray": "2 3"}
    return [*parts, element("path", d="".join(map(_upright, tens)), **dots)]


def _here(value):
    """Where a number's magnitude stands."""
    x, look = _x(abs(value)), {"stroke": COLORS["blue"], "stroke_width": 2}
    words = label(x, TOP + ROW * len(NAMES) + 24, number(value), 11, fill=COLORS["blue"])
    return [element("path", d=_upright(x), **look), words]


def _upright(x):
    """A line across every book's axis."""
    return "".join(f"M{x:.1f} {TOP + ROW * i + 35}v38" for i in range(len(NAMES)))


def _book(book, code, y):
    """The bits, what they say in a codebook, and where the value stands."""
    parts = []
    for i, (bit, role) in enumerate(zip(f"{code:08b}", _roles(book.name, code), strict=True)):
        x = LEFT + 26 * i + 6 * (i > 0)
        box = {"x": x, "y": y + 2, "width": 24, "height": 24, "rx": 3, "stroke": COLORS["muted"]}
        parts += [element("rect", fill=ROLES[role], **box), label(x + 12, y + 14, bit, 14)]
    parts.append(label(LEFT + 236, y + 14, _meaning(book, code), 14, "start"))
    x, axis = _x(book.magnitudes[code % SIGN]), y + 54
    tip = axis + 15 if code >= SIGN else axis - 15
    mark = {"x1": x, "x2": x, "y1": axis, "y2": tip, "stroke": COLORS["vermilion"]}
    parts.append(element("line", stroke_width=3, **mark))
    return [*parts, element("circle", cx=x, cy=tip, r=4.5, fill=COLORS["vermilion"])]


def _strip(book, y):
    """All magnitudes as short lines, above for a plus and below for a minus."""
    places = sorted({_x(magnitude) for magnitude in book.magnitudes})
    ways = "".join(f"M{x:.1f} {y + 11:g}v-22" for x in places)
    line = {"x1": LEFT, "x2": WIDTH - RIGHT, "y1": y, "y2": y, "stroke": COLORS["line"]}
    return [
        element("path", d=ways, stroke=COLORS["ink"], stroke_width=0.7, stroke_opacity=0.55),
        element("line", **line),
        label(LEFT - 40, y - 6, "+", 12, "end", COLORS["muted"]),
        label(LEFT - 40, y + 6, "−", 12, "end", COLORS["muted"]),
    ]


def _roles(name, code):
    """What each of the eight bits is for."""
    sign, power, flag, digits = ROLES
    if name == "linear":
        return [sign, *[digits] * 7]
    if name != "dynamic":
        return [sign, *[power] * 3, *[digits] * 4]
    zeros = 7 - (code % SIGN).bit_length()
    return [sign, *[power] * zeros, *[flag] * (zeros < 7), *[digits] * (6 - zeros)]


def _meaning(book, code):
    """The value as its parts, such as "10⁻² × 0.284 = 0.00284"."""
    low, magnitude = code % SIGN, book.magnitudes[code % SIGN]
    sign = "−" if code >= SIGN else ""
    value = f"{sign}{number(magnitude)}"
    if book.name == "linear":
        return f"{sign}{low} / 127 = {value}"
    if book.name == "dynamic" and low < 2:
        return f"{value}: a code of its own"
    exponent = low.bit_length() - 7 if book.name == "dynamic" else POWERS[low // 16]
    return f"{sign}{_power(exponent)} × {number(magnitude / 10.0**exponent)} = {value}"


def _errors(value):
    """A table of relative errors: the number, its tenth, its hundredth and so on."""
    wide, parts = (WIDTH - LEFT - RIGHT) / DECADES, []
    for i in range(DECADES):
        parts.append(label(LEFT + wide * (i + 0.5), BOTTOM + 12, number(value / 10.0**i), 12))
    for row, name in enumerate(NAMES, 1):
        y = BOTTOM + 26 * row
        for i, share in enumerate(by_decade(value, codebook(name), DECADES)):
            box = {"x": LEFT + wide * i + 1, "y": y, "width": wide - 2, "height": 24}
            depth = min(max(1 + math.log10(max(share, 1e-4)) / 3, 0), 1)  # 0.1 % to 100 %
            parts.append(element("rect", fill=COLORS["faint"], **box))
            parts.append(element("rect", fill=COLORS["orange"], fill_opacity=depth, **box))
            parts.append(label(LEFT + wide * (i + 0.5), y + 12, _percent(share), 12))
    return parts
