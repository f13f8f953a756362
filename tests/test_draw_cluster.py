"""Drawings of clusters: well formed, deterministic, and true to the run that they show."""

from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.collectives.ring_steps import last_step, part_sent, ring_terms
from dlcourse.cluster.presets import PRESETS, topology
from dlcourse.cluster.run import run
from dlcourse.cluster.topology import Link, Topology, star
from dlcourse.draw.places import layout
from dlcourse.draw.ring import show_ring
from dlcourse.draw.timeline import show_timeline
from dlcourse.draw.topology import ABOVE, ASIDE, busy_seconds, show_messages, show_topology
from dlcourse.trace import ClusterTrace, Message, Work


def elements(drawing, tag):
    """The drawing's elements of one kind; fails where the SVG is not well formed."""
    root = ElementTree.fromstring(drawing.svg)
    return list(root.iter(f"{{http://www.w3.org/2000/svg}}{tag}"))


def words(drawing):
    return [element.text for element in elements(drawing, "text")]


def program(world):
    world.compute(seconds=1e-5 * (world.rank + 1), label="forward")
    all_reduce(world, np.ones(4096, np.float32))


@pytest.fixture(scope="module")
def post():
    net = topology("qdr-2014")
    return net, run(program, ranks=4, on=net).trace


@pytest.mark.parametrize("net", [topology(name) for name in PRESETS], ids=lambda net: net.name)
def test_a_topology_shows_every_rank_and_link(net):
    drawing = show_topology(net)
    assert set(map(str, range(len(net.devices)))) <= set(words(drawing))
    assert len(elements(drawing, "path")) == len(net.links)
    assert all(link.medium in " ".join(filter(None, words(drawing))) for link in net.links)
    assert drawing == show_topology(net)


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("nodes", [1, 2])
def test_no_two_parts_stand_in_one_place(name, nodes):
    plan = layout(topology(name, nodes))
    boxes = sorted((p.y, p.x - p.width / 2, p.x + p.width / 2) for p in plan.places.values())
    for (y, _, end), (below, start, _) in pairwise(boxes):
        assert below > y or start >= end
    assert all(0 < p.x < plan.width and 0 < p.y < plan.height for p in plan.places.values())


def test_the_busiest_link_is_the_thickest(post):
    net, trace = post
    drawing = show_topology(net, trace.link_bytes)
    busy = busy_seconds(net, trace.link_bytes)
    assert f"busy longest: {max(busy, key=busy.get)}" in repr(drawing)
    widths = {e.get("d"): float(e.get("stroke-width")) for e in elements(drawing, "path")}
    assert max(widths.values()) == 9 and len(widths) == len(net.links)
    nothing = show_topology(net, {})
    assert "nothing was sent" in repr(nothing) and nothing != drawing


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 0.95])
def test_messages_stand_on_their_way(post, share):
    net, trace = post
    at = share * trace.seconds
    flying = [m for m in trace.messages if m.start <= at < m.arrival]
    drawing = show_messages(net, trace, at)
    assert len(elements(drawing, "circle")) == len(flying)
    assert {f"{m.source}→{m.dest}" for m in flying} <= set(words(drawing))


def test_a_message_moves_from_its_sender_to_its_receiver():
    net = star(2)
    trace = ClusterTrace(2, 1.0, [Message(0, 1, 8, 0, 0.0, 0.5, 1.0)])
    dots = [elements(show_messages(net, trace, at), "circle")[0] for at in (0, 0.25, 0.5, 0.999)]
    places = layout(net).places
    ys = [float(dot.get("cy")) for dot in dots]
    assert ys[0] == places["device0"].y and ys[2] == places["switch"].y < ys[1]
    assert float(dots[3].get("cx")) == pytest.approx(places["device1"].x, abs=ASIDE + 1)


@given(st.sampled_from(["qdr-2014", "dgx-1", "dgx-h100"]), st.floats(0.1, 0.9), st.data())
def test_messages_that_meet_on_a_wire_pass_each_other(name, share, data):
    net = topology(name)
    one, other = data.draw(st.permutations(range(len(net.devices))))[:2]
    hops = len(net.route(one, other))
    share = (data.draw(st.integers(0, hops - 1)) + share) / hops
    there, back = Message(one, other, 8, 0, 0.0, 1.0, 1.0), Message(other, one, 8, 0, 0.0, 1.0, 1.0)
    spots = []
    for message, at in ((there, share), (back, 1 - share)):
        drawing = show_messages(net, ClusterTrace(len(net.devices), 2.0, [message]), at)
        sheet, dot = elements(drawing, "svg")[0], elements(drawing, "circle")[0]
        spots.append(np.array([float(dot.get("cx")), float(dot.get("cy")) + ABOVE]))
        assert (spots[-1] > 0).all()
        assert (spots[-1] < [float(sheet.get("width")), float(sheet.get("height"))]).all()
    assert np.linalg.norm(spots[0] - spots[1]) > ASIDE


