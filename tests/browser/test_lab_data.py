"""The widgets of lesson 08 on a page of their own: JavaScript says and draws what Python does."""

import json
import re
from itertools import cycle, product
from xml.etree import ElementTree

import numpy as np
import pytest

from dlcourse.plan.overlap import MIB25, transformer
from dlcourse.units import show
from dlcourse.widgets.codebook import CodebookBits
from dlcourse.widgets.overlap import GradientOverlap
from tests.browser.stage import render, stage

WIDGETS = {"overlap": GradientOverlap, "codebook": CodebookBits}
TRAITS = {
    "overlap": ["layers", "ranks", "bandwidth", "latency", "bucket", "overlapped"],
    "codebook": ["code", "value"],
}
ROUND = ("1.00", "1.25", "1.60", "2.00", "2.50", "3.15", "4.00", "5.00", "6.30", "8.00")
SWEEP = """cases => JSON.stringify(cases.map((state) => {
  for (const [name, value] of Object.entries(state)) model.set(name, value);
  const parts = [...document.querySelectorAll(".dl-stage svg :not(g)")].map((part) => [
    part.tagName,
    Object.fromEntries([...part.attributes].map(({ name, value }) => [name, value])),
    part.textContent,
  ]);
  return [document.querySelector(".dl-sentence").textContent, parts];
}))"""  # as one text: a tree of values takes ten times as long
ENTER = """() => addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
})"""  # what JupyterLab does
NUMBER = re.compile(r"(-?\d+(?:\.\d+)?(?:e-?\d+)?)")
PRESSES = [  # widget, role, label, keys
    ("overlap", "slider", "bandwidth", ["ArrowRight", "PageDown", "Home", "End"]),
    ("overlap", "slider", "latency", ["ArrowRight", "End", "Home"]),
    ("overlap", "slider", "bucket", ["Home", "End"]),
    ("overlap", "slider", "ranks", ["ArrowRight", "End", "Home"]),
    ("overlap", "radio", "while backward computes", ["ArrowRight", "ArrowLeft"]),
    ("codebook", "switch", "sign", ["Space", "ArrowDown", "ArrowUp"]),
    ("codebook", "switch", "bit 6", ["Enter", "Space"]),
]


@pytest.fixture(scope="module")
def page(browser):
    with stage(
        browser, {name: kind._esm for name, kind in WIDGETS.items()}, width=820, height=800
    ) as page:
        page.evaluate(ENTER)
        yield page


def sentence(page):
    return page.locator(".dl-sentence").text_content()


def follow(page, name, widget):
    """Give the Python widget what the browser's model holds now; return what it says."""
    for trait in TRAITS[name]:
        setattr(widget, trait, page.evaluate("name => model.get(name)", trait))
    return repr(widget).partition(": ")[2]


def parts(drawing):
    """Elements of a picture without its sheet, as the browser lists them."""
    _, *elements = ElementTree.fromstring(drawing.svg).iter()
    return [[e.tag.partition("}")[2], e.attrib, e.text or ""] for e in elements[1:]]


def same(one, two, room):
    """Whether two attributes say the same and their numbers differ by less than `room`."""
    words, others = NUMBER.split(one), NUMBER.split(two)
    pairs = zip(words[1::2], others[1::2], strict=True)
    return words[::2] == others[::2] and all(abs(float(a) - float(b)) < room for a, b in pairs)


def check_all(page, name, widget, states):
    """Compare sentence and picture of a widget with Python's, in one state after the other."""
    render(page, name, widget)
    shown = json.loads(page.evaluate(SWEEP, states))
    for state, (said, drawn) in zip(states, shown, strict=True):
        for trait, value in state.items():
            setattr(widget, trait, value)
        drawing = widget.still()
        assert said == repr(drawing)
        for (tag, found, text), right in zip(drawn, parts(drawing), strict=True):
            assert [tag, found.keys(), text] == [right[0], right[1].keys(), right[2]], state
            for key, value in right[1].items():
                room = 0.11 if key == "d" else 0.0051  # Python's last digit
                assert found[key] == value or same(found[key], value, room), (state, text, key)


def test_every_step_is_told_and_drawn_alike(page):
    numbers = product([1, 2, 7, 256], [1e6, 1.25e9, 1e12], [0, 50e-6, 0.01], [0, 1e5, MIB25, 1e12])
    ways, names = cycle([True, False, True]), TRAITS["overlap"][1:]
    states = [dict(zip(names, (*four, next(ways)), strict=True)) for four in numbers]
    check_all(page, "overlap", GradientOverlap(), states)


@pytest.mark.parametrize(
    "layers",
    [[("a", 10**6, 1e-3, 1e-3)], [("a" * 19, 0, 0), ("b", 10**6, 1e-3)]]
    + [transformer(blocks, 1024, 4096, 50e12) for blocks in (6, 7, 14, 15, 32)],
)
def test_any_layers_are_told_and_drawn_alike(page, layers):
    states = [{"bucket": bucket, "ranks": 8} for bucket in (0, 10**8)]
    check_all(page, "overlap", GradientOverlap(layers), states)


