"""The definitions of convolution against second methods, on shapes drawn by hypothesis."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import signal as scipy_signal

from dlcourse.conv import diffusion, fourier, image, pictures, series, signal, sound

small = st.integers(-9, 9).map(float)
lengths = st.integers(1, 12)
sequences = lengths.flatmap(lambda n: arrays(float, n, elements=small))
grids = st.tuples(lengths, lengths).flatmap(lambda shape: arrays(float, shape, elements=small))
kernels = st.tuples(st.integers(1, 5), st.integers(1, 5)).flatmap(
    lambda shape: arrays(float, shape, elements=small)
)


@given(sequences, sequences)
def test_convolve_equals_numpy_and_commutes(f, g):
    np.testing.assert_allclose(signal.convolve(f, g), np.convolve(f, g))
    np.testing.assert_allclose(signal.convolve(f, g), signal.convolve(g, f))


@given(sequences, sequences, st.data())
def test_overlap_sums_to_the_convolution(f, g, data):
    shift = data.draw(st.integers(0, len(f) + len(g) - 2))
    total = sum(product for _, _, product in signal.overlap(f, g, shift))
    assert np.isclose(total, np.convolve(f, g)[shift])


@given(sequences, sequences)
def test_correlate_equals_numpy(f, g):
    np.testing.assert_allclose(signal.correlate(f, g), np.correlate(f, g, "full"))


@given(sequences, st.data())
def test_moving_average_equals_the_mean_of_each_window(x, data):
    n = data.draw(st.integers(1, len(x)))
    means = [np.mean(x[i : i + n]) for i in range(len(x) - n + 1)]
    np.testing.assert_allclose(signal.moving_average(x, n), means, atol=1e-12)


@given(
    st.integers(1, 30), st.integers(1, 5), st.integers(1, 6), st.integers(0, 4), st.integers(1, 3)
)
def test_output_size_counts_the_places(n, k, stride, padding, dilation):
    last = n + 2 * padding - dilation * (k - 1) - 1
    assume(last >= 0)
    places = range(0, last + 1, stride)
    assert image.output_size(n, k, stride, padding, dilation) == len(places)


@given(grids, kernels, st.integers(1, 4), st.integers(0, 3), st.integers(1, 3))
def test_filter2d_equals_torch(x, kernel, stride, padding, dilation):
    span = [dilation * (k - 1) + 1 for k in kernel.shape]
    assume(all(s <= n + 2 * padding for s, n in zip(span, x.shape, strict=True)))
    expected = torch.nn.functional.conv2d(
        torch.tensor(x)[None, None],
        torch.tensor(kernel)[None, None],
        stride=stride,
        padding=padding,
        dilation=dilation,
    )[0, 0]
    mine = image.filter2d(x, kernel, stride, padding, dilation)
    np.testing.assert_allclose(mine, expected, atol=1e-10)


@given(grids, kernels)
def test_convolve2d_equals_scipy_and_the_fft(x, kernel):
    expected = scipy_signal.convolve2d(x, kernel)
    np.testing.assert_allclose(image.convolve2d(x, kernel), expected)
    np.testing.assert_allclose(fourier.fft_convolve(x, kernel), expected, atol=1e-9)


@given(kernels)
def test_separate_gives_the_kernel_back_or_says_no(kernel):
    parts = image.separate(kernel)
    rank_one = np.linalg.matrix_rank(kernel) == 1
    assert (parts is not None) == rank_one
    if rank_one:
        np.testing.assert_allclose(np.outer(*parts), kernel, atol=1e-9)


@given(sequences, sequences)
def test_circular_convolution_wraps_the_full_one(f, g):
    assume(len(g) <= len(f))
    wrapped = np.zeros(len(f))
    np.add.at(wrapped, np.arange(len(f) + len(g) - 1) % len(f), np.convolve(f, g))
    np.testing.assert_allclose(fourier.circular_convolve(f, g), wrapped, atol=1e-9)


@given(grids, st.floats(0, 20))
def test_low_and_high_frequencies_add_up_to_the_image(x, radius):
    halves = [fourier.disc_filter(x, radius, keep) for keep in ("low", "high")]
    np.testing.assert_allclose(sum(halves), x, atol=1e-9)


def test_disc_filter_keeps_real_images_real():
    x = np.random.default_rng(0).normal(size=(16, 16))
    mask = np.fft.ifftshift(fourier.disc(x.shape, 5))
    assert np.abs(np.fft.ifft2(np.fft.fft2(x) * mask).imag).max() < 1e-12


@given(kernels)
def test_softmax_is_a_probability(kernel):
    p = diffusion.softmax(kernel * 1000)  # would overflow without the shift by the maximum
    assert (p >= 0).all() and np.isclose(p.sum(), 1)


@given(grids, kernels)
def test_diffuse_equals_a_wrapped_convolution(field, kernel):
    assume(kernel.shape[0] % 2 and kernel.shape[1] % 2)
    expected = scipy_signal.convolve2d(field, kernel, mode="same", boundary="wrap")
    assume(all(k <= n for k, n in zip(kernel.shape, field.shape, strict=True)))
    np.testing.assert_allclose(diffusion.diffuse(field, kernel, 1), expected, atol=1e-9)


def test_wandering_particles_average_to_diffusion():
    field = np.zeros((9, 9), int)
    field[4, 4], field[1, 7] = 40_000, 20_000
    kernel = np.array([[0.1, 0.2, 0.1], [0.0, 0.3, 0.0], [0.05, 0.2, 0.05]])
    walked = diffusion.wander(field, kernel, 3, np.random.default_rng(0))
    expected = diffusion.diffuse(field, kernel, 3)
    assert walked.sum() == field.sum()
    spread = np.sqrt(expected + 1)  # a count's standard deviation is at most its square root
    assert (np.abs(walked - expected) < 5 * spread).all()


@given(arrays(float, 3, elements=st.floats(-0.3, 0.3)))
def test_autoregression_weights_are_found_again(weights):
    x = series.autoregression(weights, np.random.default_rng(1).normal(size=20_000))
    np.testing.assert_allclose(series.fit_autoregression(x, 3), weights, atol=0.05)


def test_autoregression_is_the_noise_convolved_with_its_own_answer_to_one_shock():
    noise = np.random.default_rng(0).normal(size=50)
    answer = series.autoregression([0.5, -0.3], np.eye(1, 50)[0])
    expected = signal.convolve(noise, answer)[:50]
    np.testing.assert_allclose(series.autoregression([0.5, -0.3], noise), expected)


def test_a_pluck_repeats_at_its_pitch_and_fades():
    tone = sound.pluck(200, 1.0, np.random.default_rng(0))
    likeness = np.correlate(tone, tone, "full")[len(tone) + 20 :]  # skips shifts below 21
    assert abs(21 + np.argmax(likeness) - sound.RATE / 200) <= 1
    assert np.abs(tone).max() <= 1 and np.std(tone[-800:]) < np.std(tone[:800]) / 3


@pytest.mark.parametrize("size", [(10, 10), (427, 640), (64, 48)])
def test_pictures_are_gray_and_keep_their_brightness(size):
    whole, small = pictures.picture("china"), pictures.picture("china", size)
    assert small.shape == size and small.min() >= 0 and small.max() <= 1
    if size == whole.shape:
        np.testing.assert_array_equal(small, whole)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: signal.convolve([], [1]), r"f has shape \(0,\)"),
        (lambda: signal.overlap([1, 2], [1], 2), "shift=2: an output of length 2"),
        (lambda: signal.moving_average([1, 2], 3), "n=3: averaging 2 values needs n from 1 to 2"),
        (lambda: image.output_size(4, 5), "a kernel of 5 taps"),
        (lambda: image.output_size(4, 2, stride=0), "stride=0: give a whole number, 1 or more"),
        (lambda: image.filter2d(np.ones(3), np.eye(2)), r"image has shape \(3,\)"),
        (lambda: image.filter2d(np.eye(2), np.eye(2), padding=-1), "padding=-1"),
        (lambda: fourier.fft_convolve([1], [[1]]), "as many axes"),
        (lambda: fourier.circular_convolve([1], [1, 2]), "swap them or pad f"),
        (lambda: fourier.disc_filter(np.eye(2), 1, keep="mid"), "keep='mid'"),
        (lambda: diffusion.gaussian(4, 1), "use 5"),
        (lambda: series.fit_autoregression([1, 2, 3], 2), "give at least 4"),
        (lambda: sound.echoes([0.1], []), "1 delays, 0 strengths"),
        (lambda: pictures.picture("cat"), 'take "china" or "flower"'),
        (lambda: pictures.picture("china", (999, 9)), "larger than the picture"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
