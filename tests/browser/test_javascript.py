"""What the widgets compute in JavaScript is what the library computes in Python."""

import math
from dataclasses import asdict

import numpy as np
import pytest

from dlcourse.conv import fourier, receptive
from dlcourse.conv.image import filter2d, output_size
from dlcourse.conv.signal import convolve, overlap
from dlcourse.draw import maps
from dlcourse.draw.receptive import describe
from dlcourse.draw.svg import number
from dlcourse.units import show
from dlcourse.widgets.base import module, pack, unpack
from dlcourse.widgets.features import pack_maps
from dlcourse.widgets.prediction import amount, verdict
from dlcourse.widgets.race import AlgorithmRace

LOAD = """async sources => {
  const load = source => import(URL.createObjectURL(new Blob([source], {type: "text/javascript"})));
  window.widgets = {};
  for (const [name, source] of Object.entries(sources)) widgets[name] = await load(source);
}"""
FILES = ("slide", "explore", "disc", "prediction", "receptive", "race", "features", "curve")


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page()
    page.evaluate(LOAD, {name: module(f"{name}.js") for name in FILES})
    yield page
    page.close()


@pytest.fixture
def rng():
    return np.random.default_rng(2026)


def each(page, expression, cases):
    """Evaluate an arrow function in the page on every case (a list of arguments)."""
    return page.evaluate(f"cases => cases.map(case_ => ({expression})(...case_))", cases)


def test_numbers_print_alike(page, rng):
    values = list(rng.normal(size=400) * 10.0 ** rng.integers(-14, 17, 400))
    ties = [sign * k / 2**power for k in range(1, 64) for power in (1, 4, 7) for sign in (1, -1)]
    values += [*ties, 0, -0.0, 9999.5, 999.95, 1e5, 1e-4, 9.9999e-5, 1e300]
    cases = [(x, digits) for x in values for digits in (2, 3, 4)]
    printed = each(page, "widgets.slide.number", cases)
    assert printed == [number(x, digits) for x, digits in cases]


def test_infinity_and_nan_print_alike(page):
    printed = page.evaluate("[Infinity, -Infinity, NaN].map((x) => widgets.slide.number(x))")
    assert printed == [number(x) for x in (math.inf, -math.inf, math.nan)]


def test_arrays_cross_over_and_back(page, rng):
    for shape in ((1,), (7,), (3, 4)):
        array = pack(rng.normal(size=shape))
        back = "array => widgets.slide.pack(array.shape, widgets.slide.unpack(array).data)"
        assert page.evaluate(back, array) == array


def test_sliding_meets_the_same_products(page, rng):
    sizes = [(n, k) for n in (1, 2, 7, 30) for k in (1, 3, 9)]
    pairs = [(rng.normal(size=n).tolist(), rng.normal(size=k).tolist()) for n, k in sizes]
    outs = each(page, "(f, g) => [...widgets.slide.convolve(f, g)]", pairs)
    for (f, g), out in zip(pairs, outs, strict=True):
        assert np.allclose(out, convolve(f, g))
    shifts = [(f, g, shift) for f, g in pairs for shift in range(len(f) + len(g) - 1)]
    for case, meeting in zip(shifts, each(page, "widgets.slide.overlap", shifts), strict=True):
        assert np.allclose(meeting, overlap(*case))


def test_output_sizes_agree(page, rng):
    cases = rng.integers(1, 9, (200, 5)).tolist()
    for (n, k, stride, padding, dilation), size in zip(
        cases, each(page, "widgets.explore.outputSize", cases), strict=True
    ):
        try:
            assert size == output_size(n, k, stride, padding, dilation)
        except ValueError:
            assert size <= 0


