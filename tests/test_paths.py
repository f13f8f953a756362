"""Closed forms of paths and of scaling against the time lines that they predict."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.paths import (
    Stage,
    best_chunks,
    direct,
    effective_bandwidth,
    hand_on,
    path_seconds,
    row,
    staged,
    timeline,
)
from dlcourse.cluster.presets import topology
from dlcourse.cluster.run import run
from dlcourse.cluster.scaling import least_bandwidth, ring_network, speedup, step_seconds
from dlcourse.cluster.topology import star

stages = st.builds(
    Stage, st.just("s"), st.floats(0, 1e-3), st.floats(1e6, 1e11, allow_subnormal=False)
)
paths = st.lists(stages, min_size=1, max_size=6)
sizes = st.floats(0, 1e9)


@given(paths, sizes, st.integers(1, 40))
def test_the_closed_form_is_the_end_of_the_time_line(path, size, chunks):
    copies = timeline(path, size, chunks)
    assert len(copies) == chunks * len(path)
    assert copies[-1].end == pytest.approx(path_seconds(path, size, chunks))


@given(paths, sizes, st.integers(1, 12))
def test_a_stage_copies_one_chunk_at_a_time_and_none_before_it_is_there(path, size, chunks):
    end = {(c.stage, c.chunk): c.end for c in timeline(path, size, chunks)}
    for c in timeline(path, size, chunks):
        assert c.end - c.start == pytest.approx(path[c.stage].seconds(size / chunks))
        ready = [end.get((c.stage - 1, c.chunk), 0.0), end.get((c.stage, c.chunk - 1), 0.0)]
        assert c.start == max(ready)


@given(paths, sizes)
def test_store_and_forward_is_the_sum_of_hops(path, size):
    assert path_seconds(path, size) == pytest.approx(
        sum(s.setup + size / s.bandwidth for s in path)
    )


@given(paths, st.floats(1, 1e9))
def test_no_other_number_of_chunks_is_faster(path, size):
    best = path_seconds(path, size, best_chunks(path, size, most=60))
    assert best <= min(path_seconds(path, size, k) for k in range(1, 61)) * (1 + 1e-12)


@given(paths, st.floats(1, 1e9), st.integers(1, 60))
def test_a_path_is_never_wider_than_its_narrowest_stage(path, size, chunks):
    assert effective_bandwidth(path, size, chunks) <= min(s.bandwidth for s in path) * (1 + 1e-9)


@pytest.mark.parametrize("chunks", [1, 2, 7])
def test_ranks_that_hand_on_chunks_take_as_long(chunks):
    """A row of ranks, each receiving a chunk and sending it on, is such a path."""
    path = [Stage("s", 0.0, width) for width in (15.75e9, 4e9, 15.75e9)]
    size = 7 * 2**20
    done = run(hand_on, on=row(path), args=(size, chunks))
    assert done.results == [True] * 4
    assert done.seconds == pytest.approx(path_seconds(path, size, chunks))


def test_rdma_beats_staging_and_staging_in_chunks_comes_close():
    five, one = staged(), direct()
    assert [stage.name for stage in five] == [
        *("GPU1 → CPU1", "CPU1 → NIC1", "NIC1 → NIC2", "NIC2 → CPU2", "CPU2 → GPU2"),
    ]
    for size in (1e3, 1e6, 1e9):
        times = [path_seconds(five, size), path_seconds(five, size, best_chunks(five, size))]
        assert times[0] >= times[1] > path_seconds(one, size)
    assert effective_bandwidth(five, 1e12) == pytest.approx(1 / (4 / 15.75e9 + 1 / 4e9), rel=1e-4)


@given(st.integers(2, 9), st.floats(1e-6, 1), st.integers(1, 200))
def test_a_step_takes_as_long_as_on_the_virtual_cluster(ranks, compute, items):
    net = star(ranks)

    def program(world):
        world.compute(seconds=compute)
        all_reduce(world, np.ones(items * ranks, np.float32))

    done = run(program, ranks=ranks, on=net)
    assert done.seconds == pytest.approx(step_seconds(net, compute, 4 * items * ranks))


def test_a_step_of_the_post_s_cluster_takes_as_long_too():
    """Four GPUs, one network card a node: the ring crosses the cable once in each direction."""
    net = topology("qdr-2014")

    def program(world):
        world.compute(seconds=0.002)
        all_reduce(world, np.ones(10**6, np.float32))

    done = run(program, ranks=4, on=net).seconds
    assert done == pytest.approx(step_seconds(net, 0.002, 4e6), rel=0.01)


@given(st.floats(1e-3, 1), st.floats(1e5, 1e9), st.integers(2, 8))
def test_at_the_least_bandwidth_more_nodes_are_as_fast_as_one(compute, size, nodes):
    one = star(2, bandwidth=15.75e9)
    least = least_bandwidth(one, 2 * nodes, compute, size, alpha=1e-6)
    for factor, faster in ((0.99, False), (1.01, True)):
        many = star(2 * nodes, bandwidth=least * factor, latency=1e-6)
        assert (speedup(one, many, compute, size) > 1) == faster


def test_latency_alone_can_be_too_much():
    assert least_bandwidth(star(2), 4, compute=1e-6, gradient_bytes=8, alpha=1.0) == np.inf


def test_one_gpu_sends_nothing():
    assert step_seconds(star(1), 0.5, 1e9) == 0.5
    assert ring_network(star(1)).beta == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: timeline(staged(), -1), "a message of -1 bytes: give 0 or more"),
        (lambda: path_seconds(staged(), 1, 0), "chunks=0: give a whole number, at least 1"),
        (lambda: path_seconds(staged(), 1, 1.5), "chunks=1.5: give a whole number"),
        (lambda: path_seconds([], 1), "stages=0: give a whole number"),
        (lambda: step_seconds(star(2), -1, 1), "compute=-1 s, 1 B of gradients: give 0"),
        (lambda: staged("carrier pigeon"), "'carrier pigeon': no such links"),
        (lambda: least_bandwidth(star(4), 4, 1, 1), "ranks=4: ideal has 4 already"),
        (lambda: Stage("slot", 0, 0), "slot: 0 B/s, 0 s: give a bandwidth above zero"),
        (lambda: Stage("slot", -1, 1), "slot: 1 B/s, -1 s: give a bandwidth above zero"),
        (
            lambda: effective_bandwidth([Stage("slot", 0, 1)], 0),
            "a message of 0 bytes takes no time",
        ),
        (lambda: speedup(star(1), star(1), 0, 0), "compute=0 s: a step on ideal takes no time"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
