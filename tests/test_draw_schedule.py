"""Charts of schedules: well formed, deterministic, and true to the times that they show."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.draw.schedule import show_memory, show_schedule
from dlcourse.plan.schedules import gpipe, interleaved, one_f_one_b, zero_bubble
from dlcourse.plan.simulate import Times, simulate

MAKERS = (gpipe, one_f_one_b, zero_bubble, lambda p, m: interleaved(p, p * m))


def elements(drawing, tag):
    root = ElementTree.fromstring(drawing.svg)
    return list(root.iter(f"{{http://www.w3.org/2000/svg}}{tag}"))


@settings(max_examples=30)
@given(st.sampled_from(MAKERS), st.integers(1, 9), st.integers(1, 9), st.integers(0, 3))
def test_every_pass_has_its_box(make, stages, micro_batches, comm):
    simulated = simulate(make(stages, micro_batches), Times(1e-3, 2e-3, 1e-3, comm * 1e-3))
    drawing = show_schedule(simulated)
    boxes = [path.attrib["d"].count("M") for path in elements(drawing, "path")]
    assert sum(boxes) == sum(map(len, simulated.schedule.orders))
    assert f"bubble {100 * simulated.bubble_rate:.4g} %" in repr(drawing)
    assert drawing == show_schedule(simulated)
    names = {text.text for text in elements(drawing, "text")}
    assert {f"stage {stage}" for stage in range(stages)} <= names


def test_boxes_are_as_long_as_passes_take():
    paths = elements(show_schedule(simulate(one_f_one_b(2, 3), Times(1, 2, 3))), "path")
    (forward,), (backward,) = (
        {d.split("v")[0] for d in p.attrib["d"].split("h")[1::2]} for p in paths
    )
    assert float(backward) == pytest.approx(5 * float(forward), rel=1e-2)


def test_micro_batches_are_numbered_where_there_is_room():
    few, many = (show_schedule(simulate(one_f_one_b(4, m))) for m in (8, 200))
    numbers = [text.text for text in elements(few, "text") if text.text.isdigit()]
    assert numbers.count("7") == 8  # a forward and a backward pass on each stage
    assert not any(t.text.isdigit() and t.text != "0" for t in elements(many, "text"))


def test_memory_is_drawn_as_high_as_it_gets():
    drawing = show_memory(simulate(one_f_one_b(4, 8)), kept=1e9)
    assert repr(drawing).endswith(": stages keep at most 4 GB, 3 GB, 2 GB, 1 GB")
    heights = []
    for path in elements(drawing, "path"):
        ys = [float(part.split("H")[0]) for part in path.attrib["d"].split("V")[1:]]
        heights.append(max(ys) - min(ys))
    assert heights == pytest.approx([heights[-1] * n for n in (4, 3, 2, 1)], rel=0.02)


@pytest.mark.parametrize("draw", [show_schedule, show_memory])
def test_more_than_a_chart_can_hold_is_refused(draw):
    with pytest.raises(ValueError, match=r"65 stages, 130 passes.*fewer micro-batches"):
        draw(simulate(one_f_one_b(65, 1)))
    with pytest.raises(ValueError, match="4 stages, 4800 passes"):
        draw(simulate(one_f_one_b(4, 600)))