def test_layers_given_later_are_drawn(page):
    layers = GradientOverlap(transformer(3, 1024, 4096, 50e12)).layers
    check_all(page, "overlap", GradientOverlap(), [{"layers": layers}])


def test_every_code_is_told_and_drawn_alike(page):
    check_all(page, "codebook", CodebookBits(), [{"code": code} for code in range(256)])


def test_every_number_is_told_and_drawn_alike(page):
    rng = np.random.default_rng(8)
    values = [*rng.uniform(-1, 1, 60), *10 ** rng.uniform(-6, 0, 60), 1, -1, 1e-6, 0.1, 0.5, 1 / 3]
    check_all(page, "codebook", CodebookBits(), [{"value": float(value)} for value in values])


@pytest.mark.parametrize(("name", "role", "label", "keys"), PRESSES)
def test_every_key_changes_picture_and_sentence_as_python_would(
    page, name, role, label, keys, keep
):
    widget = WIDGETS[name]()
    render(page, name, widget)
    keep(page, f"{name}-first")
    page.get_by_role(role, name=label, exact=True).focus()
    for key in keys:
        said, drawn = sentence(page), page.inner_html(".dl-stage")
        page.keyboard.press(key)
        assert sentence(page) != said, f"{key}: nothing is said"
        assert page.inner_html(".dl-stage") != drawn, f"{key}: nothing is drawn"
        assert sentence(page) == follow(page, name, widget)
    keep(page, f"{name}-{label.replace(' ', '-')}")


def test_sliders_say_their_numbers_as_python_prints_them(page):
    widget = GradientOverlap(bandwidth=1.25e9, latency=0, bucket=0)
    render(page, "overlap", widget)
    for name, unit in {"bandwidth": "B/s", "latency": "s", "bucket": "B"}.items():
        slider = page.get_by_role("slider", name=name, exact=True)
        assert slider.get_attribute("aria-valuetext") == show(getattr(widget, name), unit)
        at_least = slider.input_value() == slider.get_attribute("min")
        assert at_least == (getattr(widget, name) == 0)
        slider.focus()
        page.keyboard.press("ArrowRight")
        value = page.evaluate("name => model.get(name)", name)
        assert f"{value:.2e}"[:4] in ROUND
        assert slider.get_attribute("aria-valuetext") == show(value, unit)
        assert page.get_by_text(f"{name} {show(value, unit)}").count() == 1


def test_every_bucket_from_one_a_layer_to_all_in_one_can_be_chosen(page):
    widget = GradientOverlap()
    render(page, "overlap", widget)
    page.get_by_role("slider", name="bucket", exact=True).focus()
    for key, messages in {"Home": len(widget.layers), "End": 1}.items():
        page.keyboard.press(key)
        follow(page, "overlap", widget)
        assert len(widget.step.messages) == messages


def test_arrows_walk_over_the_bits_and_tab_reaches_one(page):
    render(page, "codebook", CodebookBits("0000 0000"))
    page.get_by_role("switch", name="sign").focus()
    for bit in range(6, -1, -1):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowUp")
        assert page.evaluate("model.get('code')") == 128 - (1 << bit)
        assert page.get_by_role("switch", name=f"bit {bit}", checked=True).count() == 1
    assert page.locator(".dl-bits [tabindex='0']").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "number"


@pytest.mark.parametrize("typed", ["-0.5", "1e-6", " .25 ", "1"])
def test_a_typed_number_is_taken(page, typed):
    widget = CodebookBits()
    render(page, "codebook", widget)
    page.get_by_label("number").fill(typed)
    page.keyboard.press("Enter")
    assert sentence(page) == follow(page, "codebook", widget)
    assert widget.value == float(typed)


@pytest.mark.parametrize("typed", ["0", "", "1.01", "much", "9e-7", "Infinity"])
def test_a_number_without_a_code_is_refused_and_nothing_is_lost(page, typed):
    render(page, "codebook", CodebookBits())
    page.get_by_label("number").fill(typed)
    page.keyboard.press("Enter")
    assert sentence(page).endswith("give a number from -1 to 1, a millionth or more")
    assert page.evaluate("model.get('value')") == CodebookBits().value


@pytest.mark.parametrize("name", WIDGETS)
@pytest.mark.parametrize("width", [480, 820])
def test_nothing_sticks_out_of_a_narrow_notebook(page, name, width):
    page.set_viewport_size({"width": width, "height": 800})
    render(page, name, WIDGETS[name]())
    edges = page.evaluate(
        "[...document.querySelectorAll('*')].map((node) => node.getBoundingClientRect().right)"
    )
    assert max(edges) <= width
    page.set_viewport_size({"width": 820, "height": 800})
