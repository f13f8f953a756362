"""The chart of gradients behind backward, and its widget without a browser."""

import json
import re
from xml.etree import ElementTree

import pytest
import traitlets
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.cluster.collectives.costs import AlphaBeta
from dlcourse.draw.overlap import FILLS, LEFT, RIGHT, WIDTH, show_overlap
from dlcourse.plan.overlap import Layer, alexnet, train_step, transformer
from dlcourse.units import show
from dlcourse.widgets.overlap import GradientOverlap

VIEW = "application/vnd.jupyter.widget-view+json"
STEPS = st.builds(
    train_step,
    st.lists(
        st.tuples(st.just("layer"), st.integers(0, 10**8), st.floats(1e-4, 0.1), st.floats(0, 0.1)),
        min_size=1,
        max_size=64,
    ),
    st.integers(1, 16),
    st.builds(AlphaBeta, st.floats(0, 1e-3), st.floats(1e-11, 1e-8)),
    st.floats(0, 1e9),
    st.booleans(),
)


def elements(drawing, tag):
    root = ElementTree.fromstring(drawing.svg)
    return list(root.iter(f"{{http://www.w3.org/2000/svg}}{tag}"))


def widths(drawing, kind):
    """Pixels of all boxes of a kind, added up."""
    (path,) = (p for p in elements(drawing, "path") if p.get("fill") == FILLS[kind])
    return sum(float(width) for width in re.findall(r"h([\d.]+)", path.get("d")))


@settings(max_examples=40)
@given(STEPS)
def test_boxes_are_as_long_as_what_they_stand_for(step):
    drawing = show_overlap(step)
    scale = (WIDTH - LEFT - RIGHT) / (step.computing + step.sending)
    room = 0.05 * len(step.layers) + 0.1  # rounded to tenths of a pixel
    exposed = sum(max(0, m.end - max(m.start, step.computing)) for m in step.messages)
    for kind, length in {
        "forward": sum(layer.forward for layer in step.layers),
        "backward": sum(layer.backward for layer in step.layers),
        "all-reduce, exposed": exposed,
        "all-reduce, hidden": step.sending - exposed,
    }.items():
        assert widths(drawing, kind) == pytest.approx(scale * length, abs=room)
    assert f"step {show(step.seconds, 's')}" in repr(drawing)
    assert drawing == show_overlap(step)


def test_layers_are_named_where_there_is_room():
    def names(layers):
        drawing = show_overlap(train_step(layers, 2, AlphaBeta(0, 1e-9)))
        words = {text.text for text in elements(drawing, "text")}
        return sum(layer.name in words for layer in layers)

    assert names(alexnet()) == 8
    assert names(transformer(12, 512, 512, 1e12)) == 24
    assert names(transformer(30, 512, 512, 1e12)) == 30  # every second one of 60


def test_long_names_are_cut_where_the_boxes_begin():
    drawing = show_overlap(train_step([("layer3.0.downsample.0", 1, 1.0)], 2, AlphaBeta(0, 1e-9)))
    assert "layer3.0.downsamp…" in {text.text for text in elements(drawing, "text")}


def test_what_no_chart_can_show_is_refused():
    with pytest.raises(ValueError, match="65 layers"):
        show_overlap(train_step([("a", 1, 1.0)] * 65, 2, AlphaBeta(0, 1)))
    with pytest.raises(ValueError, match=r"1 layers, 0\.0 s"):
        show_overlap(train_step([("a", 0, 0.0)], 2, AlphaBeta(0, 1)))


@given(
    ranks=st.integers(1, 256),
    bandwidth=st.floats(1e6, 1e12),
    latency=st.floats(0, 0.01),
    bucket=st.floats(0, 1e12),
    overlapped=st.booleans(),
)
def test_it_draws_its_plain_twin(ranks, bandwidth, latency, bucket, overlapped):
    widget = GradientOverlap(None, ranks, bandwidth, latency, bucket, overlapped)
    net = AlphaBeta(latency, 1 / bandwidth)
    twin = show_overlap(train_step(alexnet(), ranks, net, bucket, overlapped))
    assert widget.still() == twin
    assert repr(widget) == f"GradientOverlap: {twin!r}"


def test_layers_are_given_as_rows_or_as_layers():
    rows = [("a", 10**6, 1e-3), ("b", 10**6, 1e-3, 2e-3)]
    one, two = GradientOverlap(rows), GradientOverlap([Layer(*row) for row in rows])
    assert one.layers == two.layers == [["a", 10**6, 1e-3, 0.0], ["b", 10**6, 1e-3, 2e-3]]
    assert one.step == two.step


def test_two_alike_say_and_show_the_same():
    first, second = (GradientOverlap()._repr_mimebundle_()[0] for _ in range(2))
    assert first.pop(VIEW) != second.pop(VIEW)
    assert first == second and first["image/svg+xml"].startswith("<svg")


def test_state_crosses_to_the_browser_as_json_and_back():
    widget = GradientOverlap([("a", 10**6, 1e-3)], 7, 2e9, 0, 10**5, overlapped=False)
    twin = GradientOverlap()
    twin.set_state(json.loads(json.dumps(widget.get_state(), allow_nan=False)))
    assert repr(twin) == repr(widget) and twin.still() == widget.still()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"layers": []}, "layers"),
        ({"layers": [("a",)]}, "rows are"),
        ({"layers": [("a", -1, 1)]}, "nbytes=-1"),
        ({"layers": [("a", 1, "long")]}, "rows are"),
        ({"layers": [("a", 1, 1)] * 65}, "layers"),
        ({"layers": [("a", 1, 0)]}, "none takes any time"),
        ({"ranks": 0}, "ranks"),
        ({"bandwidth": 0}, "bandwidth"),
        ({"latency": -1}, "latency"),
        ({"bucket": float("inf")}, "bucket"),
    ],
)
def test_what_it_does_not_offer_is_refused(wrong, says):
    with pytest.raises(traitlets.TraitError, match=says):
        GradientOverlap(**wrong)
    widget = GradientOverlap()
    with pytest.raises(traitlets.TraitError, match=says):
        widget.set_trait(*next(iter(wrong.items())))
    assert repr(widget) == repr(GradientOverlap())  # nothing is lost
