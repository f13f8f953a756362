"""Data or model parallelism: the map and its words, without a browser."""

import json
import re
from xml.etree import ElementTree

import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.draw import traffic
from dlcourse.draw.traffic import BATCHES, COUNTINGS, WIDTHS, describe, exchanged, show_traffic_map
from dlcourse.plan.traffic import crossover_batch
from dlcourse.units import parse
from dlcourse.widgets.traffic import RANKS, DataOrModel

VIEW = "application/vnd.jupyter.widget-view+json"
places = {
    "batch": st.integers(*BATCHES),
    "width": st.integers(*WIDTHS),
    "counting": st.sampled_from(COUNTINGS),
    "ranks": st.sampled_from(RANKS),
}
layers = st.fixed_dictionaries(places)


@given(layers)
def test_it_draws_its_plain_twin(layer):
    twin = show_traffic_map(**layer)
    widget = DataOrModel(**layer)
    assert widget.still() == twin == show_traffic_map(**layer)
    assert repr(widget) == f"DataOrModel: {twin!r}"
    assert float(ElementTree.fromstring(twin.svg).get("width")) <= 820


@given(layers)
def test_the_words_tell_the_bytes_and_where_they_are_equal(layer):
    numbers, told = exchanged(**layer), describe(**layer)
    sizes = re.findall(r"[\d.]+ (?:[kMGT]?B)\b", told)
    for size, count in zip(sizes, numbers, strict=True):
        assert parse(size, "B") == pytest.approx(4 * count, rel=0.01)
    if numbers[0] != numbers[1]:
        batch = float(told.split("equal at batch ")[1])
        assert exchanged(**{**layer, "batch": batch})[1] == pytest.approx(numbers[0], rel=1e-5)
        assert ("less" in told) == (layer["batch"] < batch)


@pytest.mark.parametrize(
    ("counting", "words", "factor"),
    [
        ("each number once", "width / 2", 0.5),
        ("ring", "width", 1),
        ("ring, pairs", "4 × width", 4),
    ],
)
def test_the_thick_line_is_where_both_are_equal(counting, words, factor):
    root = ElementTree.fromstring(show_traffic_map(1, 64, counting).svg)
    lines = [e for e in root.iter() if e.get("stroke-width") == "3" and e.get("x2")]
    drawn = [[float(e.get(name)) for name in ("x1", "y1", "x2", "y2")] for e in lines]
    ends = [*traffic.place(factor * WIDTHS[0], WIDTHS[0])]
    ends += traffic.place(factor * WIDTHS[1], WIDTHS[1])
    assert any(line == pytest.approx(ends, abs=0.01) for line in drawn)
    assert f"equal: batch = {words}" in [e.text for e in root.iter()]
    if counting != COUNTINGS[2]:
        ranks = 8 if counting == "ring" else None
        assert crossover_batch(1000, 1000, ranks) == factor * 1000


@given(layers)
def test_the_mark_lies_in_the_shade_of_its_ratio(layer):
    """Point in polygon: the shade under the mark is that of how many times less is moved."""
    data, model = exchanged(**layer)
    x, y = traffic.place(layer["batch"], layer["width"])
    found = [band for band in bands(layer["counting"]) if inside(band[0], x, y)]
    fewer = "sky" if data < model else "orange"
    ratio = max(data / model, model / data)
    steps = sum(ratio > factor for factor in traffic.FACTORS)
    wanted = traffic.COLORS[fewer], traffic.SHADES[steps]
    near = min(abs(ratio / factor - 1) for factor in (1, *traffic.FACTORS)) < 0.05
    assert near or wanted in [(color, shade) for _, color, shade in found]


def bands(counting):
    root = ElementTree.fromstring(f"<svg>{''.join(traffic.ground(counting))}</svg>")
    for e in root.iter("polygon"):
        points = [tuple(map(float, pair.split(","))) for pair in e.get("points").split()]
        yield points, e.get("fill"), float(e.get("fill-opacity"))


def inside(points, x, y):
    """Above one border and below the other; on an edge counts."""
    half = len(points) // 2
    heights = [height for height in crossings(points, x) if height is not None]
    return half and heights and min(heights) - 0.1 <= y <= max(heights) + 0.1


def crossings(points, x):
    for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
        low, high = sorted((x1, x2))
        if low - 0.1 <= x <= high + 0.1 and high > low:
            yield y1 + (y2 - y1) * min(max((x - x1) / (x2 - x1), 0), 1)


def test_two_alike_say_and_show_the_same():
    first, second = (DataOrModel(64, 512)._repr_mimebundle_()[0] for _ in range(2))
    assert first.pop(VIEW) != second.pop(VIEW)
    assert first == second and first["image/svg+xml"].startswith("<svg")


def test_state_crosses_to_the_browser_as_json_and_back():
    widget, twin = DataOrModel(5, 777, "ring, pairs", 64), DataOrModel()
    twin.set_state(json.loads(json.dumps(widget.get_state())))
    assert repr(twin) == repr(widget)


@pytest.mark.parametrize(
    "wrong",
    [
        {"batch": 0},
        {"batch": 2**21},
        {"width": 63},
        {"width": 2**16},
        {"ranks": 3},
        {"counting": "by ear"},
    ],
)
def test_what_it_does_not_offer_is_refused(wrong):
    ((name, value),) = wrong.items()
    with pytest.raises(traitlets.TraitError, match=name):
        DataOrModel(**wrong)
    widget = DataOrModel()
    with pytest.raises(traitlets.TraitError):
        setattr(widget, name, value)
    assert repr(widget) == repr(DataOrModel())  # nothing is lost


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 64), "batch=0: the map goes from 1 to 1048576"),
        ((1, 63), "width=63: the map goes from 64 to 32768"),
        ((1, 64, "twice"), "counting='twice': choose one of"),
        ((1, 64, "ring", 1), "ranks=1: one rank sends nothing"),
    ],
)
def test_a_drawing_names_what_it_cannot_show(arguments, message):
    with pytest.raises(ValueError, match=message):
        show_traffic_map(*arguments)