def test_filtering_makes_the_same_image(page, rng):
    cases = []
    for _ in range(60):
        stride, padding, dilation = (int(rng.integers(low, 4)) for low in (1, 0, 1))
        size = rng.integers(1, 5, 2)
        shape = dilation * (size - 1) + rng.integers(1, 9, 2)  # the kernel always fits
        steps = {"stride": stride, "padding": padding, "dilation": dilation}
        cases.append((pack(rng.normal(size=shape)), pack(rng.normal(size=size)), steps))
    run = """(image, kernel, steps) => {
      const { filter2d, unpack } = widgets.explore;
      const { shape, data } = filter2d(unpack(image), unpack(kernel), steps);
      return [shape, [...data]];
    }"""
    for (image, kernel, steps), (shape, data) in zip(cases, each(page, run, cases), strict=True):
        right = filter2d(unpack(image), unpack(kernel), **steps)
        assert tuple(shape) == right.shape and np.allclose(data, right.ravel())


def test_frequencies_agree(page, rng):
    shapes = [(2, 2), (2, 8), (16, 4), (32, 32)]
    cases = [
        (pack(rng.random(shape)), radius, keep)
        for shape in shapes
        for radius in (0, 1, 3, 100)
        for keep in ("low", "high")
    ]
    run = """(image, radius, keep) => {
      const { unpack, transform, spectrum, disc, filtered, psnr } = widgets.disc;
      const { shape, data } = unpack(image);
      const parts = transform({ shape, data });
      const mask = disc(shape, radius);
      const result = filtered(parts, mask, keep);
      return [spectrum(parts), mask, result, [psnr(data, result)]].map((values) => [...values]);
    }"""
    for (packed, radius, keep), made in zip(cases, each(page, run, cases), strict=True):
        image = unpack(packed)
        result = fourier.disc_filter(image, radius, keep)
        assert np.allclose(made[0], fourier.spectrum(image).ravel())
        assert np.array_equal(made[1], fourier.disc(image.shape, radius).ravel())
        assert np.allclose(made[2], result.ravel())
        quality = fourier.psnr(image, result)
        assert made[3][0] == pytest.approx(quality, rel=1e-6) or min(quality, made[3][0]) > 250


def test_verdicts_agree(page, rng):
    numbers = [*rng.normal(size=40) * 10.0 ** rng.integers(-3, 8, 40), 0, 1, 6, 241, -5, 1e6]
    assert each(page, "widgets.prediction.amount", [[x] for x in numbers]) == [
        amount(x) for x in numbers
    ]
    factors = (-1, 0.05, 0.6, 0.95, 1, 1.7, 2.5, 30)
    cases = [(x * factor, x, 0.1) for x in numbers for factor in factors]
    cases += [("a", "a", 0.1), ("a", "b", 0.1), (3, 0, 0.1)]
    assert each(page, "widgets.prediction.verdict", cases) == [verdict(*case) for case in cases]


@pytest.mark.parametrize(
    "typed, meant",
    {
        "12": 12,
        " 1.5e3 ": 1500,
        "1,000,000": 1e6,
        "1 000": 1000,
        "−3": -3,
        "1/6": 1 / 6,
        "7 %": 0.07,
        "0.12 ms": 0.12,
        "": None,
        "many": None,
        "1/0": None,
        "1/2/3": None,
    }.items(),
)
def test_people_type_numbers_in_many_ways(page, typed, meant):
    guess = page.evaluate("typed => widgets.prediction.parse(typed, 'ms')", typed)
    assert math.isnan(guess) if meant is None else guess == pytest.approx(meant)


def test_units_see_the_same_pixels(page, rng):
    cases, right = [], []
    while len(cases) < 80:
        sizes = rng.integers(1, 5, (rng.integers(1, 5), 4))
        sizes[:, 3] -= 1  # padding, from 0 to 3
        layers = receptive.windows(sizes.tolist())
        length = int(rng.integers(8, 60))
        try:
            units = receptive.layer_sizes(layers, length)
        except ValueError:
            continue
        unit = int(rng.integers(units[-1]))
        cases.append(([asdict(window) for window in layers], length, unit))
        seen = receptive.trace(layers, length, unit)
        fields = [asdict(field) for field in receptive.receptive_field(layers)]
        text = describe(layers, unit, seen).split(";")[0]
        right.append([units, fields, [row.tolist() for row in seen], text])
    run = """(layers, length, unit) => {
      const { layerSizes, fields, trace, describe } = widgets.receptive;
      const seen = trace(layers, length, unit);
      return [layerSizes(layers, length), fields(layers), seen, describe(layers, unit, seen)];
    }"""
    assert each(page, run, cases) == right


