"""The virtual cluster: its data are right, its clock obeys the alpha-beta model, runs repeat."""

import signal
import sys
import threading
import time
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.cluster import virtual
from dlcourse.cluster.collectives.all_reduce import all_reduce
from dlcourse.cluster.diagnosis import too_long
from dlcourse.cluster.errors import ClusterError, Deadlock, RankError, TimeLimit
from dlcourse.cluster.group import Group
from dlcourse.cluster.mail import EAGER_LIMIT, Mail
from dlcourse.cluster.run import run
from dlcourse.cluster.topology import Link, Topology, star
from tests.cluster import correct

ALPHA, RATE = 1e-6, 1e9
NET = star(8, bandwidth=RATE, latency=ALPHA)
SIZES = st.sampled_from([0, 1, 1000, EAGER_LIMIT, EAGER_LIMIT + 1, 10**6])


def ring(world, n):
    """An all-reduce around the ring, in the fewest lines."""
    parts = np.full((world.size, n), float(world.rank))
    right, left, buffer = (world.rank + 1) % world.size, world.rank - 1, np.empty(n)
    for step in range(2 * world.size - 2):
        request = world.isend(parts[(world.rank - step) % world.size], right)
        world.recv(buffer, left % world.size)
        request.wait()
        part = parts[(left - step) % world.size]
        part[:] = part + buffer if step < world.size - 1 else buffer
    return parts


def ping(world, size, wait=0.0):
    """Rank 0 sends to rank 1, which is ready after a while; both return their times."""
    if world.rank == 0:
        world.send(np.zeros(size, np.uint8), 1)
    elif world.rank == 1:
        world.compute(wait)
        world.recv(np.empty(size, np.uint8), 0)
    return world.time()


@given(SIZES)
def test_a_message_takes_alpha_plus_bytes_times_beta(size):
    done = run(ping, ranks=2, on=NET, args=(size,))
    assert done.seconds == pytest.approx(ALPHA + size / RATE)
    assert done.trace.link_bytes == {"device0>switch": size, "switch>device1": size}


@pytest.mark.parametrize(("size", "sender"), [(1000, 0.0), (10**6, 1.0 + 10**6 / RATE)])
def test_a_short_send_is_free_at_once_and_a_long_one_waits_for_its_receiver(size, sender):
    first, second = run(ping, ranks=2, on=NET, args=(size, 1.0)).results
    assert first == pytest.approx(sender)
    assert second == pytest.approx(1.0 if size == 1000 else 1.0 + ALPHA + size / RATE)


@given(st.integers(1, 9), st.integers(1, 5000))
def test_a_ring_takes_as_long_as_its_closed_form(ranks, n):
    done = run(ring, ranks=ranks, on=star(ranks, RATE, ALPHA), args=(n,))
    assert all((result == sum(range(ranks))).all() for result in done.results)
    assert done.seconds == pytest.approx(2 * (ranks - 1) * (ALPHA + n * 8 / RATE))
    assert len(done.trace.messages) == 2 * ranks * (ranks - 1)


@given(st.integers(2, 8), SIZES)
def test_messages_into_one_port_and_out_of_one_take_turns(ranks, size):
    def fan_in(world):
        if world.rank:
            world.send(np.zeros(size, np.uint8), 0)
        else:
            for source in range(1, world.size):
                world.recv(np.empty(size, np.uint8), source)

    def fan_out(world):
        peers = range(1, world.size) if world.rank == 0 else ()
        world.wait(*[world.isend(np.zeros(size, np.uint8), peer) for peer in peers])
        if world.rank:
            world.recv(np.empty(size, np.uint8), 0)

    for program in (fan_in, fan_out):
        seconds = run(program, ranks=ranks, on=NET).seconds
        turns = (ranks - 1) * size / RATE
        expected = ALPHA + turns
        if program is fan_in and size > EAGER_LIMIT:  # each sets out when it is asked for
            expected = (ranks - 1) * (ALPHA + size / RATE)
        assert seconds == pytest.approx(expected)


@pytest.mark.parametrize(("duplex", "turns"), [("full", 1), ("half", 2)])
def test_a_half_duplex_link_carries_one_direction_at_a_time(duplex, turns):
    pair = Topology("pair", ("a0", "a1"), (Link("a0", "a1", RATE, ALPHA, duplex),))

    def swap(world):
        request = world.isend(np.zeros(10**6, np.uint8), 1 - world.rank)
        world.recv(np.empty(10**6, np.uint8), 1 - world.rank)
        request.wait()

    done = run(swap, on=pair)
    assert done.seconds == pytest.approx(ALPHA + turns * 10**6 / RATE)
    assert sum(done.trace.link_bytes.values()) == 2 * 10**6


