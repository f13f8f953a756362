"""The widgets of lesson 02 without a browser, and the drawings they stand for."""

import base64
import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.conv.cost import REFERENCE, estimates
from dlcourse.conv.methods import METHODS
from dlcourse.conv.race import affordable, measured_seconds, predicted_seconds
from dlcourse.conv.receptive import Window, layer_sizes, trace
from dlcourse.conv.shape import conv_shape
from dlcourse.conv.train import History
from dlcourse.draw.maps import columns, show_maps
from dlcourse.draw.race import show_race
from dlcourse.draw.receptive import show_receptive_field
from dlcourse.draw.svg import number
from dlcourse.units import parse, show
from dlcourse.widgets.base import unpack
from dlcourse.widgets.curve import TrainingCurve
from dlcourse.widgets.features import FeatureMaps, pack_maps
from dlcourse.widgets.race import CHANNELS, IMAGES, KERNELS, AlgorithmRace
from dlcourse.widgets.receptive import ReceptiveField

LAYERS = [Window(3, padding=1, name="conv1"), (2, 2), Window(3, dilation=2, name="conv2")]
RNG = np.random.default_rng(2026)
IMAGE_STACK = RNG.random((3, 1, 8, 8), np.float32)
ACTIVATIONS = {
    "conv1": RNG.normal(size=(3, 6, 8, 8)).astype("f4"),
    "pool1": RNG.random((3, 4, 2, 2), "f4"),
}
VIEW = "application/vnd.jupyter.widget-view+json"


def watched():
    curve = TrainingCurve()
    curve.watch(History(losses=[2.3, 1.5, 0.25], accuracies=[0.5, 0.75]))
    return curve


MAKERS = {
    "curve": watched,
    "receptive": lambda: ReceptiveField(LAYERS, at=2, length=28),
    "race": lambda: AlgorithmRace(channels=64),
    "features": lambda: FeatureMaps(ACTIVATIONS, IMAGE_STACK, "abc", image=1, channel=5),
}
RACES = st.dictionaries(
    st.sampled_from("abcdef"), st.none() | st.floats(1e-8, 1e4), min_size=1
).filter(lambda times: any(times.values()))


@pytest.fixture(params=MAKERS.values(), ids=MAKERS.keys())
def make(request):
    return request.param


def bundle(widget):
    return widget._repr_mimebundle_()[0]


def elements(drawing, tag):
    root = ElementTree.fromstring(drawing.svg)
    return list(root.iter(f"{{http://www.w3.org/2000/svg}}{tag}"))


def test_two_alike_say_and_show_the_same(make):
    first, second = bundle(make()), bundle(make())
    assert first.pop(VIEW) != second.pop(VIEW)
    assert first == second
    assert "0x" not in first["text/plain"]


def test_state_crosses_to_the_browser_as_json_and_back(make):
    widget, twin = make(), make()
    twin.set_state(json.loads(json.dumps(widget.get_state())))
    assert repr(twin) == repr(widget)
    assert twin.get_state() | {"layout": ""} == widget.get_state() | {"layout": ""}


# ---- receptive field -----------------------------------------------------------------------------
@given(st.integers(20, 40), st.integers(1, 3), st.data())
def test_a_drawing_lights_what_the_unit_sees(length, depth, data):
    at = data.draw(st.integers(0, layer_sizes(LAYERS, length)[depth] - 1))
    drawing = show_receptive_field(LAYERS, at, depth, length)
    seen = trace(LAYERS[:depth], length, at)
    fills = [rect.get("fill") for rect in elements(drawing, "rect")]
    assert fills.count("#F0E442") == sum(units.size for units in seen)
    count = f"{seen[0].size} pixel{'' if seen[0].size == 1 else 's'}"
    assert count in [text.text for text in elements(drawing, "text")]
    assert f"{seen[0].size}" in repr(drawing).split(";")[0]


def test_the_tracer_draws_the_plain_twin():
    widget = ReceptiveField(LAYERS, length=28)
    assert (widget.depth, widget.at) == (3, 4)
    widget.depth, widget.at = 1, 27
    assert bundle(widget)["image/svg+xml"] == show_receptive_field(LAYERS, 27, 1, 28).svg


def test_the_tracer_stays_inside_when_a_row_shrinks():
    widget = ReceptiveField(LAYERS, at=27, depth=1, length=28)
    widget.depth = 3
    assert widget.at == 9
    widget.layers = [(5, 5)]
    assert (widget.depth, widget.at) == (1, 4)