def test_times_print_alike(page, rng):
    times = [*(10 ** rng.uniform(-10, 7, 400)), 1e-3, 0.9999, 59.9, 60, 3599, 86400, 0.0995]
    printed = each(page, "seconds => widgets.race.time(seconds)", [[x] for x in times])
    assert printed == [show(x, "s", 2) for x in times]


def test_predicted_times_agree(page):
    race = AlgorithmRace()
    state = race.get_state(["table", "methods", "sizes"])
    run = """(table, methods, sizes, now) =>
      widgets.race.predictedTimes(widgets.race.unpack(table), methods, sizes, now)"""
    for race.channels, race.image, race.kernel in [(1, 8, 1), (16, 64, 3), (128, 32, 15)]:
        now = {"channels": race.channels, "image": race.image, "kernel": race.kernel}
        (times,) = each(page, run, [(state["table"], state["methods"], state["sizes"], now)])
        assert times == {name: x for name, x in race.predicted.items() if x is not None}
        first = min(times, key=times.get)
        (told,) = each(page, "widgets.race.describe", [(times, {"fft": 1})])
        first = f"{first}, {show(times[first], 's', 2)}"
        assert told == f"fastest predicted: {first}; fastest measured: fft, 1 s"


def test_without_a_kernel_the_button_says_so(page):
    state = AlgorithmRace(channels=4).get_state()
    told = page.evaluate(
        """state => {
          const model = { get: (name) => state[name], on() {}, off() {} };
          const el = document.createElement("div");
          widgets.race.default.render({ model, el });
          const [button] = el.querySelectorAll("button");
          return [button.textContent, button.disabled, el.querySelector("input:checked").value];
        }""",
        {name: value for name, value in state.items() if not name.startswith("_")},
    )
    assert told == ["measuring needs a running kernel", True, "4"]


def test_maps_come_out_of_their_bytes(page, rng):
    stack = rng.normal(size=(2, 6, 3, 4)).astype("f4")
    stack[1, 2] = 7  # a flat one
    run = """(packed, image) => {
      const { unpackMaps, mapOf, describe, layerRange } = widgets.features;
      const maps = [...Array(6).keys()].map((c) => mapOf(unpackMaps(packed), image, c));
      const told = maps.map((_, c) => describe("conv", c, maps, layerRange(maps)));
      return [maps.map(({ data }) => [...data]), told];
    }"""
    for image in (0, 1):
        ((values, told),) = each(page, run, [(pack_maps(stack), image)])
        assert np.allclose(np.reshape(values, (6, 3, 4)), stack[image], atol=0.01)
        assert told == [maps.describe("conv", c, stack[image]) for c in range(6)]
    counts = list(range(1, 130))
    across = each(page, "widgets.features.columns", [[n] for n in counts])
    assert across == [maps.columns(n) for n in counts]


def test_losses_stand_as_high_as_their_logarithms(page, rng):
    losses = [list(10.0 ** rng.uniform(-6, 2, n)) for n in (2, 5, 300)]
    run = """losses => {
      const { decades, heights } = widgets.curve;
      return [decades(losses), heights(losses, decades(losses))];
    }"""
    drawn = each(page, run, [[values] for values in losses])
    for values, ((low, high), heights) in zip(losses, drawn, strict=True):
        exponents = np.log10(np.maximum(values, 1e-4))
        assert low <= exponents.min() and exponents.max() <= high and low < high
        assert np.allclose(heights, (exponents - low) / (high - low))