def test_a_label_may_be_anything():
    (work,) = run(lambda world: world.compute(1.0, label=["a"]), ranks=1, time_limit=5).trace.work
    assert work.label == "['a']"


def test_a_shared_cable_halves_the_rate_of_two_flows():
    links = [Link(f"n{i}", f"sw{i // 2}", RATE) for i in range(4)]
    net = Topology("dumbbell", tuple(f"n{i}" for i in range(4)), (*links, Link("sw0", "sw1", RATE)))

    def cross(world):
        if world.rank < 2:
            world.send(np.zeros(10**6, np.uint8), world.rank + 2)
        else:
            world.recv(np.empty(10**6, np.uint8), world.rank - 2)

    assert run(cross, on=net).seconds == pytest.approx(2e-3)


def test_links_are_taken_in_the_order_of_time_not_of_the_program():
    """Rank 0 sends late, rank 1 early, both into rank 2, which asks for the late one first."""

    def program(world):
        if world.rank < 2:
            world.compute(1e-3 if world.rank == 0 else 0)
            world.send(np.zeros(1000, np.uint8), 2)
        else:
            for source in (0, 1):
                world.recv(np.empty(1000, np.uint8), source)

    messages = run(program, ranks=3, on=NET).trace.messages
    assert [(m.source, m.start) for m in messages] == [(1, 0.0), (0, 1e-3)]


@given(st.permutations([0, 1, 1000, EAGER_LIMIT, EAGER_LIMIT + 1, 10**6]), st.randoms())
def test_messages_may_be_waited_for_in_any_order(sizes, random):
    """Of one channel, short and long ones mixed: nobody has one before it is there, or later."""
    order = random.sample(sizes, len(sizes))

    def program(world):
        buffers = {size: np.empty(size, np.uint8) for size in sizes}
        if world.rank == 0:
            return world.wait(*[world.isend(buffer, 1) for buffer in buffers.values()])
        requests = {size: world.irecv(buffer, 0) for size, buffer in buffers.items()}
        return [(requests[size].wait(), world.time())[1] for size in order]

    done = run(program, ranks=2, on=NET)
    arrivals = {message.bytes: message.arrival for message in done.trace.messages}
    there = [max(arrivals[size] for size in order[: i + 1]) for i in range(len(order))]
    assert done.results[1] == there


def test_computing_hides_a_message_that_is_under_way():
    size, busy = 10**6, 5e-4

    def program(world, overlap):
        peer, buffer = 1 - world.rank, np.empty(size, np.uint8)
        requests = [world.irecv(buffer, peer), world.isend(np.zeros(size, np.uint8), peer)]
        if overlap:
            world.compute(busy, label="hidden")
        world.wait(*requests)
        if not overlap:
            world.compute(busy)

    hidden, plain = (run(program, ranks=2, on=NET, args=(o,)) for o in (True, False))
    assert hidden.seconds == pytest.approx(ALPHA + size / RATE)
    assert plain.seconds == pytest.approx(hidden.seconds + busy)
    assert [w.label for w in hidden.trace.work if w.kind == "compute"] == ["hidden"] * 2


def test_compute_charges_seconds_or_what_a_device_needs():
    def program(world):
        world.compute(0.5)
        world.compute(flop=2e12, bytes=1e9)
        world.compute(flop=1e9, bytes=4e9)
        return world.time()

    assert run(program, ranks=1, speed=(1e12, 2e9)).results == [0.5 + 2 + 2]
    for bad in ({}, {"seconds": -1}, {"seconds": 1, "flop": 1}, {"flop": 1}):
        with pytest.raises(RankError, match="compute"):
            run(lambda world, bad=bad: world.compute(**bad), ranks=1)


def test_measured_charges_the_time_of_the_processor():
    def program(world):
        with world.measured("work"):
            sum(range(10**5))
        with world.measured("sleep"):
            time.sleep(0.05)

    work, sleep = run(program, ranks=1).trace.work
    assert 0 < sleep.end - sleep.start < 0.05
    assert (work.label, work.kind) == ("work", "compute")


@given(correct.exchanges())
def test_two_runs_leave_the_same_trace(exchange):
    ranks, letters = exchange
    one, two = (run(correct.all_at_once, ranks=ranks, args=(letters,)) for _ in range(2))
    assert one.trace == two.trace
    assert [m.number for m in letters] == sorted(m.number for m in letters)
    assert sum(m.bytes for m in one.trace.messages) == sum(8 * m.length for m in letters)


