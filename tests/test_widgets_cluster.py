"""The widgets of lesson 07 without a browser, and the drawings they stand for."""

import gc
import io
import json
from contextlib import redirect_stdout
from xml.etree import ElementTree

import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.cluster.capacity import bisection_bandwidth
from dlcourse.cluster.collectives.costs import AlphaBeta, fastest
from dlcourse.cluster.parts import Node, cluster
from dlcourse.cluster.paths import best_chunks, direct, path_seconds, staged, timeline
from dlcourse.cluster.presets import topology
from dlcourse.cluster.run import run
from dlcourse.draw.capacity import show_capacity
from dlcourse.draw.collectives import ALGORITHMS, POWERS, RANKS, cost_table, show_collective_map
from dlcourse.draw.paths import MOST, show_paths
from dlcourse.draw.ring import show_ring
from dlcourse.units import show
from dlcourse.widgets.builder import CHOICES, TopologyBuilder
from dlcourse.widgets.collectives import NETWORKS, CollectiveMap
from dlcourse.widgets.paths import COUNTS, NICS, SLOTS, PathCalculator
from dlcourse.widgets.stepper import RingStepper, Stepper

MAKE = {
    "paths": lambda: PathCalculator(chunks=4),
    "ring": lambda: RingStepper(3, step=2),
    "stepper": lambda: Stepper([show_ring(2, i) for i in range(3)], noun="moment"),
    "collectives": lambda: CollectiveMap(more={"mine": AlphaBeta(5e-5, 1e-9)}),
    "builder": lambda: TopologyBuilder(nodes=2, inside="NVSwitch"),
}
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(params=MAKE.values(), ids=MAKE)
def make(request):
    return request.param


def bundle(widget):
    return widget._repr_mimebundle_()[0]


def elements(drawing, tag):
    root = ElementTree.fromstring(drawing.svg)
    return list(root.iter(f"{{http://www.w3.org/2000/svg}}{tag}"))


def test_two_alike_say_and_show_the_same(make):
    first, second = bundle(make()), bundle(make())
    assert first.pop(VIEW) != second.pop(VIEW)
    assert first == second
    assert "0x" not in first["text/plain"]
    ElementTree.fromstring(first["image/svg+xml"])


def test_state_crosses_to_the_browser_as_json_and_back(make):
    widget, twin = make(), make()
    twin.set_state(json.loads(json.dumps(widget.get_state())))
    assert repr(twin) == repr(widget)
    assert twin.get_state() | {"layout": ""} == widget.get_state() | {"layout": ""}


class Page(io.StringIO):
    """A stdout that counts how often it is flushed."""

    flushes = 0

    def flush(self):
        self.flushes += 1


def test_a_run_that_is_over_never_flushes_the_notebook_s_output():
    """The collector may come while the notebook prints: it would wait for itself."""
    page = Page()
    with redirect_stdout(page):
        run(lambda world: print(world.rank), ranks=2)
        gc.collect()
    assert page.flushes == 0


# ---- paths ---------------------------------------------------------------------------------------
@given(st.sampled_from(NICS), st.sampled_from(SLOTS), st.sampled_from(COUNTS), st.integers(0, 30))
def test_the_calculator_draws_the_plain_twin(nic, pcie, chunks, power):
    widget = PathCalculator(nic, pcie, 2**power, chunks)
    ways = staged(nic, pcie), direct(nic, pcie)
    assert bundle(widget)["image/svg+xml"] == show_paths(*ways, 2**power, chunks).svg
    assert show(path_seconds(ways[0], 2**power, chunks), "s") in repr(widget)


@pytest.mark.parametrize("chunks", [1, 5, MOST, MOST + 1])
def test_a_bar_for_each_copy_as_long_as_it_took(chunks):
    path, size = staged(), 1e7
    drawing = show_paths(path, direct(), size, chunks)
    bars = [e for e in elements(drawing, "rect") if e.get("stroke-width") == "0.5"]
    assert len(bars) == 5 * (chunks if chunks <= MOST else 1) + 1
    end = max(c.end for c in timeline(path, size, chunks))
    scale = (780 - 130 - 24) / max(path_seconds(path, size), end)
    right = max(float(b.get("x")) + float(b.get("width")) for b in bars[:-1])
    assert right == pytest.approx(130 + scale * end, abs=0.6)


