"""Constants fitted to times: found again where they are known, tried on what was held out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.cluster.collectives.calibrate import (
    BusModel,
    Sweep,
    calibrate,
    error,
    expected,
    sweeps,
)
from dlcourse.cluster.collectives.costs import AlphaBeta
from dlcourse.cluster.collectives.fit import alpha_beta, least_relative_squares
from dlcourse.cluster.programs.ping_pong import ping_pong
from dlcourse.cluster.run import run
from dlcourse.cluster.topology import star
from dlcourse.hardware.links import link_figures

MEASURED = sweeps()
LINKS = {
    "8xA100 NVLink3 node": "NVLink 3 (A100, 12 links)",
    "8xH200 NVLink4 node": "NVLink 4 (H100/H200, 18 links)",
    "TitanX": "PCIe 3.0 x16",
    "TitanX_Pascal": "PCIe 3.0 x16",
}
SIZES = 2.0 ** np.arange(10, 31)
POSITIVE = {"latency": (1e-7, 1e-4), "bandwidth": (1e9, 1e12), "ramp": (1e4, 1e8)}
MODELS = st.builds(BusModel, **{name: st.floats(*ends) for name, ends in POSITIVE.items()})


@given(model=MODELS, p=st.integers(2, 1024))
def test_constants_are_found_again(model, p):
    sweep = Sweep(SIZES, np.full(SIZES.shape, p), model.seconds(SIZES, p))
    assert error(calibrate(sweep), sweep, above=0) < 1e-4


@given(model=MODELS, seed=st.integers(0, 1000))
@settings(max_examples=30)
def test_a_tenth_of_noise_leaves_a_tenth_of_error(model, seed):
    noise = np.random.default_rng(seed).uniform(0.9, 1.1, SIZES.shape)
    sweep = Sweep(SIZES, np.full(SIZES.shape, 8), model.seconds(SIZES, 8))
    noisy = Sweep(sweep.sizes, sweep.ranks, sweep.seconds * noise)
    assert error(calibrate(noisy), sweep, above=0) < 0.1


@given(model=MODELS)
def test_longer_arrays_take_longer_and_never_beat_the_peak(model):
    seconds, bus = model.seconds(SIZES, 8), model.bus_bandwidth(SIZES, 8)
    assert (np.diff(seconds) > 0).all() and (np.diff(bus) > 0).all()
    assert (bus < model.bandwidth).all() and seconds[0] >= 14 * model.latency


def test_there_are_four_systems_with_sizes_on_both_sides_of_a_megabyte():
    assert set(MEASURED) == set(LINKS)
    assert all(s.sizes.min() < 2**20 < 2**27 < s.sizes.max() for s in MEASURED.values())
    assert sum(len(s.sizes) for s in MEASURED.values()) == 82


@pytest.mark.parametrize("name", MEASURED)
def test_three_constants_describe_a_system(name):
    assert error(calibrate(MEASURED[name]), MEASURED[name]) < 0.13


def test_mean_error_of_all_systems():
    errors = [error(calibrate(sweep), sweep) for sweep in MEASURED.values()]
    assert np.mean(errors) < 0.08


@pytest.mark.parametrize("name", MEASURED)
@pytest.mark.parametrize("first", [0, 1])
def test_sizes_held_out_are_predicted(name, first):
    sweep = MEASURED[name]
    seen = np.isin(sweep.sizes, np.unique(sweep.sizes)[first::2])
    assert error(calibrate(sweep.where(seen)), sweep.where(~seen)) < 0.13


@pytest.mark.parametrize("name", MEASURED)
def test_a_data_sheet_and_other_systems_give_the_right_order_of_magnitude(name):
    link = {known: link_figures(text).bytes_per_s for known, text in LINKS.items()}
    others = [(link[known], calibrate(MEASURED[known])) for known in MEASURED if known != name]
    assert error(expected(link[name], others), MEASURED[name]) < 0.6


def test_a_ping_pong_finds_the_network_it_ran_on():
    sizes = [1, 100, 10_000, 1_000_000]
    there = run(ping_pong, ranks=3, on=star(3, 25e9, 3e-6), args=(sizes, 2)).results[0]
    found = alpha_beta(*zip(*there, strict=True))
    assert (found.alpha, found.beta) == pytest.approx((3e-6, 1 / 25e9))


@given(
    alpha=st.floats(1e-7, 1e-4),
    beta=st.floats(1e-12, 1e-8),
    seed=st.integers(0, 1000),
)
def test_weights_keep_alpha_above_zero_and_near(alpha, beta, seed):
    sizes = 4.0 ** np.arange(0, 15)
    noise = np.random.default_rng(seed).uniform(1, 1.1, sizes.shape)
    found = alpha_beta(sizes, (alpha + beta * sizes) * noise)
    assert found.alpha == pytest.approx(1.05 * alpha, rel=0.07)
    assert found.beta > 0


def test_ordinary_least_squares_gives_a_negative_alpha():
    sizes = 4.0 ** np.arange(0, 15)
    times = 5e-6 + 1e-9 * sizes
    times[-1] *= 1.1  # the longest message was disturbed
    beta, alpha = np.polyfit(sizes, times, 1)
    assert alpha < 0 < beta
    assert alpha_beta(sizes, times).alpha == pytest.approx(5e-6, rel=0.05)


@given(
    unknowns=st.lists(st.floats(0, 5), min_size=3, max_size=3),
    seed=st.integers(0, 1000),
)
def test_no_nearby_point_fits_better(unknowns, seed):
    rng = np.random.default_rng(seed)
    columns, noise = rng.uniform(0.1, 3, (3, 12)), rng.uniform(0.8, 1.2, 12)
    seconds = (np.array(unknowns) @ columns + 0.01) * noise
    found = least_relative_squares(columns, seconds)
    miss = lambda x: np.sum((x @ columns / seconds - 1) ** 2)  # noqa: E731
    assert (found >= 0).all()
    for step in rng.normal(0, 0.01, (50, 3)):
        assert miss(np.maximum(found + step, 0)) >= miss(found) - 1e-9


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: alpha_beta([8, 8], [1, 1]), "a line needs two different sizes"),
        (lambda: alpha_beta([8, 16], [1, 0]), "a measured time is above 0"),
        (lambda: alpha_beta([8, 16], [1]), "1 times for 2 rows: give one for each"),
        (lambda: calibrate(Sweep(SIZES, np.ones(21), SIZES)), "ranks=1: leave out GPUs"),
        (
            lambda: error(BusModel(0, 1, 0), Sweep(SIZES[:3], SIZES[:3], SIZES[:3])),
            "no array of 1048576 bytes or more among 3",
        ),
        (lambda: calibrate(Sweep(*np.ones((3, 4)))), "three constants need three sizes"),
        (
            lambda: calibrate(Sweep(SIZES, np.full(21, 8.0), np.ones(21))),
            "times do not grow with size",
        ),
    ],
)
def test_too_little_to_fit_is_said(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_alpha_beta_of_a_message():
    assert AlphaBeta(1, 2).message(3) == 7
