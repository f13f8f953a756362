"""Every kernel of every ladder equals NumPy, on awkward sizes, and breaks no rule on its way.

One test body, two machines: the emulated GPU, where a launch of this size is traced and fails on
any finding, and a real one where there is one. Inputs are small whole numbers, so that sums are
exact in any order.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.gpu.ladder import prepare, rungs

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
@settings(max_examples=8)
@given(data=st.data())
def test_a_rung_equals_numpy(rung, device, data):
    inputs = data.draw(INPUTS[rung.ladder])
    if rung.ladder == "vector" and rung.name != "add":
        inputs = (data.draw(st.sampled_from([0.5, -3.0, 2])), *inputs)
    expected = rung.reference(*inputs)
    out = prepare(rung.ladder, rung.name, *inputs).run(device=device)
    assert out.dtype == np.float32
    np.testing.assert_array_equal(out, expected)
