"""Drawings are deterministic, well formed, and say the numbers they show."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dlcourse.conv.image import filter2d
from dlcourse.draw import columns, plots, sliding, svg, table, window

small = st.integers(-9, 9).map(float)
sequences = st.integers(1, 8).flatmap(lambda n: arrays(float, n, elements=small))
grids = st.tuples(st.integers(3, 8), st.integers(3, 8)).flatmap(
    lambda shape: arrays(float, shape, elements=small)
)


def elements(drawing, tag):
    """The drawing's elements of one kind; fails where the SVG is not well formed."""
    root = ElementTree.fromstring(drawing.svg)
    return root.iter(f"{{http://www.w3.org/2000/svg}}{tag}")


def words(drawing):
    return [element.text for element in elements(drawing, "text")]


@given(grids, st.data())
def test_a_table_shows_every_number_and_lights_what_it_is_told_to(values, data):
    lit = data.draw(arrays(bool, values.shape))
    drawing = table.show_table(values, highlight=lit)
    assert sorted(words(drawing)) == sorted(map(svg.number, values.ravel()))
    bold = [e.text for e in elements(drawing, "text") if e.get("font-weight") == "bold"]
    assert bold == [svg.number(value) for value in values[lit]]
    same = table.show_table(values, highlight=lambda i, j: lit[i, j])
    assert same == drawing


@given(sequences, sequences, st.data())
def test_the_sum_under_the_overlap_is_the_output(f, g, data):
    shift = data.draw(st.integers(0, len(f) + len(g) - 2))
    drawing = sliding.slide_and_flip(f, g, shift)
    total = svg.number(np.convolve(f, g)[shift])
    assert repr(drawing).endswith(f"sum {total}") and total in words(drawing)
    assert drawing == sliding.slide_and_flip(f, g, shift)


@given(grids, st.integers(1, 2), st.integers(0, 2), st.data())
def test_a_window_shows_the_products_of_one_output_pixel(image, stride, padding, data):
    kernel = data.draw(arrays(float, (2, 3), elements=small))
    out = filter2d(image, kernel, stride, padding)
    at = tuple(data.draw(st.integers(0, size - 1)) for size in out.shape)
    drawing = window.show_window(image, kernel, at, stride, padding)
    assert f"sum {svg.number(out[at])}" in words(drawing)


@given(grids)
def test_pixels_draw_each_value_once_in_its_shade(values):
    (group,) = svg.pixels(values, 0, 0, 1)
    drawn = np.full(values.shape, -1)
    for path, gray in re.findall(r'<path d="([^"]+)" stroke="#(..)', group):
        for column, row, run in re.findall(r"M(\d+) (\d+)\.5h(\d+)", path):
            place = int(row), slice(int(column), int(column) + int(run))
            assert (drawn[place] == -1).all()
            drawn[place] = int(gray, 16)
    order = np.argsort(values, axis=None, kind="stable")
    assert (drawn >= 0).all() and (np.diff(drawn.ravel()[order]) >= 0).all()


def test_a_drawing_changes_with_its_numbers():
    assert table.show_table([[1, 2]]) != table.show_table([[1, 3]])
    assert repr(plots.bars([1, 2])) != repr(plots.bars([1, 3]))
    line = {"a": np.arange(5)}
    assert repr(plots.lines(range(5), line)) != repr(plots.lines(range(5), {"a": [0, 1, 2, 3, 9]}))
    assert repr(plots.pictures({"a": np.eye(2)})) != repr(plots.pictures({"a": np.ones((2, 2))}))


@pytest.mark.parametrize(
    "plot",
    [
        plots.bars([1, 2], first=2, label="b", x="x", y="y"),
        plots.bars([1, 2], names=[32, 64]),
        plots.bars(range(200), names=range(200)),
        plots.lines([1, 2], {"a": [1, 2], "b": [2, 1]}, log="xy", marks={"here": 1.5}),
        plots.pictures({"a": np.eye(2), "b": np.eye(3), "c": np.eye(2)}, 2, same_scale=True),
    ],
)
def test_plots_are_png(plot):
    assert plot._repr_png_().startswith(b"\x89PNG")


def marks(monkeypatch, kind, *args, **options):
    """What stands at the marks of a plot's axes, inside their limits."""
    monkeypatch.setattr(plots, "_plot", lambda figure, text: figure)
    (axes,) = getattr(plots, kind)(*args, **options).axes
    for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        assert not any(axis.get_minor_formatter().format_ticks(axis.get_minorticklocs()))
        places = axis.get_majorticklocs()
        labels = axis.get_major_formatter().format_ticks(places)
        yield [text for at, text in zip(places, labels, strict=True) if low <= at <= high]


@given(st.floats(-4, 4), st.floats(0.1, 5))
@settings(max_examples=15)
def test_a_logarithmic_axis_has_plain_numbers(start, decades):
    low, high = 10**start, 10 ** (start + 0.85 * decades)  # the plot's margins do the rest
    with pytest.MonkeyPatch.context() as patch:
        _, found = marks(patch, "lines", [1, 2], {"a": [low, high]}, log="y")
    assert 2 <= len(found) <= 12 and len(set(found)) == len(found)
    values = [float(mark.replace(",", "")) for mark in found]
    assert values == sorted(values) and 0.5 * low < values[0] < values[-1] < 2 * high


def test_marks_too_small_for_plain_numbers_are_powers_of_ten(monkeypatch):
    _, found = marks(monkeypatch, "lines", [1, 2], {"a": [1e-12, 1e-10]}, log="y")
    assert len(found) == len(set(found)) and not any("0.0" in mark for mark in found)


def test_an_axis_with_a_unit_shows_it(monkeypatch):
    log, units = "x", {"x": "B", "y": "s"}
    series = {"a": [1e-3, 2e-3]}
    x, y = marks(monkeypatch, "lines", [1e3, 9e4], series, log=log, units=units)
    assert x[:2] == ["1 kB", "2 kB"] and "2 ms" in y
    wide, _ = marks(monkeypatch, "lines", [1, 1e9], series, log=log, units=units)
    assert "1 MB" in wide


def test_long_names_of_bars_are_whole(monkeypatch):
    names = [f"contiguous rank {i}" for i in range(8)]
    folded, _ = marks(monkeypatch, "bars", range(8), names=names)
    assert folded[0] == "contiguous\nrank 0"
    whole, _ = marks(monkeypatch, "bars", [1, 2], names=names[:2])
    assert whole == names[:2]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: table.show_table(np.ones((1, 2, 3))), "at most two axes"),
        (lambda: table.show_table([[1, 2]], highlight=[[True]]), r"highlight has shape \(1, 1\)"),
        (lambda: table.show_table([[1, 2]], columns="abc"), "3 names for 2 columns"),
        (lambda: sliding.slide_and_flip([1], [1], 1), "shift=1"),
        (lambda: window.show_window(np.eye(3), np.eye(2), (2, 0)), r"at=\(2, 0\): the output is 2"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@given(grids, st.data())
def test_a_window_is_a_column_of_the_matrix(image, data):
    at = (
        data.draw(st.integers(0, image.shape[0] - 2)),
        data.draw(st.integers(0, image.shape[1] - 3)),
    )
    drawing = columns.show_columns(image, (2, 3), at)
    bold = [e.text for e in elements(drawing, "text") if e.get("font-weight") == "bold"]
    window = [svg.number(v) for v in image[at[0] : at[0] + 2, at[1] : at[1] + 3].ravel()]
    assert sorted(bold) == sorted(2 * window)