def test_five_units_are_shown_where_no_length_is_given():
    widget = ReceptiveField([(3, 1), (2, 2)])
    assert (widget.length, widget.at) == (12, 2)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"at": 10}, "at=10: conv2 has 10 units, counted from 0"),
        ({"depth": 4}, "there are 3 layers"),
        ({"length": 3}, "conv2: a kernel of 3 taps"),
        ({"layers": []}, "no layers"),
        ({"layers": [(99, 1)]}, "layer 1: a kernel of 99 taps"),
    ],
)
def test_the_tracer_refuses_what_does_not_fit(change, message):
    widget = ReceptiveField(LAYERS, at=9, length=28)
    before = repr(widget)
    for name, value in change.items():
        with pytest.raises(traitlets.TraitError, match=message):
            setattr(widget, name, value)
        with pytest.raises(traitlets.TraitError, match=message):
            ReceptiveField(**{"layers": LAYERS, "length": 28} | change)
    assert repr(widget) == before


# ---- algorithm race ------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["measured", "simulated"])
@given(RACES, st.data())
def test_a_race_tells_every_time_fastest_first(kind, predicted, data):
    known = [name for name, seconds in predicted.items() if seconds]
    chosen = data.draw(st.lists(st.sampled_from(known), unique=True))
    measured = {name: data.draw(st.floats(1e-8, 1e4)) for name in chosen}
    drawing = show_race(predicted, **{kind: measured})
    words = [text.text for text in elements(drawing, "text")]
    for times in filter(None, ({name: predicted[name] for name in known}, measured)):
        assert all(show(seconds, "s", 2) in words for seconds in times.values())
        told = [f"{name} {show(times[name], 's', 2)}" for name in sorted(times, key=times.get)]
        assert ", ".join(told) in repr(drawing)
    assert words.count("does not apply") == len(predicted) - len(known)
    assert words.count(f"not {kind}") == (len(known) - len(measured) if measured else 0)
    assert words.count(kind) == bool(measured)  # the legend says where times come from
    assert f"; {kind}: " in repr(drawing) or not measured


@given(RACES)
def test_bars_grow_with_time_until_they_are_torn(predicted):
    times = {name: seconds for name, seconds in predicted.items() if seconds}
    paths = [path.get("d") for path in elements(show_race(times), "path")]
    ends = [float(re.search(r"H([\d.]+)", path)[1]) for path in paths]
    for seconds, end, path in zip(times.values(), ends, paths, strict=True):
        share = seconds / (5 * min(times.values()))
        assert ("l-5" in path) == (share > 1)
        assert end == pytest.approx(110 + min(share, 1) * 560, abs=0.06)


def test_predictions_are_the_cost_models_own():
    machine = replace(REFERENCE, flop_per_s=1e11, bytes_per_s=1e10)
    race = AlgorithmRace(machine=machine)
    for channels, image, kernel in [(1, 8, 1), (64, 32, 3), (128, 64, 15), (16, 8, 15)]:
        race.channels, race.image, race.kernel = channels, image, kernel
        x, w = (8, channels, image, image), (channels, channels, kernel, kernel)
        right = {c.method: c.seconds for c in estimates(conv_shape(x, w, padding="same"), machine)}
        mine = {name: seconds for name, seconds in race.predicted.items() if seconds is not None}
        assert mine == pytest.approx(right, rel=1e-6)
        assert list(race.predicted) == list(METHODS)


def test_measuring_leaves_out_what_takes_too_long():
    race = AlgorithmRace(channels=64, image=16, kernel=3)
    seen = []
    race.observe(lambda change: seen.append(change.new), "measuring")
    times = race.measure()
    assert [*times] == [*seen[:-1]] == affordable(race.predicted)
    assert "direct" not in times and seen[-1] == ""
    assert race.measured == {"64 16 3": times} and min(times.values()) > 0
    assert "; measured: " in repr(race)
    race.kernel = 5
    assert "measured" not in repr(race)
    race.kernel = 3
    assert bundle(race)["image/svg+xml"] == show_race(race.predicted, times).svg


def test_a_measured_time_is_near_the_clock():
    shape = conv_shape((8, 64, 32, 32), (64, 64, 3, 3), padding="same")
    assert 1e-5 < measured_seconds(shape, "im2col") < 5
    assert predicted_seconds(shape)["direct"] > 1


def test_the_browser_asks_by_message():
    race = AlgorithmRace(channels=1, image=8, kernel=1)
    race._handle_custom_msg("something else", [])
    assert race.measured == {}
    race._handle_custom_msg("measure", [])
    assert set(race.measured) == {"1 8 1"}


