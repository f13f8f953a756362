"""Every collective equals its serial meaning, for any size, dtype and number of ranks.

Numbers are small and whole, so that every order of adding gives the same bits; what real sums
of floats do is a test of its own.
"""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.cluster.collectives.all_gather import all_gather
from dlcourse.cluster.collectives.all_reduce import ALGORITHMS, all_reduce
from dlcourse.cluster.collectives.all_to_all import all_to_all
from dlcourse.cluster.collectives.arrays import split
from dlcourse.cluster.collectives.broadcast import broadcast
from dlcourse.cluster.collectives.reduce import reduce
from dlcourse.cluster.collectives.reduce_scatter import reduce_scatter
from dlcourse.cluster.errors import RankError
from dlcourse.cluster.group import Group
from dlcourse.cluster.run import run
from dlcourse.cluster.world import PIECE
from tests.cluster.calls import call, drawn, long_sum, several

DTYPES = ["int64", "uint8", "float16", "float32", "float64", "complex64"]
TORCH_DTYPES = ["int64", "int16", "float32", "float64", "bfloat16"]


def everybodys(size, shape):
    """The arrays of all ranks, as whole numbers: (size, *shape)."""
    return np.stack([drawn(rank, shape, "int64") for rank in range(size)])


def expected(size, collective, shape, options):
    """What each rank should return, computed in one place."""
    everything = everybodys(size, shape)
    total, root = everything.sum(0), options.get("root", 0)
    parts = split(shape[0], size)
    for rank in range(size):
        if collective is broadcast:
            right = everything[root]
        elif collective is reduce:
            right = total if rank == root else everything[rank]
        elif collective is all_reduce:
            right = total
        elif collective is reduce_scatter:
            right = total[parts[rank]]
        elif collective is all_gather:
            right = np.concatenate([everything[r][parts[r]] for r in range(size)])
        else:
            right = np.concatenate([everything[r][parts[rank]] for r in range(size)])
        yield right.tolist(), True


@st.composite
def cases(draw, size):
    """A collective and what to call it with, for some number of ranks."""
    collective = draw(
        st.sampled_from([broadcast, reduce, all_reduce, all_reduce])
        | st.sampled_from([all_gather, reduce_scatter, all_to_all])
    )
    options = {}
    if collective in (broadcast, reduce):
        options["root"] = draw(st.integers(0, size - 1))
        options["algorithm"] = draw(st.sampled_from(["linear", "tree"]))
    if collective is all_reduce:
        options["algorithm"] = draw(st.sampled_from(list(ALGORITHMS)))
    if options.get("algorithm") == "hierarchical":
        options["node"] = draw(st.sampled_from([n for n in range(1, size + 1) if size % n == 0]))
    if collective is reduce_scatter or options.get("algorithm") == "ring":
        options["segments"] = draw(st.integers(1, 4))
    shape = draw(st.tuples(st.integers(0, 40)) | st.tuples(st.integers(0, 20), st.integers(1, 3)))
    dtype = draw(st.sampled_from(DTYPES + [f"torch.{name}" for name in TORCH_DTYPES]))
    return collective, shape, dtype, options


@st.composite
def sized_cases(draw):
    size = draw(st.integers(1, 17))
    return size, draw(cases(size))


@settings(max_examples=300)
@given(sized_cases())
def test_collectives_equal_their_serial_meaning_on_the_virtual_cluster(drawn):
    size, (collective, shape, dtype, options) = drawn
    done = run(call, ranks=size, args=(collective, shape, dtype, options))
    assert done.results == list(expected(size, collective, shape, options))


@pytest.mark.parametrize("size", range(1, 18))
@settings(max_examples=2)
@given(data=st.data())
def test_collectives_equal_their_serial_meaning_on_processes(size, data):
    drawn = data.draw(st.lists(cases(size), min_size=30, max_size=30))
    done = run(several, ranks=size, on="processes", args=(drawn,))
    for i, (collective, shape, _, options) in enumerate(drawn):
        right = list(expected(size, collective, shape, options))
        assert [result[i] for result in done.results] == right


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("size", range(1, 18))
def test_all_reduce_with_every_number_of_ranks(algorithm, size):
    for node in [n for n in range(1, size + 1) if size % n == 0]:
        options = {"node": node} if algorithm == "hierarchical" else {}
        options["algorithm"] = algorithm
        done = run(call, ranks=size, args=(all_reduce, (2 * size + 1,), "int64", options))
        assert done.results == list(expected(size, all_reduce, (2 * size + 1,), options))
        if algorithm != "hierarchical":
            break


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_long_messages_that_wait_to_be_asked_for_arrive_too(algorithm):
    options = {"node": 3} if algorithm == "hierarchical" else {}

    def program(world):
        return all_reduce(world, np.full(200_001, float(world.rank)), algorithm, **options)

    assert all((array == 15.0).all() for array in run(program, ranks=6).results)


