"""Drawings of what a warp, a multiprocessor and a roofline do: read back from the SVG."""

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.draw.banks import show_banks
from dlcourse.draw.cycles import show_cycles
from dlcourse.draw.lanes import show_lanes
from dlcourse.draw.occupancy import show_occupancy
from dlcourse.draw.roofline import show_roofline
from dlcourse.draw.sectors import MOST_LINES, show_sectors
from dlcourse.draw.style import COLORS
from dlcourse.gpu.access import BANKS, sectors, strided, wavefronts
from dlcourse.gpu.occupancy import capabilities, occupancy
from dlcourse.gpu.roofline import Roof, gpu_roof
from dlcourse.trace import Request

ROOFS = [gpu_roof("H100 SXM"), Roof("laptop", 1e11, 2e10)]
DRAWINGS = {
    "sectors": lambda: show_sectors(strided(3, 1)),
    "banks": lambda: show_banks(strided(6)),
    "occupancy": lambda: show_occupancy(occupancy(192, 40, 9000, "8.6")),
    "roofline": lambda: show_roofline(ROOFS, {"a": 0.25, "b": (4.0, 1e12)}),
    "cycles": lambda: show_cycles({"x & y": {"L1": 30.5, "L2": 200}, "z": {"L2": 210}}),
    "lanes": lambda: show_lanes([("a < b", np.arange(32) < 5)]),
}
LANES = st.lists(st.none() | st.integers(0, 600).map(lambda i: 4 * i), min_size=1, max_size=32)


def boxes(drawing, fill):
    root = ElementTree.fromstring(drawing.svg)
    found = root.iter("{http://www.w3.org/2000/svg}rect")
    return [box for box in found if box.get("fill") == COLORS[fill]]


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_the_same_numbers_give_the_same_picture_with_its_words(draw):
    first, second = draw(), draw()
    assert first == second and repr(first) == first.text
    root = ElementTree.fromstring(first.svg)
    assert root.get("aria-label") == first.text
    width, height = float(root.get("width")), float(root.get("height"))
    for box in root.iter("{http://www.w3.org/2000/svg}rect"):
        right = float(box.get("x", 0)) + float(box.get("width"))
        assert right <= width and float(box.get("y", 0)) + float(box.get("height")) <= height


@settings(max_examples=40)
@given(LANES.filter(any))
def test_each_fetched_sector_and_each_used_element_has_its_box(addresses):
    drawing = show_sectors(addresses)
    lines = sorted({s // 4 for s in sectors(addresses)})[:MOST_LINES]
    fetched = [s for s in sectors(addresses) if s // 4 in lines]
    used = {a for a in addresses if a is not None and a // 128 in lines}
    assert len(boxes(drawing, "sky")) - 1 == len(fetched)  # one stands in the legend
    assert len(boxes(drawing, "yellow")) - 1 == len(used)
    assert ("more lines" in drawing.svg) == (len({s // 4 for s in sectors(addresses)}) > MOST_LINES)


@settings(max_examples=40)
@given(LANES.filter(any))
def test_each_wavefront_has_a_row_and_each_busy_bank_a_lit_box(addresses):
    drawing, found = show_banks(addresses), wavefronts(addresses)
    assert len(boxes(drawing, "yellow")) == sum(map(len, found))
    assert len(boxes(drawing, "faint")) == BANKS * len(found) - sum(map(len, found))


def test_a_traced_request_is_drawn_like_its_addresses():
    addresses = (*strided(2, lanes=30), None, None)
    request = Request((0, 0, 0), 1, addresses)
    assert show_sectors(request, 4, "x").text == (
        "30 lanes ask for 120 bytes of x: 8 sectors fetched, 256 bytes, 47 % used; 4 could do"
    )
    assert show_sectors(request) == show_sectors(addresses)
    assert show_banks(request) == show_banks(addresses)


@settings(max_examples=30)
@given(st.integers(1, 1024), st.integers(1, 255), st.sampled_from(capabilities()))
def test_as_many_slots_are_lit_as_warps_are_resident(threads, registers, capability):
    found = occupancy(threads, registers, 0, capability)
    drawing = show_occupancy(found)
    lit = len(boxes(drawing, "sky")) + len(boxes(drawing, "yellow"))
    assert lit == found.warps
    assert len(boxes(drawing, "vermilion")) == len(found.binding)


def test_points_stand_under_their_roof():
    drawing = show_roofline(ROOFS, {"on": 0.25, "below": (0.25, 1e10)})
    root = ElementTree.fromstring(drawing.svg)
    on, below = root.iter("{http://www.w3.org/2000/svg}circle")
    assert on.get("cx") == below.get("cx") and float(on.get("cy")) < float(below.get("cy"))
    assert "below, 0.25 FLOP/B: 10 GFLOP/s, 1 % of what it could, bound by memory" in drawing.text


@pytest.mark.parametrize(
    ("draw", "told"),
    [
        (lambda: show_sectors([None]), "no lane"),
        (lambda: show_banks([None, None]), "no lane"),
        (lambda: show_sectors([0], width=5), "1, 2, 4, 8 or 16"),
        (lambda: show_roofline([]), "give 1 to 6"),
        (lambda: show_roofline(ROOFS, {"idle": 0.0}), "above zero"),
        (lambda: show_cycles({"nothing": {}}), "0 levels"),
        (lambda: show_lanes([("a", [True]), ("b", [True, False])]), "one length"),
        (lambda: show_lanes([]), "one or more"),
    ],
)
def test_nothing_to_draw_is_refused(draw, told):
    with pytest.raises(ValueError, match=told):
        draw()
