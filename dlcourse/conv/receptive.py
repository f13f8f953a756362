"""Receptive fields: which input pixels a unit deep in a network sees, along one axis.

Pooling sees as convolution does; layers without windows (ReLU, biases) change nothing.
"""

from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from dlcourse.conv.image import output_size


@dataclass(frozen=True)
class Window:
    """What one layer sees of the layer below it.

    Attributes:
        kernel: taps of the filter, or size of the pool.
        stride: steps between the windows of neighbouring units.
        dilation: steps between the taps.
        padding: zeros at each end.
        name: of the layer.
    """

    kernel: int
    stride: int = 1
    dilation: int = 1
    padding: int = 0
    name: str = ""

    @property
    def span(self):
        """Units from the first tap to the last."""
        return self.dilation * (self.kernel - 1) + 1


@dataclass(frozen=True)
class Field:
    """The receptive field of a layer's units: unit i sees from start + i * jump, size pixels.

    Attributes:
        size: pixels from the first that a unit sees to the last.
        jump: pixels between the fields of neighbouring units.
        start: first pixel of unit 0's field; negative where padding lies.
    """

    size: int = 1
    jump: int = 1
    start: int = 0


def windows(layers):
    """Read layers in short form, and name those without a name.

    Args:
        layers: list of Window, or of tuples (kernel, stride, dilation, padding, name), of which
            the end may be left out.

    Returns:
        tuple of Window.

    Raises:
        ValueError: if there is none, a size is out of range, or two have one name.

    >>> windows([(3, 2), Window(2, name="pool")])
    (Window(kernel=3, stride=2, dilation=1, padding=0, name='layer 1'), \
Window(kernel=2, stride=1, dilation=1, padding=0, name='pool'))
    """
    if not len(layers):
        raise ValueError("no layers: give at least one, such as (3, 1): 3 taps, stride 1")
    read = (layer if isinstance(layer, Window) else Window(*layer) for layer in layers)
    named = tuple(replace(w, name=w.name or f"layer {i}") for i, w in enumerate(read, 1))
    for w in named:
        _units(w, max(1, w.span))  # checks the ranges
        if [other.name for other in named].count(w.name) > 1:
            raise ValueError(f"two layers are called {w.name!r}: give each a name of its own")
    return named


def receptive_field(layers):
    """Compute the receptive field after each layer.

    A window of span s adds s - 1 steps, each as long as the jump below it; strides multiply the
    jump.

    Args:
        layers: as `windows` reads them, the first one next to the input.

    Returns:
        tuple of Field, one for each layer.

    Source: Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural
    Networks", Distill, 2019, https://doi.org/10.23915/distill.00021

    >>> receptive_field([(3, 1), (2, 2), (3, 1)])
    (Field(size=3, jump=1, start=0), Field(size=4, jump=2, start=0), Field(size=8, jump=2, start=0))
    """
    return tuple(accumulate(windows(layers), _through, initial=Field()))[1:]


def _through(field, window):
    size = field.size + (window.span - 1) * field.jump
    return Field(size, field.jump * window.stride, field.start - window.padding * field.jump)


def layer_sizes(layers, length):
    """Count the units of each layer.

    Args:
        layers: as for `receptive_field`.
        length: of the input, in pixels.

    Returns:
        list of int: the input's length first, then one for each layer.

    Raises:
        ValueError: naming the layer whose window does not fit.

    >>> layer_sizes([(3, 1), (2, 2), (3, 1)], length=12)
    [12, 10, 5, 3]
    """
    return list(accumulate(windows(layers), lambda n, w: _units(w, n), initial=length))


def _units(window, length):
    try:
        return output_size(length, window.kernel, window.stride, window.padding, window.dilation)
    except ValueError as error:
        raise ValueError(f"{window.name}: {error}") from None


def trace(layers, length, unit):
    """Follow a unit of the last layer down to the pixels that it sees, tap by tap.

    Args:
        layers: as for `receptive_field`.
        length: of the input, in pixels.
        unit: index in the last layer.

    Returns:
        list of int arrays: what is seen of the input, of each layer, and the unit itself.

    Raises:
        ValueError: if a window does not fit or the last layer has no such unit.

    >>> trace([(2, 2), (2, 1, 2)], length=8, unit=1)
    [array([2, 3, 6, 7]), array([1, 3]), array([1])]
    """
    sizes = layer_sizes(layers, length)
    if not 0 <= unit < sizes[-1]:
        name = windows(layers)[-1].name
        raise ValueError(f"unit {unit}: {name} has {sizes[-1]} units, counted from 0")
    seen = [np.array([unit])]
    for w, size in zip(reversed(windows(layers)), sizes[-2::-1], strict=True):
        taps = seen[0][:, None] * w.stride - w.padding + w.dilation * np.arange(w.kernel)
        inside = np.unique(taps)
        seen.insert(0, inside[(inside >= 0) & (inside < size)])
    return seen


def enough_pixels(layers, units):
    """Compute the shortest input whose last layer has so many units.

    Args:
        layers: as for `receptive_field`.
        units: 1 or more.

    Returns:
        int.

    >>> enough_pixels([(3, 1), (2, 2), (3, 1)], units=3)
    12
    """
    last = receptive_field(layers)[-1]
    return max(1, (units - 1) * last.jump + last.size + 2 * last.start)