@given(correct.exchanges(), st.sampled_from([0, 2**16, 2**18]))
def test_how_far_data_run_ahead_of_time_changes_nothing(exchange, ahead):
    ranks, letters = exchange

    def program(world):
        for work in (correct.all_at_once, ring, correct.one_by_one):
            world.compute(world.rank * 1e-5)
            work(world, letters if work is not ring else 5)
        return world.time()

    usual = run(program, ranks=ranks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(virtual, "AHEAD", ahead)
        other = run(program, ranks=ranks)
    one, two = ([*run.trace.messages, *run.trace.work, *run.results] for run in (usual, other))
    assert one == two


def test_without_records_the_clock_and_the_links_are_the_same():
    kept, light = (run(ring, ranks=5, args=(3,), trace=trace) for trace in (True, False))
    assert (kept.seconds, kept.trace.link_bytes) == (light.seconds, light.trace.link_bytes)
    assert len(light.trace.messages) == 0 < len(kept.trace.messages)


def test_no_rank_computes_or_waits_twice_at_a_time():
    trace = run(ring, ranks=6, args=(100,)).trace
    for rank in range(6):
        stretches = [(w.start, w.end) for w in trace.work if w.rank == rank]
        assert all(a <= b for a, b in stretches)
        assert all(one[1] <= two[0] for one, two in pairwise(stretches))


def test_what_is_sent_is_what_was_in_the_array_then():
    def program(world):
        array = np.ones(3)
        if world.rank == 0:
            world.send(array, 1)
            array[:] = 2
            world.send(array[::2], 1)
            array[:] = 3
        else:
            world.compute(1.0)
            return world.recv(np.empty(3), 0).tolist(), world.recv(np.empty((4,))[::2], 0).tolist()
        return None

    assert run(program, ranks=2).results[1] == ([1, 1, 1], [2, 2])


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.int64, torch.bool])
def test_tensors_travel_in_their_own_dtype(dtype):
    def program(world):
        buffer = torch.zeros(3, dtype=dtype)
        request = world.irecv(buffer, 1 - world.rank)
        world.send(torch.full((3,), world.rank, dtype=dtype), 1 - world.rank)
        request.wait()
        return buffer.tolist()

    assert run(program, ranks=2).results == [[1] * 3, [0] * 3]


def test_data_parallel_training_by_hooks_equals_one_device():
    """Autograd hooks send from within backward: each rank is a thread, so torch knows whose."""
    torch.manual_seed(0)
    x, y = torch.randn(16, 5, dtype=torch.float64), torch.randn(16, 1, dtype=torch.float64)
    weights = torch.randn(5, 1, dtype=torch.float64)

    def train(x, y, share=None):
        w = weights.clone().requires_grad_()
        if share:
            w.register_hook(share)
        for _ in range(3):
            loss = ((x @ w - y) ** 2).mean()
            loss.backward()
            with torch.no_grad():
                w -= 0.1 * w.grad
            w.grad = None
        return w.detach()

    def program(world):
        def share(gradient):
            return all_reduce(world, gradient.clone()) / world.size

        mine = slice(world.rank, None, world.size)
        return train(x[mine], y[mine], share)

    serial = train(x, y)
    for result in run(program, ranks=4).results:
        assert torch.allclose(result, serial, atol=1e-14)


def test_groups_number_their_members_and_agree_on_collectives():
    def program(world):
        group = Group(world, range(world.rank % 2, world.size, 2))
        return all_reduce(group, np.array([world.rank]))[0].item()

    assert run(program, ranks=6).results == [6, 9, 6, 9, 6, 9]


def test_each_rank_prints_on_a_page_of_its_own(capsys):
    def program(world):
        print("I am", world.rank)
        world.barrier()
        print("done", file=sys.stdout)

    done = run(program, ranks=3)
    assert done.outputs == [f"I am {rank}\ndone\n" for rank in range(3)]
    assert repr(done).splitlines()[1:3] == ["rank 0: I am 0", "rank 0: done"]
    assert capsys.readouterr().out == ""
    print("back")
    assert capsys.readouterr().out == "back\n"


def test_an_exception_in_one_rank_stops_all_and_shows_its_traceback():
    def program(world):
        if world.rank == 2:
            return 1 / (world.rank - 2)
        return world.recv(np.empty(1), 2)

    with pytest.raises(RankError, match="rank 2 stopped") as caught:
        run(program, ranks=4)
    text = str(caught.value)
    assert "return 1 / (world.rank - 2)" in text and "ZeroDivisionError" in text
    assert "dlcourse/cluster" not in text
    assert caught.value.rank == 2
    assert not [t for t in threading.enumerate() if t.name.startswith("rank ")]


