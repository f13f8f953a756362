"""Closed forms against the virtual cluster: bytes exactly, seconds exactly where they say so."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.collectives.by_name import CALLS, call
from dlcourse.cluster.collectives.costs import FORMULAS, AlphaBeta, fastest, seconds
from dlcourse.cluster.collectives.traffic import PAIRS, link_bytes, sent, traffic
from dlcourse.cluster.presets import topology
from dlcourse.cluster.run import run
from dlcourse.cluster.topology import star

PAIRS_OF_NAMES = [(name, how) for name, algorithms in FORMULAS.items() for how in algorithms]
ALPHA, BANDWIDTH = 1e-6, 1e10
ALL_REDUCES = [how for name, how in PAIRS_OF_NAMES if name == "all_reduce"][:-1]
NET = AlphaBeta(ALPHA, 1 / BANDWIDTH)


def play(collective, algorithm, n, size, **options):
    """Run a collective of n float64 on the ideal cluster."""

    def program(world):
        call(world, collective, np.zeros(n), algorithm, **options)

    return run(program, ranks=size, on=star(size, BANDWIDTH, ALPHA))


def options_for(collective, algorithm, size, choice):
    if algorithm == "hierarchical":
        nodes = [n for n in range(1, size + 1) if size % n == 0]
        return {"node": nodes[choice % len(nodes)]}
    return {"root": choice % size} if collective in ("broadcast", "reduce") else {}


def test_every_formula_has_its_byte_count_and_its_call():
    assert {k: set(v) for k, v in FORMULAS.items()} == {k: set(v) for k, v in PAIRS.items()}
    assert set(FORMULAS) == set(CALLS)
    with pytest.raises(ValueError, match="collective='gather': there are broadcast, reduce"):
        call(None, "gather", np.zeros(1), "ring")
    with pytest.raises(ValueError, match="algorithm='tree': there are ring"):
        call(None, "all_gather", np.zeros(1), "tree")


@pytest.mark.parametrize(("collective", "algorithm"), PAIRS_OF_NAMES)
@given(n=st.integers(0, 60), size=st.integers(1, 17), choice=st.integers(0, 16))
@settings(max_examples=25)
def test_bytes_of_every_pair_are_exactly_the_closed_form(collective, algorithm, n, size, choice):
    options = options_for(collective, algorithm, size, choice)
    done = play(collective, algorithm, n, size, **options)
    counted = Counter()
    for message in done.trace.messages:
        counted[message.source, message.dest] += message.bytes
    pairs = traffic(collective, n, 8, size, algorithm, **options)
    assert +counted == pairs
    assert sum(sent(pairs, size)) == sum(counted.values())


TREES = [("broadcast", "tree"), ("reduce", "tree"), ("all_reduce", "tree")]


@pytest.mark.parametrize(("collective", "algorithm"), PAIRS_OF_NAMES)
@pytest.mark.parametrize("size", [1, 2, 3, 6, 8, 16, 17])
@pytest.mark.parametrize("part", [16, 9600], ids=["sent at once", "waits to be asked for"])
def test_virtual_seconds_are_the_closed_form(collective, algorithm, size, part):
    n = part * size  # every part, and every half, is whole
    options, model = options_for(collective, algorithm, size, 1), {}
    if algorithm == "hierarchical":
        model = {"node": options["node"], "inside": NET}
    taken = play(collective, algorithm, n, size, **options).seconds
    told = seconds(collective, 8 * n, size, NET, algorithm, **model)
    if not size & (size - 1) or algorithm not in ("tree", "halving-doubling"):
        assert taken == pytest.approx(told, rel=1e-9)
    elif algorithm == "tree":
        assert taken <= told * (1 + 1e-9)
    else:
        assert told * (1 - 1e-9) <= taken <= (told + 4 * n * NET.beta) * (1 + 1e-9)


@pytest.mark.parametrize("name", ["qdr-2014", "box-2015", "dgx-1", "dgx-h100"])
@pytest.mark.parametrize("algorithm", ALL_REDUCES)
def test_bytes_of_every_link_are_exactly_the_closed_form(name, algorithm):
    wires = topology(name)
    size = len(wires.devices)
    done = run(lambda world: all_reduce(world, np.zeros(13), algorithm), size, on=wires)
    assert done.trace.link_bytes == link_bytes(traffic("all_reduce", 13, 8, size, algorithm), wires)


@given(n=st.integers(1, 10**9), p=st.integers(2, 5000))
def test_a_ring_sends_the_least_that_any_all_reduce_can(n, p):
    times = {how: seconds("all_reduce", n, p, AlphaBeta(0, 1), how) for how in ALL_REDUCES}
    assert min(times.values()) >= times["ring"] * (1 - 1e-12)
    assert times["ring"] == pytest.approx(2 * (p - 1) / p * n)


@pytest.mark.parametrize("model", ["seconds", "traffic"])
@pytest.mark.parametrize(
    ("name", "how", "p", "options", "words"),
    [
        ("all_reduce", "ring", 0, {}, "p=0: give a whole number, at least 1"),
        ("all_reduce", "ring", 2.5, {}, "p=2.5: give a whole number"),
        ("all_reduce", "hierarchical", 6, {"node": 4}, "node=4: 6 ranks fill no whole nodes"),
        ("all_reduce", "hierarchical", 6, {"node": 0}, "node=0: give a whole number"),
        ("all_reduce", "star", 2, {}, "algorithm='star': there are naive"),
        ("gather", "ring", 2, {}, "collective='gather': there are broadcast"),
    ],
)
def test_ranks_and_names_that_make_no_sense_are_said(model, name, how, p, options, words):
    inside = {"inside": NET} if "node" in options else {}
    with pytest.raises(ValueError, match=words):
        if model == "seconds":
            seconds(name, 8, p, NET, how, **options, **inside)
        else:
            traffic(name, 8, 8, p, how, **options)


def test_bytes_from_a_root_that_is_not_there_are_refused():
    for root in (-1, 4):
        with pytest.raises(ValueError, match=f"root={root}: there are ranks 0 to 3"):
            traffic("broadcast", 8, 8, 4, "tree", root=root)


ONE_LEVEL = [pair for pair in PAIRS_OF_NAMES if pair[1] != "hierarchical"]


@pytest.mark.parametrize(("collective", "algorithm"), ONE_LEVEL)
def test_ranks_may_be_a_number_of_numpy(collective, algorithm):
    for p in np.arange(1, 9):
        told = seconds(collective, 80, p, NET, algorithm)
        assert told == seconds(collective, 80, int(p), NET, algorithm)
        pairs = traffic(collective, 10, 8, p, algorithm)
        assert pairs == traffic(collective, 10, 8, int(p), algorithm)


def test_which_algorithm_is_fastest_depends_on_size_and_ranks():
    net = AlphaBeta(alpha=1e-6, beta=1e-9)
    assert fastest("all_reduce", 10**7, 12, net) == "ring"
    assert fastest("all_reduce", 2000, 64, net) == "halving-doubling"
    assert fastest("all_reduce", 8, 12, net) == "server"
    with pytest.raises(ValueError, match="'gather': there are broadcast, reduce"):
        fastest("gather", 1, 2, net)
