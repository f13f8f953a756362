"""Plots by matplotlib, with their numbers in words: tests compare the words, not the pixels."""

import math
from dataclasses import dataclass
from io import BytesIO
from textwrap import fill

import numpy as np

from dlcourse.draw.style import COLORS, SERIES
from dlcourse.draw.svg import number
from dlcourse.units import show

DPI = 90
ACROSS = 80  # letters that fit below a plot's bars
STEPS = ((0.5, ()), (1.2, (1, 1.5, 2, 3, 5, 7)), (3, (1, 2, 5)))  # marks of so many powers of ten
SMALLEST = 1e-8  # of what is written out: nine decimals
DASHES = ("-", "--", ":", "-.", "-", "--")


@dataclass(frozen=True)
class Plot:
    """A finished figure as PNG, with its alternative text, shown by Jupyter.

    >>> Plot(b"", "a line from 0 to 1")
    a line from 0 to 1
    """

    png: bytes
    text: str

    def _repr_png_(self):
        return self.png

    def __repr__(self):
        return self.text


def bars(values, first=0, label="", x="", y="", names=None):
    """Plot one bar for each value.

    Args:
        values: array (n,).
        first: what the first bar stands for; the next is one more.
        label: the plot's title.
        x, y: names of the axes.
        names: of the bars, instead of numbers.

    Returns:
        Plot.

    >>> bars([1, 2, 1], first=2, label="sum of two coins")
    sum of two coins: 3 bars from 2 to 4, highest 2 at 3, total 4
    >>> bars([4, 8], names=["cat", "horse"], label="feet, two of each")
    feet, two of each: 2 bars from cat to horse, highest 8 at horse, total 12
    """
    values = np.asarray(values, float)
    figure, axes = _figure(1, 1, (7, 2.8))
    places = np.arange(first, first + len(values))
    axes[0].bar(places, values, color=COLORS["blue"], width=0.85)
    if names is None:
        names = places
    else:
        words = list(map(str, names))
        folded = [fill(word, max(1, ACROSS // len(words))) for word in words]
        axes[0].set_xticks(places, folded, fontsize=10 if folded == words else 9)
    _finish(axes[0], label, x, y)
    text = f"{label or 'bars'}: {len(values)} bars from {names[0]} to {names[-1]}, highest "
    text += f"{number(values.max())} at {names[values.argmax()]}, total {number(values.sum())}"
    return _plot(figure, text)


def lines(x, series, label="", xlabel="", ylabel="", log="", marks=None, units=None):
    """Plot one or more lines over the same x, told apart by colour, dash and legend.

    Args:
        x: array (n,).
        series: dict name -> array (n,).
        label: the plot's title.
        xlabel, ylabel: names of the axes.
        log: axes that are logarithmic: "", "x", "y" or "xy".
        marks: dict name -> x, drawn as dotted vertical lines.
        units: dict "x" or "y" -> unit of dlcourse.units that its numbers are in; they are printed
            with it.

    Returns:
        Plot.

    >>> lines([0, 1], {"up": [0, 1], "down": [1, 0]}, label="two lines")
    two lines: up from 0 to 1, mean 0.5; down from 0 to 1, mean 0.5
    """
    figure, axes = _figure(1, 1, (7, 3.2))
    for (name, values), color, dash in zip(series.items(), SERIES, DASHES, strict=False):
        axes[0].plot(x, values, label=name, color=COLORS[color], linestyle=dash)
    for name, place in (marks or {}).items():
        axes[0].axvline(place, color=COLORS["muted"], linestyle=":", label=name)
    for name in log:
        _logarithmic(axes[0], name)
    for name, unit in (units or {}).items():
        getattr(axes[0], f"{name}axis").set_major_formatter(
            lambda value, _, unit=unit: show(value, unit)
        )
    axes[0].legend(frameon=False)
    _finish(axes[0], label, xlabel, ylabel)
    told = "; ".join(f"{name} {_range(values)}" for name, values in series.items())
    return _plot(figure, f"{label or 'lines'}: {told}")


def pictures(images, columns=4, same_scale=False):
    """Show images in gray, side by side.

    Args:
        images: dict title -> array (H, W).
        columns: pictures in a row.
        same_scale: whether one gray means the same value in all of them.

    Returns:
        Plot.

    >>> pictures({"dark": [[0, 0]], "light": [[0, 1]]})
    dark (1 × 2) from 0 to 0, mean 0; light (1 × 2) from 0 to 1, mean 0.5
    """
    arrays = {title: np.asarray(image, float) for title, image in images.items()}
    columns = min(columns, len(arrays))
    rows = -(-len(arrays) // columns)
    limits = {}
    if same_scale:
        limits = {
            "vmin": min(a.min() for a in arrays.values()),
            "vmax": max(a.max() for a in arrays.values()),
        }
    tallest = max(a.shape[0] / a.shape[1] for a in arrays.values())
    figure, axes = _figure(rows, columns, (2.6 * columns, (2.6 * min(tallest, 2) + 0.3) * rows))
    for ax in axes:
        ax.axis("off")
    for ax, (title, image) in zip(axes, arrays.items(), strict=False):
        ax.imshow(image, cmap="gray", interpolation="nearest", **limits)
        ax.set_title(title, fontsize=10)
    told = (f"{title} ({a.shape[0]} × {a.shape[1]}) {_range(a)}" for title, a in arrays.items())
    return _plot(figure, "; ".join(told))


def regions(winners, rows, columns, label="", xlabel="", ylabel="", order=()):
    """Map which of several choices wins where, each with its colour and its letters.

    Args:
        winners: list of rows, each a list of names.
        rows: values of the vertical axis, bottom row first.
        columns: values of the horizontal axis.
        label: the plot's title.
        xlabel, ylabel: names of the axes.
        order: names in the order of their colours, so that two maps can share them.

    Returns:
        Plot.

    >>> regions([["a", "a"], ["a", "b"]], rows=[1, 2], columns=[3, 4], label="best")
    best: 1: a a; 2: a b
    """
    names = list(dict.fromkeys([*order, *sorted({name for row in winners for name in row})]))
    figure, (axes,) = _figure(1, 1, (0.85 * len(columns) + 1.2, 0.5 * len(rows) + 1))
    for i, row in enumerate(winners):
        for j, name in enumerate(row):
            color = COLORS[SERIES[names.index(name)]]
            axes.add_patch(_tile(j, i, color))
            axes.text(j, i, name, ha="center", va="center", fontsize=8)
    axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(-0.5, len(rows) - 0.5))
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    _finish(axes, label, xlabel, ylabel)
    told = "; ".join(f"{at}: {' '.join(row)}" for at, row in zip(rows, winners, strict=True))
    return _plot(figure, f"{label or 'regions'}: {told}")


def _tile(x, y, color):
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=color, alpha=0.55, edgecolor="white")


def _range(values):
    values = np.asarray(values, float)
    low, high, mean = map(number, (values.min(), values.max(), values.mean()))
    return f"from {low} to {high}, mean {mean}"


def _figure(rows, columns, size):
    """A figure that no global state knows of, and its axes as a flat list."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    return figure, list(figure.subplots(rows, columns, squeeze=False).flat)


def _logarithmic(ax, name):
    """Make an axis logarithmic, with plain numbers on it unless they span many powers of ten."""
    from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

    ax.set(**{f"{name}scale": "log"})
    low, high = getattr(ax, f"get_{name}lim")()
    axis, decades = getattr(ax, f"{name}axis"), math.log10(high / low)
    if decades > 5 or low < SMALLEST:
        return
    steps = next((steps for most, steps in STEPS if decades < most), (1,))
    locator = LogLocator(subs=steps, numticks=12) if steps else MaxNLocator(6, steps=[1, 2, 5])
    axis.set_major_locator(locator)
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(lambda value, _: f"{value:,.9f}".rstrip("0").rstrip("."))


def _finish(ax, title, x, y):
    ax.set(title=title, xlabel=x, ylabel=y)
    ax.spines[["top", "right"]].set_visible(False)


def _plot(figure, text):
    file = BytesIO()
    figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
    return Plot(file.getvalue(), text)
