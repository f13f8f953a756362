"""Receptive fields by formula are what a unit really reacts to."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from dlcourse.conv.convolution import conv1d
from dlcourse.conv.receptive import (
    Window,
    enough_pixels,
    layer_sizes,
    receptive_field,
    trace,
    windows,
)


@st.composite
def networks(draw, padded=True):
    """One to four layers, none padded so far that a window could see nothing but zeros."""
    layers = []
    for _ in range(draw(st.integers(1, 4))):
        kernel, stride, dilation = (draw(st.integers(1, high)) for high in (4, 3, 3))
        most = dilation * (kernel - 1) // 2 if padded else 0
        layers.append(Window(kernel, stride, dilation, draw(st.integers(0, most))))
    return layers


def responses(layers, length):
    """Bool array (pixels, units): which units of the last layer change with which pixel."""
    x = np.eye(length)[:, None]
    for w in layers:
        x = conv1d(x, np.ones((1, 1, w.kernel)), w.stride, w.padding, w.dilation)
    return x[:, 0] > 0


def length_for(layers, units, more=0):
    length = enough_pixels(layers, units) + more
    try:
        assume(length <= 400 and layer_sizes(layers, length)[-1] >= units)
    except ValueError:  # so short that an early window does not fit
        assume(False)
    return length


@given(networks(), st.integers(1, 5), st.integers(0, 5))
def test_a_unit_sees_what_it_reacts_to(layers, units, more):
    length = length_for(layers, units, more)
    reacts = responses(layers, length)
    assert reacts.shape[1] == layer_sizes(layers, length)[-1]
    for unit in range(reacts.shape[1]):
        assert trace(layers, length, unit)[0].tolist() == np.flatnonzero(reacts[:, unit]).tolist()


@given(networks(), st.integers(1, 5))
def test_each_layer_of_a_trace_is_the_trace_of_its_layer(layers, units):
    length = length_for(layers, units)
    seen = trace(layers, length, units - 1)
    for depth in range(1, len(layers) + 1):
        below = {p for unit in seen[depth] for p in trace(layers[:depth], length, unit)[0]}
        assert below == set(seen[0].tolist())


@given(networks(padded=False), st.integers(1, 5))
def test_the_recurrence_gives_first_and_last_pixel(layers, units):
    length = length_for(layers, units)
    field = receptive_field(layers)[-1]
    for unit in range(units):
        seen = trace(layers, length, unit)[0]
        first = field.start + unit * field.jump
        assert (seen[0], seen[-1]) == (first, first + field.size - 1)


@given(networks(), st.integers(3, 5))
def test_padding_cuts_the_field_at_the_border_only(layers, units):
    length = length_for(layers, units)
    field = receptive_field(layers)[-1]
    for unit in range(units):
        seen = trace(layers, length, unit)[0]
        first = field.start + unit * field.jump
        assert first <= seen[0] and seen[-1] < first + field.size


@given(networks(padded=False))
def test_gradients_of_torch_agree(layers):
    length = length_for(layers, 2)
    x = torch.zeros(1, 1, length, dtype=torch.float64, requires_grad=True)
    out = x
    for w in layers:
        ones = torch.ones(1, 1, w.kernel, dtype=torch.float64)
        out = torch.conv1d(out, ones, stride=w.stride, dilation=w.dilation)
    out[0, 0, 1].backward()
    seen = np.flatnonzero(x.grad.numpy())
    field = receptive_field(layers)[-1]
    assert seen[0] == field.jump and seen[-1] == field.jump + field.size - 1


@given(networks(padded=False), st.integers(1, 9))
def test_enough_pixels_are_just_enough(layers, units):
    length = enough_pixels(layers, units)
    assert layer_sizes(layers, length)[-1] == units
    if units > 1:
        assert layer_sizes(layers, length - 1)[-1] == units - 1


def test_vgg16_sees_212_pixels():
    """The convolutions and pools of VGG-16 (Simonyan and Zisserman, 2014), counted by hand."""
    layers = [layer for n in (2, 2, 3, 3, 3) for layer in [(3, 1)] * n + [(2, 2)]]
    by_hand = 1 + (4 + 1) + 2 * (4 + 1) + 4 * (6 + 1) + 8 * (6 + 1) + 16 * (6 + 1)
    assert receptive_field(layers)[-1].size == by_hand == 212


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: windows([]), "no layers"),
        (lambda: windows([(0, 1)]), "layer 1: k=0"),
        (lambda: windows([(3, 0)]), "layer 1: stride=0"),
        (lambda: windows([Window(2, name="a")] * 2), "two layers are called 'a'"),
        (lambda: layer_sizes([(3, 1), (9, 1)], 8), "layer 2: a kernel of 9"),
        (lambda: trace([(3, 1)], 8, 6), "unit 6: layer 1 has 6 units"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