@given(st.integers(2, 9), st.integers(1, 50), st.integers(1, 1000))
def test_long_parts_of_a_ring_are_cut_into_pieces(size, n, piece):
    done = run(long_sum, ranks=size, args=(n, piece))
    longest = 8 * -(-n // size)
    assert done.results == [(piece, True)] * size
    assert len(done.trace.messages) == 2 * size * (size - 1) * max(1, round(longest / piece))


def test_the_rings_of_groups_are_cut_too():
    program = partial(long_sum, algorithm="hierarchical", node=2)
    cut, whole = (run(program, ranks=6, args=(60, piece)) for piece in (40, 480))
    assert (cut.results, whole.results) == ([(40, True)] * 6, [(480, True)] * 6)
    assert len(cut.trace.messages) > len(whole.trace.messages)


def test_long_parts_are_cut_on_real_ranks_and_whole_on_the_virtual_cluster():
    whole = run(long_sum, ranks=2, args=(2**20,))
    assert (whole.results, len(whole.trace.messages)) == ([(math.inf, True)] * 2, 4)
    assert run(long_sum, 2, on="processes", args=(2**20,)).results == [(PIECE, True)] * 2


def sums(size, n, algorithm, **options):
    """All ranks' sums of the same random floats."""
    terms = np.random.default_rng(n).standard_normal((size, n)).astype(np.float32)
    program = lambda world: all_reduce(world, terms[world.rank].copy(), algorithm, **options)  # noqa: E731
    return terms, run(program, ranks=size).results


@pytest.mark.parametrize("algorithm", ["naive", "server", "tree", "ring", "halving-doubling"])
@given(size=st.integers(2, 17), n=st.integers(1, 40))
@settings(max_examples=20)
def test_sums_of_floats_are_the_same_bits_in_all_ranks_and_runs(algorithm, size, n):
    terms, results = sums(size, n, algorithm)
    assert all(np.array_equal(result, results[0]) for result in results)
    assert np.array_equal(sums(size, n, algorithm)[1][0], results[0])
    np.testing.assert_allclose(results[0], terms.astype(float).sum(0), rtol=1e-4, atol=1e-5)
    if algorithm in ("naive", "server"):
        in_rank_order = terms[0].copy()
        for term in terms[1:]:
            in_rank_order += term
        assert np.array_equal(results[0], in_rank_order)


def test_orders_of_adding_differ_in_the_last_bits():
    results = {name: sums(16, 64, name)[1][0] for name in ("naive", "tree", "ring")}
    assert not np.array_equal(results["naive"], results["ring"])
    assert not np.array_equal(results["naive"], results["tree"])


def test_all_reduce_works_in_place_and_others_leave_their_input():
    def program(world):
        array, before = np.arange(6) + world.rank, np.arange(6) + world.rank
        reduce_scatter(world, array)
        all_to_all(world, array)
        all_gather(world, array)
        reduce(world, array, root=2)
        unchanged = np.array_equal(array, before) or world.rank == 2
        return unchanged and all_reduce(world, array) is array

    assert run(program, ranks=3).results == [True, True, True]


def test_parts_gathered_are_the_array_that_was_scattered():
    def program(world):
        array = np.arange(14.0).reshape(7, 2)
        return all_gather(world, reduce_scatter(world, array), len(array))

    assert all(np.array_equal(r, 4 * np.arange(14).reshape(7, 2)) for r in run(program, 4).results)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (partial(all_reduce, array=np.ones((4, 4))[:, 0]), "gaps in memory"),
        (partial(all_reduce, array=np.ones(3), algorithm="star"), "algorithm='star': there are"),
        (
            partial(all_reduce, array=np.ones(3), algorithm="hierarchical", node=3),
            "node=3: 4 ranks fill no whole nodes",
        ),
        *(
            (
                partial(all_reduce, array=np.ones(3), segments=n),
                f"segments={n}: give a whole number",
            )
            for n in (0, -1, 1.5)
        ),
        (partial(broadcast, array=np.ones(3), root=4), "root rank 4: there are ranks 0 to 3"),
        (partial(reduce, array=np.ones(3), root=-1), "root rank -1: there are ranks 0 to 3"),
        (lambda world: all_gather(world, np.ones(2), length=5), "has 1 of length=5"),
        (lambda world: Group(world, [7]), "ranks=(7,): give the members"),
        (
            lambda world: Group(world, range(4)).send(np.ones(1), -1),
            "sends to rank -1: there are ranks 0 to 3",
        ),
        (
            lambda world: Group(world, range(4)).recv(np.ones(1), 4),
            "receives from rank 4: there are ranks 0 to 3",
        ),
    ],
)
def test_what_cannot_be_done_is_said(program, words):
    with pytest.raises(RankError) as failed:
        run(program, ranks=4)
    assert words in str(failed.value)


def test_a_group_is_a_world_of_its_own():
    def program(world):
        world.device = f"cuda:{world.rank}"
        odd = Group(world, range(world.rank % 2, world.size, 2))
        odd.barrier()
        assert odd.device == world.device
        return odd.rank, odd.size, all_reduce(odd, np.array([world.rank])).item()

    assert run(program, ranks=5).results == [(0, 3, 6), (0, 2, 4), (1, 3, 6), (1, 2, 4), (2, 3, 6)]
