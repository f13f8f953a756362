"""The widgets of lesson 08 on a page of their own, with this test as their kernel."""

import json

import pytest

from dlcourse.units import show
from dlcourse.widgets.base import STATIC
from dlcourse.widgets.codebook import CodebookBits
from dlcourse.widgets.overlap import GradientOverlap

WIDGETS = {"overlap": GradientOverlap, "codebook": CodebookBits}
LOAD = """async ([names, sources, saved]) => {
  const script = document.createElement("script");
  script.textContent = saved;
  document.head.append(script);
  const load = source => import(URL.createObjectURL(new Blob([source], {type: "text/javascript"})));
  window.widgets = {};
  for (const [i, name] of names.entries()) window.widgets[name] = await load(sources[i]);
}"""
ROUND = ("1.00", "1.25", "1.60", "2.00", "2.50", "3.15", "4.00", "5.00", "6.30", "8.00")
SHOW = """([name, state, names]) => {
  document.body.replaceChildren();
  window.model = savedModel(state);
  if (names.length) {
    model.send = () => {};
    model.save_changes = async () => {
      const now = Object.fromEntries(names.map((name) => [name, model.get(name)]));
      model.set("picture", await kernel(now));
    };
  }
  widgets[name].default.render({ model, el: document.body });
}"""
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
def shared(browser):
    page = browser.new_page(viewport={"width": 820, "height": 800})
    page.set_content("<!doctype html><body></body>")
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    sources = [str(kind._esm) for kind in WIDGETS.values()]
    page.evaluate(LOAD, [list(WIDGETS), sources, (STATIC / "model.js").read_text("utf8")])
    page.expose_function("kernel", lambda now: page.kernel(now))
    yield page
    page.close()
    assert errors == []


@pytest.fixture
def page(shared):
    """A page on which `render` shows a widget, alone or with its Python half behind it."""

    def render(name, widget, kernel=True):
        def answer(now):
            widget.set_state(now)
            return list(widget.picture)

        shared.kernel = answer
        state = {k: v for k, v in widget.get_state().items() if k != "layout" and k[0] != "_"}
        names = list(widget.changing) if kernel else []
        shared.evaluate(SHOW, [name, json.loads(json.dumps(state)), names])

    shared.render = render
    return shared


def sentence(page, other_than=None):
    """The words under the picture, once they are others."""
    place = "document.querySelector('.dl-sentence').textContent"
    page.wait_for_function(f"old => {place} !== old", arg=other_than)
    return page.evaluate(place)


@pytest.mark.parametrize(("name", "role", "label", "keys"), PRESSES)
def test_every_key_changes_picture_and_sentence(page, name, role, label, keys, keep):
    widget = WIDGETS[name]()
    page.render(name, widget)
    keep(page, f"{name}-first")
    page.get_by_role(role, name=label, exact=True).focus()
    for key in keys:
        said, drawn = sentence(page), page.inner_html(".dl-stage")
        page.keyboard.press(key)
        assert sentence(page, said) == widget.text, f"{key}: not what Python says"
        assert page.inner_html(".dl-stage") != drawn, f"{key}: nothing is drawn"
        assert page.locator(".dl-stage svg").get_attribute("aria-label") == widget.text
    keep(page, f"{name}-{label.replace(' ', '-')}")


def test_sliders_say_their_numbers_as_python_prints_them(page):
    widget = GradientOverlap(bandwidth=1.25e9, latency=0, bucket=0)
    page.render("overlap", widget)
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
    page.render("overlap", widget)
    page.get_by_role("slider", name="bucket", exact=True).focus()
    for key, messages in {"Home": len(widget.layers), "End": 1}.items():
        said = sentence(page)
        page.keyboard.press(key)
        sentence(page, said)
        assert len(widget.step.messages) == messages


def test_arrows_walk_over_the_bits_and_tab_reaches_one(page):
    widget = CodebookBits("0000 0000")
    page.render("codebook", widget)
    page.get_by_role("switch", name="sign").focus()
    for bit in range(6, -1, -1):
        page.keyboard.press("ArrowRight")
        said = sentence(page)
        page.keyboard.press("ArrowUp")
        sentence(page, said)
        assert widget.code == 128 - (1 << bit)
        assert page.get_by_role("switch", name=f"bit {bit}", checked=True).count() == 1
    assert page.locator(".dl-bits [tabindex='0']").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "number"


@pytest.mark.parametrize("typed", ["-0.5", "1e-6", " .25 ", "1"])
def test_a_typed_number_is_taken(page, typed):
    widget = CodebookBits()
    page.render("codebook", widget)
    said = sentence(page)
    page.get_by_label("number").fill(typed)
    page.keyboard.press("Enter")
    assert sentence(page, said) == widget.text
    assert widget.value == float(typed)


@pytest.mark.parametrize("typed", ["0", "", "1.01", "much", "9e-7", "Infinity"])
def test_a_number_without_a_code_is_refused_and_nothing_is_lost(page, typed):
    widget = CodebookBits()
    page.render("codebook", widget)
    said = sentence(page)
    page.get_by_label("number").fill(typed)
    page.keyboard.press("Enter")
    assert sentence(page, said).endswith("give a number from -1 to 1, a millionth or more")
    assert widget.value == CodebookBits().value


@pytest.mark.parametrize("name", WIDGETS)
def test_without_a_kernel_the_picture_stays_and_says_so(page, name):
    widget = WIDGETS[name]()
    page.render(name, widget, kernel=False)
    assert sentence(page) == widget.text
    drawn = page.inner_html(".dl-stage")
    page.get_by_role("switch" if name == "codebook" else "slider").first.focus()
    page.keyboard.press("ArrowUp")
    assert sentence(page, widget.text).startswith("a running kernel draws the change")
    assert page.inner_html(".dl-stage") == drawn


@pytest.mark.parametrize("name", WIDGETS)
@pytest.mark.parametrize("width", [480, 820])
def test_nothing_sticks_out_of_a_narrow_notebook(page, name, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.render(name, WIDGETS[name]())
    edges = page.evaluate(
        "[...document.querySelectorAll('*')].map((node) => node.getBoundingClientRect().right)"
    )
    assert max(edges) <= width
    page.set_viewport_size({"width": 820, "height": 800})
