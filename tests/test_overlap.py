"""A step whose gradients travel behind backward: against its bounds, the formulas and a cluster."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.cluster.collectives.costs import AlphaBeta, seconds
from dlcourse.parallel.step_time import step_seconds
from dlcourse.plan.overlap import Layer, alexnet, network_layers, train_step, transformer
from tests.parallel.step_times import COMPUTE, NET, SIZE, UNITS, simulated

LAYERS = st.lists(
    st.builds(
        Layer,
        st.sampled_from("abc"),
        st.integers(0, 10**8),
        st.floats(0, 0.1),
        st.floats(0, 0.1),
    ),
    min_size=1,
    max_size=12,
)
NETS = st.builds(AlphaBeta, st.floats(0, 1e-3), st.floats(1e-12, 1e-7))
RANKS = st.integers(1, 64)
BUCKETS = st.floats(0, 1e9) | st.just(math.inf)


@given(LAYERS, RANKS, NETS, BUCKETS)
def test_overlapping_is_never_slower_and_never_faster_than_either_part(layers, ranks, net, bucket):
    step = train_step(layers, ranks, net, bucket)
    serial = train_step(layers, ranks, net, bucket, overlapped=False)
    near = 1 + 1e-9
    assert serial.seconds == pytest.approx(serial.computing + serial.sending)
    assert max(step.computing, step.sending) <= step.seconds * near
    assert step.seconds <= serial.seconds * near
    assert step.sending == pytest.approx(serial.sending)
    assert serial.exposed == pytest.approx(serial.sending)
    if step.sending:
        assert 0 <= step.hidden <= 1
        assert step.sending * (1 - step.hidden) == pytest.approx(step.exposed)
        assert step.saved == pytest.approx(1 - step.seconds / serial.seconds, abs=1e-9)


@given(LAYERS, RANKS, NETS, BUCKETS, st.booleans())
def test_every_gradient_travels_once_when_it_is_ready_and_the_network_free(
    layers, ranks, net, bucket, overlapped
):
    step = train_step(layers, ranks, net, bucket, overlapped)
    if ranks == 1:
        assert not step.messages and step.hidden is None
        return
    backwards = [layer.name for layer in reversed(layers)]
    assert [name for message in step.messages for name in message.names] == backwards
    assert sum(m.nbytes for m in step.messages) == sum(layer.nbytes for layer in layers)
    left = len(layers)
    for message in step.messages:
        left -= len(message.names)
        assert message.ready == step.backward[left][1] <= message.start
        lasts = seconds("all_reduce", message.nbytes, ranks, net)
        assert message.end - message.start == pytest.approx(lasts)
        assert message.nbytes <= bucket or len(message.names) == 1
    for one, two in pairwise(step.messages):
        assert two.start == max(one.end, two.ready if overlapped else step.computing)


@given(LAYERS, st.integers(2, 64), NETS, BUCKETS)
def test_without_overlap_it_is_the_closed_form(layers, ranks, net, bucket):
    step = train_step(layers, ranks, net, bucket, overlapped=False)
    sizes = [message.nbytes for message in step.messages]
    times = [(layer.forward, layer.backward) for layer in layers]
    assert step.seconds == pytest.approx(step_seconds("bucketed", sizes, times, ranks, net))


@given(st.integers(1, 20), st.integers(2, 64), st.floats(1e-12, 1e-7), st.floats(0, 0.1))
def test_equal_buckets_take_as_long_as_the_closed_form_less_one_half(count, ranks, beta, time):
    """That counts a third half of a message after backward, which a rank has to step in for."""
    net, sizes, times = AlphaBeta(0, beta), [10**6] * count, [(time, time)] * count
    step = train_step([("unit", 10**6, time, time)] * count, ranks, net, bucket=0)
    formula = step_seconds("overlapped", sizes, times, ranks, net)
    half = seconds("all_reduce", 10**6, ranks, net) / 2
    assert formula - half <= step.seconds * (1 + 1e-9) and step.seconds <= formula * (1 + 1e-9)


@pytest.mark.parametrize("compute", COMPUTE)
@pytest.mark.parametrize(("name", "overlapped"), [("bucketed", False), ("overlapped", True)])
def test_the_virtual_cluster_takes_as_long(name, overlapped, compute):
    rows = [("unit", SIZE, 2 * compute, compute)] * UNITS
    step = train_step(rows, 4, NET, bucket=SIZE, overlapped=overlapped)
    room = 0.1 if overlapped else 1e-9  # an exchange in two halves is not quite a ring
    assert simulated(name, 4, compute) == pytest.approx(step.seconds, rel=room)


def test_buckets_too_small_and_too_large_both_cost_time():
    layers = transformer(blocks=24, width=1024, tokens=4096, rate=50e12)
    net = AlphaBeta(alpha=50e-6, beta=1 / 25e9)
    small, middle, large = (train_step(layers, 16, net, b).seconds for b in (0, 1e8, math.inf))
    assert middle < small and middle < large


def test_alexnet_has_its_weights_in_dense_layers_and_its_time_in_convolutions():
    layers = alexnet()
    dense = [layer for layer in layers if layer.name.startswith("fc")]
    assert sum(layer.nbytes for layer in dense) > 0.9 * sum(layer.nbytes for layer in layers)
    assert sum(layer.backward for layer in dense) < 0.1 * sum(layer.backward for layer in layers)
    assert [layer.nbytes for layer in alexnet(8)] == [layer.nbytes / 4 for layer in layers]


def test_a_transformer_computes_six_flop_a_weight_and_token():
    layers = transformer(blocks=3, width=64, tokens=100, rate=1e9)
    weights = 3 * 12 * 64**2
    assert sum(layer.nbytes for layer in layers) == 4 * weights
    time = sum(layer.forward + layer.backward for layer in layers)
    assert time == pytest.approx(6 * weights * 100 / 1e9)


def test_a_network_needs_a_time_for_each_unit():
    torch = pytest.importorskip("torch")
    network = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU())
    layers = network_layers(network, [(1.0, 2.0), (3.0, 4.0)])
    assert layers == [Layer("0", 64, 2.0, 1.0), Layer("1", 0, 4.0, 3.0)]
    with pytest.raises(ValueError, match="zip"):
        network_layers(network, [(1.0, 2.0)])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"layers": []}, "0 layers"),
        ({"ranks": 0}, "0 ranks"),
        ({"bucket": -1}, "buckets of -1 bytes"),
        ({"bucket": math.nan}, "buckets of nan"),
        ({"layers": [("a", -1, 0)]}, "nbytes=-1"),
        ({"layers": [("a", 1, math.inf)]}, "backward=inf"),
    ],
)
def test_nonsense_is_refused_by_name(wrong, says):
    right = {"layers": [("a", 1, 1)], "ranks": 2, "net": AlphaBeta(0, 1), "bucket": 1}
    with pytest.raises(ValueError, match=says):
        train_step(**right | wrong)
