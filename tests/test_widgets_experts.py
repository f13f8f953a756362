"""The expert-load explorer without a browser."""

import json
import re
from xml.etree import ElementTree

import pytest
import torch
import traitlets
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.draw.experts import LEFT, describe, show_expert_load
from dlcourse.draw.style import COLORS
from dlcourse.parallel.routing import Routing, route
from dlcourse.plan.experts import skewed_router
from dlcourse.widgets.experts import CAPACITIES, EXPERTS, SKEWS, TOKENS, TOPS, ExpertLoad

VIEW = "application/vnd.jupyter.widget-view+json"
settings_of = st.fixed_dictionaries(
    {
        "tokens": st.sampled_from(TOKENS),
        "experts": st.sampled_from(EXPERTS),
        "top": st.sampled_from(TOPS),
        "capacity": st.sampled_from(CAPACITIES),
        "skew": st.sampled_from(SKEWS),
    }
)


@st.composite
def routings(draw):
    """Of one rank or of several, with uneven counts."""
    experts = draw(st.integers(1, 12))
    tokens, top = draw(st.integers(1, 40)), draw(st.integers(1, experts))
    chances = skewed_router(tokens, experts, draw(st.floats(0, 3)), draw(st.integers(0, 9)))
    before = torch.tensor(draw(st.lists(st.integers(0, 30), min_size=experts, max_size=experts)))
    census = draw(st.sampled_from([None, lambda own: torch.stack([before, own])]))
    ranks = {"rank": 1, "census": census} if census else {}
    return route(chances, top, draw(st.floats(0.2, 3)), **ranks)


def boxes(drawing, color, attribute="fill"):
    """Lengths of the bars of a colour, by row; the legend's are left out."""
    shapes = ElementTree.fromstring(drawing.svg).iter("{http://www.w3.org/2000/svg}rect")
    found = [e for e in shapes if e.get(attribute) == color and float(e.get("y") or 0) > 20]
    return {float(e.get("y")): float(e.get("width")) for e in found}


@settings(max_examples=40)
@given(routings())
def test_bars_are_as_long_as_their_counts(routing):
    drawing = show_expert_load(routing)
    wanted, kept = routing.wanted.sum(0).tolist(), routing.kept.sum(0).tolist()
    lost = [w - k for w, k in zip(wanted, kept, strict=True)]
    done = list(boxes(drawing, COLORS["sky"]).values())
    scale = max(done) / max(kept)
    assert done == pytest.approx([scale * count for count in kept], rel=1e-3, abs=0.02)
    waits = list(boxes(drawing, COLORS["faint"]).values())
    assert waits == pytest.approx([scale * max(kept)] * len(kept), rel=1e-3, abs=0.02)
    dropped = list(boxes(drawing, COLORS["vermilion"], "stroke").values())
    assert dropped == pytest.approx([scale * count for count in lost if count], rel=1e-3, abs=0.02)
    told = [f"{k} + {n}" if n else f"{k}" for k, n in zip(kept, lost, strict=True)]
    labels = [e for e in ElementTree.fromstring(drawing.svg).iter() if e.text]
    assert [
        e.text for e in labels if e.get("font-size") == "11" and e.get("text-anchor") == "start"
    ] == told
    assert f"room {routing.room}" in [e.text for e in labels]
    assert drawing == show_expert_load(routing)


@given(routings())
def test_the_room_is_where_its_line_stands(routing):
    root = ElementTree.fromstring(show_expert_load(routing).svg)
    (line,) = (e for e in root.iter() if e.get("stroke-width") == "2.5")
    (done,) = {round(w, 2) for w in boxes(show_expert_load(routing), COLORS["faint"]).values()}
    scale = done / routing.kept.sum(0).max().item()
    assert float(line.get("x1")) == pytest.approx(
        LEFT + scale * routing.room, abs=0.01 * routing.room + 0.05
    )


@given(routings())
def test_the_words_say_what_the_routing_says(routing):
    told = describe(routing.wanted.sum(0).tolist(), routing.room)
    number = r"([\d.e+-]+)"
    found = re.search(
        rf"imbalance {number}, (\d+) dropped \({number} %\); the slowest takes {number} times", told
    )
    imbalance, lost, share, slowest = map(float, found.groups())
    assert imbalance == pytest.approx(routing.imbalance, rel=0.01)
    assert slowest == pytest.approx(routing.slowest, rel=0.01)
    assert share == pytest.approx(100 * routing.dropped, rel=0.01)
    assert lost == (routing.wanted - routing.kept).sum()


@settings(max_examples=40)
@given(settings_of)
def test_it_draws_its_plain_twin(chosen):
    widget = ExpertLoad(**chosen)
    chances = skewed_router(chosen["tokens"], chosen["experts"], chosen["skew"])
    twin = show_expert_load(route(chances, chosen["top"], chosen["capacity"]))
    assert widget.still() == twin
    assert repr(widget) == f"ExpertLoad: {twin!r}"
    assert float(ElementTree.fromstring(twin.svg).get("width")) <= 820


@settings(max_examples=20)
@given(settings_of)
def test_the_table_holds_what_the_router_wants(chosen):
    widget = ExpertLoad(**chosen)
    place = [
        offers.index(chosen[name])
        for name, offers in (
            ("tokens", TOKENS),
            ("experts", EXPERTS),
            ("top", TOPS),
            ("skew", SKEWS),
        )
    ]
    counts = widget.table[tuple(place)]
    assert counts[: chosen["experts"]].tolist() == widget.routing.wanted[0].tolist()
    assert counts.sum() == chosen["tokens"] * chosen["top"]


def test_two_alike_say_and_show_the_same():
    first, second = (ExpertLoad(64, 4)._repr_mimebundle_()[0] for _ in range(2))
    assert first.pop(VIEW) != second.pop(VIEW)
    assert first == second and first["image/svg+xml"].startswith("<svg")


def test_state_crosses_to_the_browser_as_json_and_back():
    widget, twin = ExpertLoad(64, 16, 4, 3, 1.75), ExpertLoad()
    twin.set_state(json.loads(json.dumps(widget.get_state())))
    assert repr(twin) == repr(widget)


@pytest.mark.parametrize(
    "wrong",
    [{"tokens": 65}, {"experts": 0}, {"top": 3}, {"capacity": 0.6}, {"skew": -1}],
)
def test_what_it_does_not_offer_is_refused(wrong):
    ((name, value),) = wrong.items()
    with pytest.raises(traitlets.TraitError, match=name):
        ExpertLoad(**wrong)
    widget = ExpertLoad()
    with pytest.raises(traitlets.TraitError):
        setattr(widget, name, value)
    assert repr(widget) == repr(ExpertLoad())  # nothing is lost


@pytest.mark.parametrize(("experts", "choices"), [(65, 1), (4, 0)])
def test_a_chart_names_what_it_cannot_hold(experts, choices):
    counts = torch.full((1, experts), choices)
    with pytest.raises(
        ValueError, match=f"{experts} experts, {experts * choices} choices: a chart"
    ):
        show_expert_load(Routing(None, None, None, counts, counts, 1))