def stubborn(world):
    while True:
        try:
            world.barrier()
            while True:
                pass
        except Exception:
            pass


@pytest.mark.parametrize("way_out", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
def test_a_rank_that_leaves_ends_the_run_as_one_that_fails(way_out):
    def program(world):
        if world.rank == 0:
            raise way_out
        world.barrier()

    with pytest.raises(RankError, match=rf"rank 0 stopped.*(?s:.*){type(way_out).__name__}"):
        run(program, ranks=2, time_limit=5.0)


def test_a_thread_that_has_ended_is_nowhere():
    ended = threading.Thread(target=int)
    ended.start()
    ended.join()
    scheduler = SimpleNamespace(threads=[ended], running=0)
    text = str(too_long(1.0, Mail(1, None), scheduler))
    assert text.endswith("rank 0 was at work")


@pytest.mark.parametrize("end", [lambda: 1 / 0, lambda: time.sleep(0.4)])
def test_what_was_done_before_a_failure_is_told(end):
    """Whatever rank fails, and however far data were ahead of time then."""

    def program(world):
        ring(world, 3)
        return end() if world.rank == 1 else world.recv(np.empty(1), 1)

    whole = [*run(ring, ranks=4, args=(3,)).trace.messages]
    with pytest.raises((RankError, TimeLimit)) as failed:
        run(program, ranks=4, time_limit=0.2)
    assert [*failed.value.run.trace.messages] == whole


@pytest.mark.parametrize("program", [stubborn, lambda world: time.sleep(0.4)])
def test_a_run_ends_at_its_time_limit_and_says_where_it_was(program):
    start = time.monotonic()
    with pytest.raises(TimeLimit, match=r"0.2 s \(time_limit\)\n  rank \d was at work\n    line"):
        run(program, ranks=2, time_limit=0.2)
    assert time.monotonic() - start < 2
    time.sleep(0.3)
    assert not [t for t in threading.enumerate() if t.name.startswith("rank ")]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda w: w.send(np.zeros(1), 2), "rank 0 sends to rank 2: there are ranks 0 to 1"),
        (lambda w: w.recv(np.zeros(1), -1), "rank 0 receives from rank -1: there are"),
        (
            lambda w: w.send(np.zeros(1), 1 / 2),
            r"rank 0 sends to rank 0.5: .* whole number, as // d",
        ),
        (lambda w: w.send(3.0, 1), r"send needs a NumPy array .* write np.array\(3.0\)"),
        (lambda w: w.irecv([1], 1), "recv needs a NumPy array"),
        (lambda w: all_reduce(w, np.float64(3)), "all_reduce needs a NumPy array .* not float64"),
    ],
)
def test_wrong_calls_name_the_value_and_the_rule(call, message):
    with pytest.raises(RankError, match=message):
        run(call, ranks=2)


def test_wrong_runs_name_the_value_and_the_rule():
    with pytest.raises(ValueError, match="ranks=9: ideal has 8 devices"):
        run(print, ranks=9, on=star(8))
    with pytest.raises(ValueError, match="ranks=0"):
        run(print, ranks=0)
    with pytest.raises(ValueError, match="'dgx-h1000' is no preset"):
        run(print, on="dgx-h1000")


def test_without_eager_sends_every_head_on_exchange_is_found():
    def program(world):
        world.send(np.zeros(1), 1 - world.rank)
        world.recv(np.empty(1), 1 - world.rank)

    run(program, ranks=2)
    with pytest.raises(Deadlock, match="rank 1 waits for rank 0 to receive its message"):
        run(program, ranks=2, eager_limit=0)


@pytest.mark.parametrize("machine", ["ideal", "processes"])
def test_an_interrupt_ends_the_run(machine):
    def forever(world):
        while True:
            pass

    run(lambda world: world.rank, ranks=2, on=machine)
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    start = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            run(forever, ranks=2, on=machine)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - start < 10
    assert run(lambda world: world.rank, ranks=2, on=machine).results == [0, 1]


def test_errors_of_a_run_are_one_family():
    with pytest.raises(ClusterError):
        run(lambda world: world.recv(np.empty(1), 0), ranks=1)


def test_time_grows_no_faster_than_the_messages_and_memory_stays_small():
    """Four times the messages, at most six times the processor time, at several sizes."""

    def cost(ranks):
        start = time.process_time()
        run(ring, ranks=ranks, args=(1,))
        return time.process_time() - start

    small, large = (min(cost(ranks) for _ in range(3)) for ranks in (32, 64))
    assert large < 6 * small