@pytest.mark.parametrize("sizes", [{"channels": 3}, {"image": 9}, {"kernel": 2}])
def test_a_race_knows_its_own_sizes_only(sizes):
    with pytest.raises(traitlets.TraitError):
        AlgorithmRace(**sizes)
    assert min(CHANNELS) == min(KERNELS) == 1 and max(IMAGES) == 64


def test_a_race_without_runners_is_none():
    with pytest.raises(ValueError, match="predict every method first"):
        show_race({"a": 1.0}, {"b": 1.0})
    with pytest.raises(ValueError, match="predict every method first"):
        show_race({"a": None})
    with pytest.raises(ValueError, match="measure or simulate"):
        show_race({"a": 1.0}, measured={"a": 1.0}, simulated={"a": 1.0})
    assert parse("1 ms", "s") == 0.001 and repr(show_race({"a": 0.001})) == "predicted: a 1 ms"


# ---- feature maps --------------------------------------------------------------------------------
@given(st.integers(1, 300))
def test_maps_stand_in_a_fair_rectangle(count):
    across = columns(count)
    down = -(-count // across)
    assert across * down >= count and down <= across <= 2 * down + 1
    assert across * down - count < across


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_packed_maps_are_within_half_a_level(name):
    maps = ACTIVATIONS[name]
    packed = json.loads(json.dumps(pack_maps(maps)))
    low, high = unpack(packed["low"]), unpack(packed["high"])
    levels = np.frombuffer(base64.b64decode(packed["data"]), np.uint8)
    step = (high - low)[..., None, None] / 255
    back = low[..., None, None] + levels.reshape(packed["shape"]) * step
    assert (abs(back - maps) <= 0.5001 * step).all()


def test_a_flat_map_packs_to_zeros():
    packed = pack_maps(np.full((1, 1, 2, 2), 7.0))
    assert unpack(packed["low"]).item() == 7 and packed["data"] == "AAAAAA=="


def test_the_viewer_draws_the_plain_twin():
    widget = FeatureMaps(ACTIVATIONS, IMAGE_STACK, labels=[4, 2, 0])
    widget.image, widget.channel = 2, 4
    twin = show_maps(IMAGE_STACK[2, 0], ACTIVATIONS["conv1"][2], 4, "conv1")
    assert bundle(widget)["image/svg+xml"] == twin.svg
    assert repr(widget) == f"FeatureMaps, image 2 (0): {twin!r}"
    maps = ACTIVATIONS["conv1"][2]
    assert f": {number(maps[4].min())} to {number(maps[4].max())}; " in repr(widget)
    assert repr(widget).endswith(f"channels {number(maps.min())} to {number(maps.max())}")


def test_the_viewer_stays_inside_when_a_layer_has_fewer_channels():
    widget = FeatureMaps(ACTIVATIONS, IMAGE_STACK, channel=5)
    widget.layer = "pool1"
    assert widget.channel == 3


def test_ten_images_of_lenet_stay_small():
    """The layers of LeNet-5 (LeCun et al., 1998) on images of 28 × 28."""
    shapes = [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5)]
    maps = {f"layer {i}": RNG.random((10, *shape), "f4") for i, shape in enumerate(shapes)}
    widget = FeatureMaps(maps, RNG.random((10, 28, 28)))
    state = widget.get_state(["maps", "pictures"])
    assert len(json.dumps(state)) < 150_000


@pytest.mark.parametrize(
    "change, message",
    [
        ({"layer": "fc"}, "no layer 'fc': take one of conv1, pool1"),
        ({"image": 3}, "image=3: there are 3, counted from 0"),
        ({"channel": -1}, "channel=-1: there are 6"),
        ({"labels": "ab"}, "3 images, 2 labels"),
        ({"images": IMAGE_STACK[:2]}, "2 images"),
        ({"images": np.zeros((3, 0, 2))}, "images have shape"),
        ({"activations": {}}, "at least one layer"),
        ({"activations": {"a": np.zeros((3, 2, 2))}}, r"a have shape \(3, 2, 2\): give 4 axes"),
    ],
)
def test_the_viewer_refuses_what_does_not_fit(change, message):
    sizes = {"activations": ACTIVATIONS, "images": IMAGE_STACK}
    with pytest.raises(traitlets.TraitError, match=message):
        FeatureMaps(**sizes | change)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ((np.ones(3), np.ones((1, 2, 2)), 0), "give .H, W. and .C, h, w."),
        ((np.eye(3), np.ones((2, 2, 2)), 2, "conv1"), "channel=2: conv1 has 2 channels"),
    ],
)
def test_drawn_maps_are_checked(arguments, message):
    with pytest.raises(ValueError, match=message):
        show_maps(*arguments)
