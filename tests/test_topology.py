"""Routes are the shortest and widest, parts fit together, and capacities are what cuts allow."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.cluster.capacity import bisection_bandwidth, flow_bandwidth, loads, ring
from dlcourse.cluster.parts import CUBE_MESH, NETWORKS, Node, cluster, medium
from dlcourse.cluster.presets import PRESETS, topology
from dlcourse.cluster.run import run
from dlcourse.cluster.topology import Hop, Link, Topology, star


@st.composite
def topologies(draw):
    """Up to four devices and four switches, wired at random, all devices reachable."""
    devices = [f"gpu{i}" for i in range(draw(st.integers(2, 4)))]
    others = [f"switch{i}" for i in range(draw(st.integers(1, 4)))]
    spine = [*pairwise(others), *((device, others[0]) for device in devices)]
    pairs = [pair for pair in combinations(devices + others, 2) if pair not in spine]
    wires = spine + draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else spine
    widths = [draw(st.sampled_from([1.0, 2.0, 3.0, 8.0])) for _ in wires]
    links = (Link(a, b, width, 1e-6) for (a, b), width in zip(wires, widths, strict=True))
    return Topology("random", tuple(devices), tuple(links))


def all_ways(topology, source, goal):
    """Every way without a loop, as a list of links; devices pass nothing on."""
    ways, unfinished = [], [([source], [])]
    while unfinished:
        visited, links = unfinished.pop()
        for link in topology.links:
            if visited[-1] not in (link.a, link.b):
                continue
            to = link.b if visited[-1] == link.a else link.a
            if to == goal:
                ways.append([*links, link])
            elif to not in visited and to not in topology.devices:
                unfinished.append(([*visited, to], [*links, link]))
    return ways


@given(topologies())
def test_a_route_is_the_widest_of_the_shortest(net):
    for i, j in combinations(range(len(net.devices)), 2):
        for a, b in ((i, j), (j, i)):
            route = net.route(a, b)
            assert [h.source for h in route] == [net.devices[a], *(h.dest for h in route[:-1])]
            assert route[-1].dest == net.devices[b]
            assert not {h.dest for h in route[:-1]} & set(net.devices)
            ways = all_ways(net, net.devices[a], net.devices[b])
            shortest = min(map(len, ways))
            widest = max(min(k.bandwidth for k in way) for way in ways if len(way) == shortest)
            assert len(route) == shortest and net.bandwidth(a, b) == widest
            assert net.latency(a, b) == pytest.approx(1e-6 * shortest)


@given(topologies())
def test_routes_depend_on_nothing_but_the_topology(net):
    again = Topology(net.name, net.devices, net.links)
    pairs = [(i, j) for i in range(len(net.devices)) for j in range(len(net.devices))]
    assert {p: net.route(*p) for p in pairs} == {p: again.route(*p) for p in reversed(pairs)}


@given(topologies())
def test_no_more_crosses_than_the_smallest_cut_lets_through(net):
    half = len(net.devices) // 2
    first, second = net.devices[:half], set(net.devices[half:])
    passing = [v for v in net.vertices if v not in net.devices]
    cuts = []
    for count in range(len(passing) + 1):
        for some in combinations(passing, count):
            here = {*first, *some}
            ends = [(k.a in here, k.b in here, k.bandwidth) for k in net.links]
            cuts.append(sum(width for a, b, width in ends if a != b))
    assert second and bisection_bandwidth(net) == pytest.approx(min(cuts))


@given(topologies(), st.data())
def test_flows_that_share_a_channel_share_its_bandwidth(net, data):
    ranks = st.integers(0, len(net.devices) - 1)
    pairs = data.draw(st.lists(st.tuples(ranks, ranks), min_size=1, max_size=6))
    each, count = flow_bandwidth(net, pairs), loads(net, pairs)
    width = {
        Hop(k, *ends).channel: k.bandwidth for k in net.links for ends in ((k.a, k.b), (k.b, k.a))
    }
    assert all(each * n <= width[channel] + 1e-9 for channel, n in count.items())
    assert not count or any(each * n == pytest.approx(width[c]) for c, n in count.items())


def test_messages_to_different_ranks_spread_over_equal_switches():
    node = Node(2, nics=1)
    tree = cluster("tree", node, nodes=8, network="fat tree", spines=4, per_leaf=4)
    spines = {tree.route(0, j)[4].source for j in range(8, 16)}
    assert spines == {f"spine{s}" for s in range(4)}


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_whole(name):
    net = topology(name)
    ranks = range(len(net.devices))
    assert all(net.route(i, j) for i in ranks for j in ranks if i != j)
    assert all(link.medium and link.latency > 0 for link in net.links)
    assert PRESETS[name].about


def test_the_post_s_cluster_has_its_bandwidths():
    net = topology("qdr-2014")
    assert (net.bandwidth(0, 1), net.bandwidth(0, 2)) == (15.75e9, 4e9)
    assert [hop.dest for hop in net.route(1, 3)] == [
        *("node0.cpu", "node0.nic0", "node1.nic0", "node1.cpu", "node1.gpu1"),
    ]


def test_each_v100_has_six_nvlinks():
    ends = np.zeros(8, int)
    for (i, j), count in CUBE_MESH.items():
        ends[[i, j]] += count
    assert (ends == 6).all()
    rank_order = flow_bandwidth(topology("dgx-1"), ring(range(8)))
    along_nvlinks = flow_bandwidth(topology("dgx-1"), ring([0, 3, 2, 1, 5, 6, 7, 4]))
    assert along_nvlinks == pytest.approx(50e9) and rank_order == 15.75e9


@given(st.integers(1, 6), st.integers(1, 4), st.sampled_from(NETWORKS), st.booleans())
def test_parts_fit_together(gpus, nodes, network, switched):
    node = Node(gpus, per_switch=2 * switched, nvlink="NVLink 3", wiring="pairs", nics=2)
    if network == "cable" and nodes > 2:
        with pytest.raises(ValueError, match="a cable joins 2 nodes"):
            cluster("c", node, nodes, network)
        return
    net = cluster("c", node, nodes, network, spines=2, oversubscription=2)
    ranks = range(len(net.devices))
    assert len(net.devices) == gpus * nodes
    assert all(net.route(0, j) for j in ranks if j)


def test_a_fat_tree_s_spines_carry_what_its_leaves_may_send():
    def leaf_up(oversubscription):
        net = cluster("t", Node(4, nics=2), 8, "fat tree", 4, 4, oversubscription)
        return sum(link.bandwidth for link in net.links if link.a == "leaf0")

    assert leaf_up(1) == 4 * 2 * medium("InfiniBand HDR 4x").bandwidth == 2 * leaf_up(2)


def test_half_a_slot_has_half_the_bandwidth():
    assert medium("PCIe 3.0 x8").bandwidth == 15.75e9 / 2


def test_the_virtual_cluster_takes_as_long_as_the_route_says():
    net, size = topology("dgx-h100", nodes=2), 10**6

    def program(world, dest):
        if world.rank == 0:
            world.send(np.zeros(size, np.uint8), dest)
        if world.rank == dest:
            world.recv(np.zeros(size, np.uint8), 0)

    for dest in (1, 8, 9):
        expected = net.latency(0, dest) + size / net.bandwidth(0, dest)
        done = run(program, ranks=16, on=net, args=(dest,))
        assert done.seconds == pytest.approx(expected)
        assert done.trace.link_bytes == {hop.channel: size for hop in net.route(0, dest)}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Link("a", "b", 0), "a-b: 0 B/s, 0.0 s: give a bandwidth above zero"),
        (lambda: Link("a", "b", 1, -1), "a-b: 1 B/s, -1 s"),
        (lambda: Link("a", "a", 1), "a-a: a link joins two different vertices"),
        (lambda: Link("a", "b", 1, 0, "simplex"), 'use "full" or "half"'),
        (lambda: Topology("t", ("a", "a"), ()), "t: device a stands there twice"),
        (lambda: Topology("t", ("a",), (Link("a", "b", 1), Link("b", "a", 1))), "link a-b stands"),
        (lambda: Topology("t", ("a", "b"), ()).route(0, 1), "t: no links lead from a to b"),
        (lambda: star(3).route(0, 3), "rank 3: ideal has ranks 0 to 2"),
        (lambda: star(0), "ranks=0: give a whole number, at least 1"),
        (lambda: Topology("t", (), ()), "t: a topology has at least one device"),
        (lambda: topology("dgx"), "'dgx' is no preset: there are qdr-2014"),
        (lambda: topology("qdr-2014", nodes=3), "a cable joins 2 nodes, not 3"),
        (lambda: medium("NVLink"), "'NVLink': 7 such links; name one of NVLink 1"),
        (lambda: medium("PCIe 3.0 x3"), "'PCIe 3.0 x3': a slot has 1, 2, 4, 8, 16 lanes"),
        (lambda: Node(0), "gpus=0: give a whole number, at least 1"),
        (lambda: Node(2, nics=-1), "nics=-1, per_switch=0: give 0 or more"),
        (lambda: Node(4, nvlink="NVLink 2", wiring="cube"), "a cube mesh joins 8 GPUs, not 4"),
        (lambda: Node(4, wiring="ring"), "wiring='ring'"),
        (lambda: topology("dgx-h100", nodes="2"), "nodes='2': give a whole number, at least 1"),
        (lambda: cluster("c", Node(2, nics=1), 2, per_leaf=0.5), "per_leaf=0.5: give a whole"),
        (lambda: cluster("c", Node(2, nics=1), 2, spines=-1), "spines=-1, oversubscription=1: "),
        (lambda: cluster("c", Node(2), 2), "nodes without a NIC"),
        (lambda: cluster("c", Node(2, nics=1), 2, "mesh"), "network='mesh'"),
        (lambda: bisection_bandwidth(star(1)), "there are no two halves"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