def test_a_time_line_has_a_bar_for_every_stretch_of_work(post):
    _, trace = post
    drawing = show_timeline(trace)
    bars = [e for e in elements(drawing, "rect") if e.get("stroke-width") == "0.5"]
    legend = len({w.kind for w in trace.work})
    assert len(bars) == len(trace.work) + legend
    lines, ends = elements(drawing, "path")
    assert lines.get("d").count("M") == ends.get("d").count("M") == len(trace.messages) == 24
    assert words(drawing).count("forward") >= 1
    assert drawing == show_timeline(trace) and repr(drawing).startswith("4 ranks, ")


def test_computing_and_waiting_add_up(post):
    _, trace = post
    share = {
        kind: sum(w.end - w.start for w in trace.work if w.kind == kind)
        for kind in ("compute", "wait")
    }
    total = trace.size * trace.seconds
    text = repr(show_timeline(trace))
    for kind, name in (("compute", "computing"), ("wait", "waiting")):
        assert f"{name} {100 * share[kind] / total:.0f} %" in text


def test_a_window_shows_what_happens_in_it(post):
    _, trace = post
    half = trace.seconds / 2
    seen = sum(m.start < half and m.arrival > 0 for m in trace.messages)
    assert f"{seen} message" in repr(show_timeline(trace, window=(0, half)))
    parts = [show_timeline(trace, w).svg for w in ((0, half), (half, trace.seconds))]
    assert parts[0] != parts[1]


@given(st.integers(2, 8), st.data())
def test_the_ring_holds_the_terms_of_the_ranks_it_came_by(ranks, data):
    step = data.draw(st.integers(0, last_step(ranks)))
    terms = ring_terms(ranks, step)
    adding = min(step, ranks - 1)
    for rank in range(ranks):
        for part in range(ranks):
            distance = (rank - part) % ranks  # the part sets out from the rank after its own
            came = (distance - 1) % ranks
            own = {(rank - i) % ranks for i in range(came + 1)} if came <= adding else {rank}
            kept = (rank - part) % ranks < step - adding + 1 and step >= ranks - 1
            assert (
                terms[rank, part].all() if kept else set(np.flatnonzero(terms[rank, part])) == own
            )


@given(st.integers(2, 8), st.data())
def test_a_part_that_was_sent_has_changed_or_is_kept(ranks, data):
    step = data.draw(st.integers(1, last_step(ranks)))
    before, after = ring_terms(ranks, step - 1), ring_terms(ranks, step)
    for rank in range(ranks):
        part, right = part_sent(ranks, rank, step), (rank + 1) % ranks
        assert (after[right, part] >= before[rank, part]).all()
    changed = {(r, p) for r, p, _ in np.argwhere(before != after)}
    moved = {((r + 1) % ranks, part_sent(ranks, r, step)) for r in range(ranks)}
    assert changed == moved


@pytest.mark.parametrize("ranks", [2, 5, 8])
def test_the_ring_s_drawing_counts_its_sums(ranks):
    for step in range(last_step(ranks) + 1):
        drawing = show_ring(ranks, step)
        whole = ring_terms(ranks, step).all(axis=2).sum()
        assert words(drawing).count("sum") == whole
        assert f": {whole} of {ranks**2} cells" in repr(drawing)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: show_topology(star(65)), "a drawing holds at most 64"),
        (lambda: show_topology(star(2), {"x>y": 1}), "ideal has no link x>y"),
        (
            lambda: show_topology(Topology("t", ("a",), (Link("a", "box", 1),))),
            "'a' can't be drawn",
        ),
        (lambda: show_timeline(ClusterTrace(65, 1.0)), "65 ranks: a time line holds at most 64"),
        (lambda: show_timeline(ClusterTrace(2, 0.0)), "nothing takes time from 0.0 to 0.0 s"),
        (
            lambda: show_timeline(ClusterTrace(2, 1.0, [Message(0, 1, 1, 0, 0, 1, 1)] * 3001)),
            "3001 messages: a time line holds 3000; give a shorter window",
        ),
        (lambda: show_ring(9, 0), "ranks=9: a drawing holds 2 to 8"),
        (lambda: show_ring(4, 7), "step=7: 4 ranks need 6 steps"),
        (lambda: last_step(63), "ranks=63: give 1 to 62"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_work_without_a_label_has_none():
    trace = ClusterTrace(1, 1.0, (), [Work(0, "compute", 0.0, 1.0)])
    assert words(show_timeline(trace))[0] == "rank 0"