def test_more_chunks_help_up_to_a_point():
    path = staged()
    assert 1 < best_chunks(path, 2**25) < 64 < 128
    times = [path_seconds(path, 2**19, k) for k in COUNTS]
    assert min(times) < times[0] < times[-1]


# ---- steppers ------------------------------------------------------------------------------------
def test_the_ring_s_steps_are_the_plain_twins():
    ring = RingStepper(4)
    for ring.at in range(7):
        assert ring.still() == show_ring(4, ring.at)
    assert "16 of 16 cells" in repr(ring)


# ---- which collective wins -----------------------------------------------------------------------
@given(st.floats(1e-7, 1e-4), st.floats(1e-12, 1e-8))
def test_the_map_names_the_fastest_everywhere(alpha, beta):
    net = AlphaBeta(alpha, beta)
    table = cost_table(net)
    names = list(ALGORITHMS)
    for row, column in [(0, 0), (3, 10), (8, 27), (15, 5)]:
        best = fastest("all_reduce", 2 ** POWERS[column], RANKS[row], net)
        times = table[row, column]
        assert times[names.index(best)] == times.min()


def test_the_map_s_letters_are_those_of_its_table():
    net = AlphaBeta(2e-6, 1e-9)
    drawing = show_collective_map(net, (16, 12))
    letters = [how[0] for how in ALGORITHMS.values()]
    shown = [e.text for e in elements(drawing, "text")][: len(RANKS) * len(POWERS)]
    assert shown == [letters[i] for i in cost_table(net).argmin(axis=2).ravel()]


def test_the_map_moves_over_every_network():
    widget = CollectiveMap(ranks=12, power=24, more={"mine": AlphaBeta(1.0, 1e-9)})
    seen = set()
    for widget.network in [*NETWORKS, "mine"]:
        seen.add(repr(widget).partition(": ")[2])
        net = widget.nets[widget.network]
        assert bundle(widget)["image/svg+xml"] == show_collective_map(net, (12, 24)).svg
        assert np.allclose(widget.table[widget.networks.index(widget.network)], cost_table(net))
    assert len(seen) == 5


# ---- topology builder ----------------------------------------------------------------------------
@given(st.fixed_dictionaries({name: st.sampled_from(values) for name, values in CHOICES.items()}))
def test_every_choice_can_be_built_and_drawn(choice):
    widget = TopologyBuilder(**choice)
    drawing = show_capacity(widget.topology)
    assert (drawing.svg, repr(drawing)) == tuple(widget.picture)
    ranks = choice["nodes"] * choice["gpus"]
    assert repr(widget).startswith(f"TopologyBuilder: {ranks} GPU")
    if ranks > 1:
        half = show(bisection_bandwidth(widget.topology), "B/s")
        assert f"half to half {half}" in widget.text


def test_a_change_is_drawn_at_once():
    widget = TopologyBuilder()
    before = widget.picture
    widget.inside = "NVSwitch"
    assert widget.picture != before
    node = Node(4, per_switch=2, nvlink="NVLink 3", nics=1)
    assert widget.topology == cluster("yours", node, 2, "switch")


def test_the_narrowest_link_is_named():
    assert "narrowest at node0.nic0>node1.nic0" in repr(show_capacity(topology("qdr-2014")))
    assert "narrowest at node0.pcie0-node0.cpu" in repr(show_capacity(topology("box-2015")))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: PathCalculator("a pigeon"), "pigeon"),
        (lambda: PathCalculator(chunks=3), "3"),
        (lambda: PathCalculator(size=0), "size=0: give bytes above zero"),
        (lambda: PathCalculator(size=2**40), "power"),
        (lambda: RingStepper(9), "ranks=9: a drawing holds 2 to 8"),
        (lambda: RingStepper(4, step=7), "at=7: there are 7 drawings"),
        (lambda: Stepper([]), "at=0: there are 0 drawings"),
        (lambda: CollectiveMap("a pigeon"), "'a pigeon': choose one of 10 GbE"),
        (lambda: CollectiveMap(ranks=5), "ranks"),
        (lambda: TopologyBuilder(gpus=3), "gpus"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(traitlets.TraitError, match=message):
        call()


def test_a_place_off_the_map_is_named():
    with pytest.raises(ValueError, match=r"at=\(5, 20\): ranks of \(2, 3"):
        show_collective_map(AlphaBeta(1e-6, 1e-9), (5, 20))
