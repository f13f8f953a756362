"""The picture of eight bits in four codebooks, and its widget without a browser."""

import json
import math
import re
from xml.etree import ElementTree

import numpy as np
import pytest
import traitlets
from hypothesis import example, given
from hypothesis import strategies as st

from dlcourse.draw.codebook import NAMES, ROLES, SIGN, show_codebook
from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import number
from dlcourse.parallel.codebooks import POWERS, by_decade, codebook, decode, encode
from dlcourse.widgets.codebook import CodebookBits

VIEW = "application/vnd.jupyter.widget-view+json"
CODES = st.integers(0, 255)
VALUES = st.floats(1e-6, 1) | st.floats(-1, -1e-6)


def elements(drawing, tag):
    root = ElementTree.fromstring(drawing.svg)
    return list(root.iter(f"{{http://www.w3.org/2000/svg}}{tag}"))


def words(drawing):
    return [text.text for text in elements(drawing, "text")]


def read(text):
    """A number as it is drawn: "−10⁻² × 0.284" or "3 / 127"."""
    plain = text.translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789"))
    if power := re.fullmatch(r"(-?)10(-?\d) × (\S+)", plain):
        sign, exponent, factor = power.groups()
        return float(f"{sign}{factor}") * 10.0 ** int(exponent)
    top, _, bottom = plain.partition(" / ")
    return float(top) / float(bottom or 1)


def test_the_parts_of_every_value_make_the_value():
    for code in range(256):
        texts = words(show_codebook(code))
        drawn = [text for text in texts if " = " in text or ": a code" in text]
        for name, text in zip(NAMES, drawn, strict=True):
            right = codebook(name).values[code]
            for side in text.split(": ")[0].split(" = "):
                assert read(side) == pytest.approx(right, rel=1e-3, abs=1e-12)
            if " × " in text:
                factor = float(text.split(" × ")[1].split(" = ")[0])
                assert factor in range(16) if name == "mantissa" else 0.1 <= factor < 1


@given(CODES)
def test_colours_say_what_bits_are_for(code):
    fills = [box.get("fill") for box in elements(show_codebook(code), "rect")]
    fills = [fill for fill in fills if fill in ROLES.values()][1 + len(ROLES) :]  # sheet, legend
    bits = f"{code:08b}"
    for name, row in zip(NAMES, (fills[i : i + 8] for i in range(0, 32, 8)), strict=True):
        role = dict(zip(ROLES.values(), ROLES, strict=True))
        parts = dict.fromkeys(ROLES, "")
        for bit, fill in zip(bits, row, strict=True):
            parts[role[fill]] += bit
        sign, power, flag, digits = parts.values()
        magnitude = codebook(name).magnitudes[code % SIGN]
        assert sign == bits[0]
        if name == "dynamic" and code % SIGN > 1:
            assert "1" not in power and flag == "1"
            assert 0.1 <= magnitude * 10 ** len(power) <= 1
        elif name in ("static", "mantissa"):
            place = int(digits, 2)
            factor = magnitude / 10.0 ** POWERS[int(power, 2)]
            assert 0.1 <= factor < 1 if name == "static" else math.isclose(factor, place)
        elif name == "linear":
            assert int(digits, 2) == pytest.approx(127 * magnitude)


@given(CODES, CODES)
@example(128, 127)
def test_marks_stand_in_the_order_of_the_values(one, two):
    def marks(code):
        drawing = show_codebook(code)
        axes = [line for line in elements(drawing, "line") if line.get("y1") == line.get("y2")]
        dots = elements(drawing, "circle")
        for dot, axis in zip(dots, axes, strict=True):
            below = float(dot.get("cy")) - float(axis.get("y1"))
            assert below == (15 if code >= SIGN else -15)
        return [float(dot.get("cx")) for dot in dots]

    for name, first, second in zip(NAMES, marks(one), marks(two), strict=True):
        a, b = (codebook(name).magnitudes[code % SIGN] for code in (one, two))
        assert (first > second + 0.05) <= (a > b) and (first < second - 0.05) <= (a < b)


def test_every_value_has_its_line():
    paths = elements(show_codebook(), "path")
    drawn = [path.get("d") for path in paths if path.get("stroke") == COLORS["ink"]]
    for name, ways in zip(NAMES, drawn, strict=True):
        magnitudes = np.unique(codebook(name).magnitudes)
        assert ways.count("M") == len(magnitudes)


@given(VALUES)
def test_errors_are_those_of_encoding_and_decoding(value):
    drawing = show_codebook(0, value)
    assert {number(value / 10.0**i) for i in range(6)} <= {*words(drawing)}
    shares = [word for word in words(drawing) if word.endswith(" %")]
    rows = [shares[i : i + 6] for i in range(0, 24, 6)]
    for name, row in zip(NAMES, rows, strict=True):
        book = codebook(name)
        right = by_decade(value, book)
        assert [float(word[:-2]) for word in row] == pytest.approx(100 * right, rel=1e-2, abs=1e-9)
        decoded = decode(*encode(np.array([value]), book, scale=1.0), book)[0]
        nearest = book.values[np.argmin(abs(book.values - value))]
        assert abs(decoded - value) == pytest.approx(abs(nearest - value))
        assert right[0] == abs(decoded - value) / abs(value)
        assert f"{name} {number(decoded)} (" in repr(drawing)


@given(CODES, VALUES)
def test_it_draws_its_plain_twin(code, value):
    widget, twin = CodebookBits(code, value), show_codebook(code, value)
    assert widget.still() == twin
    assert repr(widget) == f"CodebookBits: {twin!r}"
    assert show_codebook(f"{code:08b}", value) == twin == show_codebook(np.uint8(code), value)


def test_the_tables_cross_to_the_browser_with_every_digit():
    for name, text in CodebookBits().books:
        assert np.array_equal([float(word) for word in text.split()], codebook(name).magnitudes)


def test_two_alike_say_and_show_the_same():
    first, second = (CodebookBits(3)._repr_mimebundle_()[0] for _ in range(2))
    assert first.pop(VIEW) != second.pop(VIEW)
    assert first == second and first["image/svg+xml"].startswith("<svg")


def test_state_crosses_to_the_browser_as_json_and_back():
    widget, twin = CodebookBits(200, np.float32(-0.01)), CodebookBits()
    twin.set_state(json.loads(json.dumps(widget.get_state(), allow_nan=False)))
    assert repr(twin) == repr(widget)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("code", -1),
        ("code", 256),
        ("code", 1.5),
        ("code", "0101"),
        ("code", "0101 0102"),
        ("code", None),
        ("value", 0),
        ("value", 1.5),
        ("value", 1e-7),
        ("value", math.nan),
        ("value", "much"),
    ],
)
def test_what_it_does_not_offer_is_refused(name, wrong):
    with pytest.raises(ValueError, match=f"{name}.*give"):
        show_codebook(**{name: wrong})
    with pytest.raises(traitlets.TraitError, match=f"{name}.*give"):
        CodebookBits(**{name: wrong})
    widget = CodebookBits()
    with pytest.raises(traitlets.TraitError):
        widget.set_trait(name, wrong)
    assert repr(widget) == repr(CodebookBits())  # nothing is lost
