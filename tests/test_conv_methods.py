"""Every method of convolution against torch, on shapes drawn by hypothesis."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dlcourse.conv import blocks, winograd
from dlcourse.conv.convolution import conv1d, conv2d
from dlcourse.conv.cost import Machine, estimates
from dlcourse.conv.gradients import conv2d_input_gradient, conv2d_weight_gradient
from dlcourse.conv.methods import METHODS
from dlcourse.conv.shape import conv_shape

GENERAL = [name for name in METHODS if not name.startswith("winograd")]
WINOGRAD = [name for name in METHODS if name.startswith("winograd")]


def relative_error(got, expected):
    assert got.shape == expected.shape
    if expected.size == 0:
        return 0
    return abs(got - expected).max() / max(abs(expected).max(), 1e-300)


def torch_conv(x, w, **options):
    return F.conv2d(torch.from_numpy(x), torch.from_numpy(w), **options).numpy()


pairs = lambda low, high: st.one_of(  # noqa: E731
    st.integers(low, high), st.tuples(st.integers(low, high), st.integers(low, high))
)


@st.composite
def problems(draw, kernel=(1, 4), most_stride=5, most_dilation=3):
    """Draw x, w and options of a convolution that fits, at the edges of what is allowed."""
    options = {"stride": draw(pairs(1, most_stride)), "dilation": draw(pairs(1, most_dilation))}
    options["padding"] = draw(pairs(0, 3))
    options["groups"] = draw(st.integers(1, 3))
    per_group, filters = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    R, S = draw(st.integers(*kernel)), draw(st.integers(*kernel))
    spans = np.array(options["dilation"]) * (np.array([R, S]) - 1) + 1
    least = np.maximum(1, spans - 2 * np.array(options["padding"])).tolist()
    H, W = (n + draw(st.integers(0, 9)) for n in least)  # 0: as large as the padded input
    N = draw(st.integers(0, 3))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    x = rng.standard_normal((N, per_group * options["groups"], H, W))
    w = rng.standard_normal((filters * options["groups"], per_group, R, S))
    return x, w, options


three_by_three = problems(kernel=(3, 3), most_stride=1, most_dilation=1)


@pytest.mark.parametrize("method", [*GENERAL, "auto"])
@given(problems())
def test_method_equals_torch(method, problem):
    x, w, options = problem
    got = conv2d(x, w, **options, method=method)
    assert got.dtype == np.float64
    assert relative_error(got, torch_conv(x, w, **options)) < 1e-10


@pytest.mark.parametrize("method", WINOGRAD)
@given(three_by_three)
def test_winograd_equals_torch(method, problem):
    x, w, options = problem
    got = conv2d(x, w, **options, method=method)
    assert relative_error(got, torch_conv(x, w, **options)) < 1e-10


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("method", WINOGRAD)
@given(three_by_three)
def test_winograd_keeps_its_error_bound(method, dtype, problem):
    x, w, options = problem
    x, w = x.astype(dtype), w.astype(dtype)
    exact = conv2d(x.astype(float), w.astype(float), **options, method="direct")
    shape = conv_shape(x.shape, w.shape, **options)
    bound = winograd.error_bound(x, w, shape, m=int(method[-1]))
    exact_error = np.finfo(float).eps * 100 * abs(exact)  # the reference is rounded too
    got = conv2d(x, w, **options, method=method)
    assert got.dtype == dtype
    assert (abs(got - exact) <= bound + exact_error).all()


@pytest.mark.parametrize("method", METHODS)
@given(problem=three_by_three)
@settings(max_examples=15)
def test_float32_stays_float32(method, problem):
    x, w, options = problem
    got = conv2d(x.astype("f"), w.astype("f"), **options, method=method)
    assert got.dtype == np.float32
    assert relative_error(got, torch_conv(x, w, **options)) < 1e-4


@pytest.mark.parametrize("method", ["taps", "im2col", "auto"])
@given(problems())
def test_gradients_equal_torch(method, problem):
    x, w, options = problem
    tx, tw = (torch.from_numpy(a).requires_grad_() for a in (x, w))
    out = F.conv2d(tx, tw, **options)
    dy = np.random.default_rng(0).standard_normal(out.shape)
    out.backward(torch.from_numpy(dy))
    dx = conv2d_input_gradient(dy, w, x.shape, **options, method=method)
    assert relative_error(dx, tx.grad.numpy()) < 1e-10
    dw = conv2d_weight_gradient(dy, x, w.shape, **options)
    assert relative_error(dw, tw.grad.numpy()) < 1e-10


@pytest.mark.parametrize("method", WINOGRAD)
@given(three_by_three)
def test_winograd_computes_the_input_gradient(method, problem):
    x, w, options = problem
    dy = np.ones(conv_shape(x.shape, w.shape, **options).out)
    expected = conv2d_input_gradient(dy, w, x.shape, **options, method="direct")
    got = conv2d_input_gradient(dy, w, x.shape, **options, method=method)
    assert relative_error(got, expected) < 1e-10


@pytest.mark.parametrize("method", GENERAL)
@given(st.integers(1, 6), st.integers(1, 6), pairs(1, 3), st.integers(0, 2**16))
@settings(max_examples=15)
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
def test_same_padding_is_torchs(method, R, S, dilation, seed):
    rng = np.random.default_rng(seed)
    x, w = rng.standard_normal((2, 2, 7, 9)), rng.standard_normal((3, 2, R, S))
    options = {"padding": "same", "dilation": dilation}
    assert (
        relative_error(conv2d(x, w, **options, method=method), torch_conv(x, w, **options)) < 1e-10
    )


@given(st.integers(1, 3), st.integers(0, 3), st.integers(1, 3), st.sampled_from(GENERAL))
def test_conv1d_equals_torch(stride, padding, dilation, method):
    rng = np.random.default_rng(stride)
    x, w = rng.standard_normal((2, 4, 11)), rng.standard_normal((6, 2, 3))
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": 2}
    expected = F.conv1d(torch.from_numpy(x), torch.from_numpy(w), **options).numpy()
    assert relative_error(conv1d(x, w, **options, method=method), expected) < 1e-10


@pytest.mark.parametrize("method", [name for name in GENERAL if name != "direct"])
@pytest.mark.parametrize(
    ("x", "w", "options"),
    [  # the examples in the documentation of torch.nn.Conv2d and torch.nn.functional.conv2d
        ((20, 16, 50, 100), (33, 16, 3, 3), {"stride": 2}),
        ((20, 16, 50, 100), (33, 16, 3, 5), {"stride": (2, 1), "padding": (4, 2)}),
        (
            (20, 16, 50, 100),
            (33, 16, 3, 5),
            {"stride": (2, 1), "padding": (4, 2), "dilation": (3, 1)},
        ),
        ((1, 4, 5, 5), (8, 4, 3, 3), {"padding": 1}),
    ],
)
def test_examples_of_torchs_documentation(method, x, w, options):
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal(x), rng.standard_normal(w)
    assert (
        relative_error(conv2d(x, w, **options, method=method), torch_conv(x, w, **options)) < 1e-10
    )


@pytest.mark.parametrize("method", METHODS)
def test_layout_in_memory_does_not_matter(method):
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((9, 12, 4, 3)).T, rng.standard_normal((3, 3, 4, 8))[..., ::2].T
    assert not (x.flags.c_contiguous or w.flags.c_contiguous)
    expected = conv2d(x.copy(order="C"), w.copy(order="C"), method=method)
    np.testing.assert_array_equal(conv2d(x, w, method=method), expected)


@pytest.mark.parametrize("method", [name for name in METHODS if name != "direct"])
@pytest.mark.parametrize("groups", [1, 8])
def test_many_threads_compute_the_same(method, groups, monkeypatch):
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((5, 16, 33, 29)), rng.standard_normal((24, 16 // groups, 3, 3))
    expected = torch_conv(x, w, padding=1, groups=groups)
    monkeypatch.setattr(blocks, "SMALL", 0)
    monkeypatch.setattr(blocks, "threads", lambda: 3)
    got = conv2d(x, w, padding=1, groups=groups, method=method)
    assert relative_error(got, expected) < 1e-10


def test_convolutions_in_several_threads_leave_blas_as_it_was():
    before, x, w = blocks.threads(), np.ones((2, 8, 20, 20)), np.ones((8, 8, 3, 3))
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: conv2d(x, w), range(40)))
    assert all(np.array_equal(result, results[0]) for result in results)
    assert blocks.threads() == before


LAYERS = [
    ((8, 64, 56, 56), (64, 64, 3, 3), {"padding": 1}),
    ((8, 128, 56, 56), (128, 128, 3, 3), {"padding": 1, "stride": 2}),
    ((8, 256, 28, 28), (512, 256, 3, 3), {"padding": 1}),
    ((8, 512, 7, 7), (2048, 512, 1, 1), {}),
    ((8, 3, 224, 224), (64, 3, 7, 7), {"padding": 3, "stride": 2}),
]


@pytest.mark.parametrize(("x", "w", "options"), LAYERS)
def test_taps_need_less_memory_than_their_output(x, w, options):
    shape = conv_shape(x, w, **options)
    output = 4 * np.prod(shape.out)
    claimed = METHODS["taps"].work(shape, 4).workspace_bytes
    assert claimed <= output
    x, w = np.zeros(x, "f"), np.zeros(w, "f")
    conv2d(x, w, **options, method="taps")  # the first call imports and caches
    tracemalloc.start()
    conv2d(x, w, **options, method="taps")
    measured = tracemalloc.get_traced_memory()[1] - output
    tracemalloc.stop()
    assert measured <= output
    of_numpy = blocks.threads() * 3 * np.getbufsize() * 4  # what `+=` holds for itself
    assert measured <= claimed + of_numpy + 2**16


@given(problems())
def test_taps_workspace_is_below_the_output_or_one_row(problem):
    x, w, options = problem
    shape = conv_shape(x.shape, w.shape, **options)
    least = shape.C + (shape.C + shape.G) * max(shape.W, shape.Q)  # a tap, a row and its product
    workspace = METHODS["taps"].work(shape, 8).workspace_bytes
    assert workspace <= max(8 * least * blocks.threads(), 8 * np.prod(shape.out))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"x": (3, 8, 8)}, "give x as"),
        ({"w": (4, 2, 3, 3)}, "each filter needs 3 channels, here it has 2"),
        ({"groups": 2}, "groups=2 has to divide both the 3 channels and the 4 filters"),
        ({"padding": "same", "stride": 2}, "needs stride 1"),
        ({"w": (4, 3, 9, 3)}, "spans 9, but the input of 8"),
        ({"stride": (1, 2, 3)}, r"stride=\(1, 2, 3\)"),
        ({"stride": 0}, "stride=0"),
        ({"method": "fast"}, "method='fast': give"),
        ({"method": "winograd4", "dilation": 2}, "stride 1 and dilation 1"),
    ],
)
def test_errors_name_shapes_and_the_broken_rule(change, rule):
    arguments = {"x": (2, 3, 8, 8), "w": (4, 3, 3, 3)} | change
    x, w = (np.zeros(arguments.pop(name)) for name in ("x", "w"))
    with pytest.raises(ValueError, match=rule) as error:
        conv2d(x, w, **arguments)
    if "method" not in change:
        assert str(x.shape) in str(error.value) and str(w.shape) in str(error.value)


def test_complex_numbers_are_refused():
    with pytest.raises(ValueError, match="give float32 or float64"):
        conv2d(np.zeros((1, 1, 3, 3), complex), np.zeros((1, 1, 3, 3)))


@given(three_by_three)
def test_estimates_are_sorted_and_grow_with_a_slower_machine(problem):
    x, w, options = problem
    assume(len(x))
    shape = conv_shape(x.shape, w.shape, **options)
    fast, slow = Machine(2e11, 2e10, 1e-6, 2e8), Machine(1e11, 1e10, 2e-6, 1e8)
    costs = estimates(shape, fast)
    assert {cost.method for cost in costs} == set(METHODS)
    assert [cost.seconds for cost in costs] == sorted(cost.seconds for cost in costs)
    twice = {cost.method: cost.seconds for cost in estimates(shape, slow)}
    assert all(twice[cost.method] == pytest.approx(2 * cost.seconds) for cost in costs)


def test_multiplications_saved_by_winograd_are_lavin_and_grays():
    for m, saved in ((2, 36 / 16), (4, 144 / 36)):
        assert 9 * m * m / winograd.transform(m).elements == saved
