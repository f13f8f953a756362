"""Every kernel of every ladder equals NumPy, on awkward sizes, and breaks no rule on its way.

One test body, two machines: the emulated GPU, where a launch of this size is traced and fails on
any finding, and a real one where there is one. Inputs are small whole numbers, so that sums are
exact in any order.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.gpu.ladder import find, load, prepare, rungs

FILTERS = [np.array(w, np.float32) for w in ([3], [1, -2], [1, 0, -1], [2, -1, 0, 4, 1, -3, 2])]
SIDES = st.integers(1, 70) | st.sampled_from([16, 32, 64])
LENGTHS = st.integers(1, 700) | st.sampled_from([4, 32, 256, 257, 4099])


def whole(*shape):
    """Arrays of small whole numbers."""
    seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)
    return seeds.map(lambda rng: rng.integers(-4, 5, shape).astype(np.float32))


def vectors(n):
    return st.tuples(whole(n), whole(n))


INPUTS = {
    "vector": LENGTHS.flatmap(vectors),
    "transpose": st.tuples(SIDES, SIDES).flatmap(lambda shape: st.tuples(whole(*shape))),
    "reduction": LENGTHS.flatmap(lambda n: st.tuples(whole(n))),
    "scan": st.tuples(st.integers(1, 4), LENGTHS).flatmap(lambda shape: st.tuples(whole(*shape))),
    "matmul": st.tuples(SIDES, SIDES, SIDES).flatmap(
        lambda mkn: st.tuples(whole(mkn[0], mkn[1]), whole(mkn[1], mkn[2]))
    ),
    "convolution": st.tuples(LENGTHS.flatmap(whole), st.sampled_from(FILTERS)),
    "stencil": st.tuples(
        st.tuples(SIDES, SIDES).flatmap(lambda shape: whole(*shape)), st.sampled_from([0.25, 0.5])
    ),
}


@pytest.fixture(scope="module", params=["emulated", pytest.param("gpu", marks=pytest.mark.gpu)])
def device(request):
    return request.param


@pytest.mark.parametrize("rung", rungs(), ids=lambda r: f"{r.ladder}-{r.name}")
@settings(max_examples=12)
@given(data=st.data())
def test_a_rung_equals_numpy(rung, device, data):
    inputs = data.draw(INPUTS[rung.ladder])
    if rung.ladder == "vector" and rung.name != "add":
        inputs = (data.draw(st.sampled_from([0.5, -3.0, 2])), *inputs)
    expected = rung.reference(*inputs)
    out = prepare(rung.ladder, rung.name, *inputs).run(device=device)
    assert out.dtype == np.float32
    np.testing.assert_array_equal(out, expected)


# --- counters, by hand ---


def ones(*shape):
    return np.ones(shape, np.float32)


N = 64  # side of the matrices: 2 x 2 tiles of 32, one of 64
COUNTERS = [
    # 1000 elements: 31 whole warps and 8 lanes; 125 sectors for each array, whoever asks
    ("vector", "add", (ones(1000), ones(1000)), {"global_loads": 2000, "global_stores": 1000}),
    ("vector", "add", (ones(1000), ones(1000)), {"global_requests": 96, "sectors": 375}),
    ("vector", "saxpy", (2, ones(1000), ones(1000)), {"flop": 2000, "global_bytes": 12000}),
    # 5000 elements, 4096 threads: the second round of 904 is 28 whole warps and 8 lanes
    ("vector", "grid_stride", (2, ones(5000), ones(5000)), {"global_requests": 3 * (128 + 29)}),
    ("vector", "grid_stride", (2, ones(5000), ones(5000)), {"sectors": 1875, "flop": 10000}),
    # 1003 = 4 * 250 + 3: eight warps with a float4 each, and one with the rest
    ("vector", "vectorised", (2, ones(1003), ones(1003)), {"global_loads": 2 * (250 + 3)}),
    ("vector", "vectorised", (2, ones(1003), ones(1003)), {"global_requests": 27, "sectors": 378}),
    # 6 tiles of 32 rows each: 192 requests to read, 192 to write
    ("transpose", "naive", (ones(N, 96),), {"sectors": 192 * (4 + 32), "ideal_sectors": 192 * 8}),
    ("transpose", "tiled", (ones(N, 96),), {"sectors": 192 * 8, "bank_conflicts": 192 * 31}),
    ("transpose", "padded", (ones(N, 96),), {"sectors": 192 * 8, "bank_conflicts": 0}),
    ("transpose", "padded", (ones(N, 96),), {"shared_bytes": 32 * 33 * 4, "barriers": 6}),
    # 4 blocks of 256: 255 additions each and an atomic one
    ("reduction", "divergent", (ones(1024),), {"flop": 1024, "barriers": 32, "global_atomics": 4}),
    ("reduction", "sequential", (ones(1024),), {"flop": 1024, "global_loads": 1024}),
    ("reduction", "sequential", (ones(1024),), {"shared_loads": 4 * 511, "bank_conflicts": 0}),
    # in all lanes of 8 warps and of the first once more, 5 additions each
    ("reduction", "shuffle", (ones(1024),), {"flop": 1024 + 4 * (9 * 32 * 5 + 1), "barriers": 4}),
    # 2 rows of 2 x 256: 8 steps, one barrier before and one after the last sum is read
    ("scan", "hillis_steele", (ones(2, 512),), {"barriers": 40, "flop": 4 * 256 * (8 + 2)}),
    # 255 additions up and 255 down, and two for each element and one for the carry
    ("scan", "blelloch", (ones(2, 512),), {"barriers": 76, "flop": 4 * (510 + 256 * 3)}),
    ("scan", "shuffle", (ones(2, 512),), {"barriers": 12, "global_loads": 1024}),
    ("matmul", "naive", (ones(N, N), ones(N, N)), {"flop": 2 * N**3, "global_loads": 2 * N**3}),
    # a warp reads one element of A, 1 sector, and 32 neighbours in B, 4 sectors
    ("matmul", "naive", (ones(N, N), ones(N, N)), {"sectors": N**3 // 32 * 5 + N * N // 8}),
    ("matmul", "tiled", (ones(N, N), ones(N, N)), {"global_loads": 2 * N**3 // 32}),
    ("matmul", "tiled", (ones(N, N), ones(N, N)), {"flop": 2 * N**3, "barriers": 16}),
    ("matmul", "tiled", (ones(N, N), ones(N, N)), {"shared_loads": 2 * N**3, "bank_conflicts": 0}),
    ("matmul", "register_tiled", (ones(N, N), ones(N, N)), {"global_loads": 2 * N**3 // 64}),
    ("matmul", "register_tiled", (ones(N, N), ones(N, N)), {"shared_loads": 2 * N**3 // 4}),
    ("matmul", "register_tiled", (ones(N, N), ones(N, N)), {"bank_conflicts": 0, "barriers": 8}),
    ("matmul", "vectorised", (ones(N, N), ones(N, N)), {"global_loads": 2 * N**3 // 64 // 4}),
    # a thread makes 16 products of one float4 of each; stores of A meet two to a bank
    ("matmul", "vectorised", (ones(N, N), ones(N, N)), {"bank_conflicts": 4 * 4 * 8}),
    # 7 taps: 3 + 2 + 1 reach beyond either end
    ("convolution", "naive", (ones(1024), ones(7)), {"global_loads": 2 * (7 * 1024 - 12)}),
    ("convolution", "tiled", (ones(1024), ones(7)), {"global_loads": 4 * 262 - 6 + 7 * 1024}),
    ("convolution", "constant", (ones(1024), ones(7)), {"global_loads": 4 * 262 - 6}),
    ("convolution", "constant", (ones(1024), ones(7)), {"constant_loads": 7 * 1024}),
    # of 4 tiles of 18 x 18 each has a row and a column outside
    ("stencil", "tiled", (ones(32, 32), 0.25), {"global_loads": 4 * (18 * 18 - 35)}),
    ("stencil", "tiled", (ones(32, 32), 0.25), {"barriers": 4, "shared_bytes": 18 * 18 * 4}),
]


@pytest.mark.parametrize(
    ("ladder", "rung", "inputs", "expected"),
    COUNTERS,
    ids=[f"{c[0]}-{c[1]}-{'-'.join(c[3])}" for c in COUNTERS],
)
def test_counters_equal_those_counted_by_hand(ladder, rung, inputs, expected):
    cost = prepare(ladder, rung, *inputs).profile().cost
    assert {name: getattr(cost, name) for name in expected} == expected


def lanes_at_work(rung):
    trace = prepare("reduction", rung, ones(1024)).profile().trace
    return trace.lanes_run / trace.lanes_offered


def test_each_step_up_a_ladder_pays():
    def costs(ladder, counter, *inputs):
        profiles = [prepare(ladder, r.name, *inputs).profile() for r in rungs(ladder)]
        return [getattr(profile.cost, counter) for profile in profiles]

    square = ones(N, N), ones(N, N)
    assert np.all(np.diff(costs("matmul", "global_loads", *square)) < 0)
    assert np.all(np.diff(costs("matmul", "shared_requests", *square)[1:]) < 0)
    assert np.all(np.diff(costs("convolution", "global_loads", ones(500), ones(9))) < 0)
    assert np.all(np.diff(costs("stencil", "global_loads", ones(60, 50), 0.25)) < 0)
    assert lanes_at_work("divergent") < lanes_at_work("sequential")


def test_a_rung_takes_other_constants():
    x = np.arange(35, dtype=np.float32).reshape(5, 7)
    launch = prepare("transpose", "padded", x, TILE=8)
    assert launch.block == (8, 8) and launch.kernel.constants == {"TILE": 8}
    np.testing.assert_array_equal(launch.run(), x.T)
    assert load("transpose", "padded").constants == {"TILE": 32}


def test_what_is_not_there_is_refused_with_what_is():
    with pytest.raises(ValueError, match="no ladder 'sort': choose from vector, transpose"):
        rungs("sort")
    with pytest.raises(ValueError, match="no rung 'fast': choose from naive, tiled, padded"):
        find("transpose", "fast")
