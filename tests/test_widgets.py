"""Widgets without a browser: state, text, still pictures, what they refuse."""

import base64
import json
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.conv.fourier import disc, disc_filter, psnr
from dlcourse.conv.image import KERNELS, filter2d
from dlcourse.conv.signal import convolve
from dlcourse.draw.sliding import slide_and_flip
from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import number
from dlcourse.draw.window import show_window
from dlcourse.widgets.base import STATIC, pack, unpack
from dlcourse.widgets.disc import DiscFilter
from dlcourse.widgets.explore import KernelExplorer
from dlcourse.widgets.prediction import Prediction
from dlcourse.widgets.slide import SlideAndFlip

IMAGE = np.random.default_rng(1).random((8, 16))
LESSONS = Path(__file__).parent.parent / "lessons"
VIEW = "application/vnd.jupyter.widget-view+json"
MAKERS = {
    "slide": lambda: SlideAndFlip([1, 2, 3], [1, 0.5], shift=1),
    "explore": lambda: KernelExplorer(IMAGE, "sharpen", stride=2, at=(1, 3)),
    "disc": lambda: DiscFilter(IMAGE, radius=3),
    "prediction": lambda: Prediction("a question", 6),
}
values = st.lists(st.floats(-100, 100, width=32), min_size=1, max_size=8)


@pytest.fixture(params=MAKERS.values(), ids=MAKERS.keys())
def make(request):
    return request.param


def bundle(widget):
    return widget._repr_mimebundle_()[0]


def test_two_alike_say_and_show_the_same(make):
    first, second = bundle(make()), bundle(make())
    assert first.pop(VIEW) != second.pop(VIEW)
    assert first == second
    assert "0x" not in first["text/plain"]


def test_a_reader_without_javascript_sees_something(make):
    shown = bundle(make())
    svg, png = shown.get("image/svg+xml", ""), shown.get("image/png", b"")
    assert svg.startswith("<svg") or png[1:4] == b"PNG" or "<p>" in shown["text/html"]


def test_state_crosses_to_the_browser_as_json_and_back(make):
    widget = make()
    state = json.loads(json.dumps(widget.get_state()))
    twin = make()
    twin.set_state(state)
    assert repr(twin) == repr(widget)
    assert twin.get_state() | {"layout": ""} == widget.get_state() | {"layout": ""}


def test_module_is_palette_base_and_the_widgets_own_file(make):
    source = make()._esm
    assert all(color in source for color in COLORS.values())
    assert (STATIC / "base.js").read_text(encoding="utf8") in source
    assert "export default" in source and "import " not in source


@given(st.lists(values, min_size=1, max_size=3).map(lambda rows: [rows[0]] * len(rows)))
def test_arrays_survive_packing(rows):
    assert np.array_equal(unpack(pack(rows)), np.asarray(rows))


def test_packing_writes_little_endian_float32():
    data = base64.b64decode(pack([1, -2])["data"])
    assert data == b"\x00\x00\x80\x3f\x00\x00\x00\xc0"


@given(values, values, st.data())
def test_slide_says_the_convolution(f, g, data):
    widget = SlideAndFlip(f, g)
    widget.shift = data.draw(st.integers(0, len(f) + len(g) - 2))
    assert repr(widget).endswith(f"sum {number(convolve(f, g)[widget.shift])}")
    assert bundle(widget)["image/svg+xml"] == slide_and_flip(f, g, widget.shift).svg


def test_slide_stays_inside_when_a_sequence_shrinks():
    widget = SlideAndFlip([1, 2, 3], [1, 2, 3], shift=4)
    widget.f = [1]
    assert widget.shift == 2


@pytest.mark.parametrize("shift", [-1, 4])
def test_slide_refuses_a_shift_outside(shift):
    with pytest.raises(traitlets.TraitError, match="length 4 has shifts 0 to 3"):
        SlideAndFlip([1, 2, 3], [1, 10], shift=shift)


@pytest.mark.parametrize("name", KERNELS)
def test_explorer_says_the_filtered_pixel(name):
    widget = KernelExplorer(IMAGE, name, padding=1, dilation=2)
    out = filter2d(IMAGE, KERNELS[name], padding=1, dilation=2)
    for place in np.ndindex(*out.shape):
        widget.at = place
        assert repr(widget).endswith(f"sum {number(out[place])}")


def test_explorer_draws_the_plain_twin():
    widget = KernelExplorer(IMAGE, stride=2)
    widget.kernel, widget.padding, widget.at = [[1, 2]], 1, (0, 5)
    twin = show_window(IMAGE, [[1, 2]], at=(0, 5), stride=2, padding=1)
    assert bundle(widget)["image/svg+xml"] == twin.svg


def test_explorer_stays_inside_when_the_output_shrinks():
    widget = KernelExplorer(IMAGE, at=(5, 13))
    widget.stride = 3
    assert widget.at == (1, 4)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"kernel": "sobel z"}, "no kernel 'sobel z': take one of identity"),
        ({"kernel": np.ones((9, 9))}, "pad more or use a smaller kernel"),
        ({"kernel": np.ones((1, 10))}, "up to 9 × 9 can be shown"),
        ({"kernel": [1, 2]}, "give 2 axes"),
        ({"kernel": [[np.nan]]}, "finite"),
        ({"stride": 0}, "stride=0"),
        ({"dilation": 4}, "spans 9, but the input of 8"),
        ({"at": (6, 0)}, "the output is 6 × 14"),
    ],
)
def test_explorer_refuses_what_does_not_fit(change, message):
    widget = KernelExplorer(IMAGE)
    before = repr(widget)
    for name, value in change.items():
        with pytest.raises(traitlets.TraitError, match=message):
            setattr(widget, name, value)
    assert repr(widget) == before


@pytest.mark.parametrize("radius", [0, 3, 20])
@pytest.mark.parametrize("keep", ["low", "high"])
def test_disc_says_what_is_kept_and_how_well(radius, keep):
    text = repr(DiscFilter(IMAGE, radius, keep))
    kept = (disc(IMAGE.shape, radius) ^ (keep == "high")).sum()
    assert f"radius {radius}, {keep} pass: {kept} of {IMAGE.size} frequencies" in text
    quality = number(psnr(IMAGE, disc_filter(IMAGE, radius, keep)))
    assert text.endswith(f"PSNR {quality} dB")


@pytest.mark.parametrize("shape", [(8, 12), (1, 8), (3, 3)])
def test_disc_refuses_sides_its_transform_cannot_halve(shape):
    with pytest.raises(traitlets.TraitError, match="the sides must be 2, 4, 8"):
        DiscFilter(np.zeros(shape))


def test_arrays_are_copies_that_nobody_changes_unnoticed():
    f = np.ones(3)
    widget = SlideAndFlip(f, f)
    f[0] = 5
    assert widget.f[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        widget.f[0] = 7


@pytest.mark.parametrize("path", sorted(LESSONS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_lessons_store_todays_programs(path):
    """What a reader without a kernel runs is what the library would send."""
    pages = json.loads(path.read_text(encoding="utf8"))["metadata"].get("widgets", {})
    states = [model["state"] for page in pages.values() for model in page["state"].values()]
    stored = {state["_anywidget_id"]: state["_esm"] for state in states if "_esm" in state}
    for name, program in stored.items():
        room, _, widget = name.rpartition(".")
        today = getattr(import_module(room), widget)._esm
        assert program == today, f"{widget} is out of date: course.py refresh lessons/{path.name}"
