"""The widgets of lesson 07 on a page of their own: JavaScript says what Python says, key by key."""

import pytest

from dlcourse.cluster.paths import direct, path_seconds, staged, timeline
from dlcourse.draw.collectives import ALGORITHMS, POWERS, RANKS, describe
from dlcourse.units import show
from dlcourse.widgets.base import module
from dlcourse.widgets.builder import TopologyBuilder
from dlcourse.widgets.collectives import CollectiveMap
from dlcourse.widgets.paths import COUNTS, NICS, SLOTS, PathCalculator
from dlcourse.widgets.stepper import RingStepper
from tests.browser.stage import each, render, stage

WIDGETS = {"paths": PathCalculator, "stepper": RingStepper, "collectives": CollectiveMap}
WIDGETS["builder"] = TopologyBuilder
PRESSES = [  # widget, role, label, keys
    ("paths", "slider", "message", ["ArrowRight", "PageUp", "Home", "End"]),
    ("paths", "combobox", "network card", ["ArrowDown", "ArrowDown"]),
    ("paths", "combobox", "slots", ["ArrowUp"]),
    ("paths", "radio", "1", ["ArrowRight", "ArrowRight", "ArrowLeft"]),
    ("stepper", "slider", "step", ["ArrowRight", "End", "ArrowLeft"]),
    ("stepper", "application", None, ["ArrowRight", "ArrowDown", "ArrowLeft"]),
    ("collectives", "application", None, ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"]),
    ("collectives", "radio", "InfiniBand QDR 4x", ["ArrowRight", "ArrowRight"]),
]


@pytest.fixture(scope="module")
def page(browser):
    with stage(browser, {name: kind._esm for name, kind in WIDGETS.items()}) as page:
        yield page


def sentence(page):
    return page.locator(".dl-sentence").inner_text()


def twin(page, widget, names):
    """Give the Python widget what the browser's model holds now."""
    for name, value in page.evaluate("names => names.map(n => [n, model.get(n)])", names):
        setattr(widget, name, value)
    return repr(widget)


MOVES = {
    "paths": ["nic", "pcie", "power", "chunks"],
    "stepper": ["at"],
    "collectives": ["network", "ranks", "power"],
}


@pytest.mark.parametrize(("name", "role", "label", "keys"), PRESSES)
def test_every_key_changes_picture_and_sentence_as_python_would(
    page, name, role, label, keys, keep
):
    widget = WIDGETS[name]()
    render(page, name, widget)
    keep(page, f"{name}-first")
    options = {"name": label, "exact": True} if label else {}
    page.get_by_role(role, **options).first.focus()
    for key in keys:
        before = sentence(page), page.inner_html("svg")
        page.keyboard.press(key)
        assert sentence(page) != before[0], f"{key}: nothing is said"
        assert page.inner_html("svg") != before[1], f"{key}: nothing is drawn"
        assert twin(page, widget, MOVES[name]).endswith(sentence(page))
    keep(page, f"{name}-last")


def test_a_press_on_the_map_goes_there(page):
    render(page, "collectives", CollectiveMap())
    box = page.locator(".dl-stage").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    assert page.evaluate("[model.get('ranks'), model.get('power')]") != [8, 20]


def test_the_builder_shows_what_the_kernel_draws(page, keep):
    widget = TopologyBuilder()
    render(page, "builder", widget, kernel=True)
    assert sentence(page) == widget.text
    keep(page, "builder-first")
    page.get_by_role("radio", name="PCIe slots").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    widget.inside = page.evaluate("model.get('inside')")
    assert widget.inside == "NVSwitch"
    page.evaluate("picture => model.set('picture', picture)", list(widget.picture))
    assert sentence(page) == widget.text
    assert page.locator(".dl-stage svg").get_attribute("aria-label") == show_text(widget)
    keep(page, "builder-last")


def test_one_computer_alone_has_no_network_to_choose(page):
    render(page, "builder", TopologyBuilder(nodes=1))
    others = page.get_by_role("group", name="between computers").get_by_role("radio")
    assert [radio.is_disabled() for radio in others.all()] == [False, True, True]
    page.evaluate("model.set('nodes', 2)")
    assert not any(radio.is_disabled() for radio in others.all())


def test_a_wide_cluster_keeps_its_size_and_scrolls_by_keyboard(page, keep):
    widget = TopologyBuilder(nodes=8, gpus=8, nics=8)
    render(page, "builder", widget)
    stage = page.locator(".dl-stage")
    width = float(widget.picture[0].split('width="')[1].split('"')[0])
    assert page.locator(".dl-stage svg").bounding_box()["width"] == width
    stage.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.dl-stage').scrollLeft > 0")
    assert page.evaluate("document.body.scrollWidth <= innerWidth")
    keep(page, "builder-wide")


def show_text(widget):
    return widget.picture[0].split('aria-label="')[1].split('"')[0].replace("&gt;", ">")


def test_without_a_kernel_the_builder_says_so(page):
    render(page, "builder", TopologyBuilder())
    page.get_by_role("radio", name="fat tree").check(force=True)
    assert sentence(page).startswith("a running kernel draws the change")


def test_paths_agree(page):
    media = PathCalculator().media
    run = """(media, nic, pcie, size, chunks) => {
      const { stagedPath, directPath, pathSeconds, timeline, describe } = widgets.paths;
      const [staged, direct] = [stagedPath(media, nic, pcie), directPath(media, nic, pcie)];
      const ends = timeline(staged, size, chunks).map((copy) => copy[3]);
      return [pathSeconds(staged, size, chunks), pathSeconds(direct, size, 1), ends];
    }"""
    cases = [(media, n, s, 3.0**i, COUNTS[i % 8]) for i, n in enumerate(NICS * 3) for s in SLOTS]
    for (_, nic, pcie, size, chunks), made in zip(cases, each(page, run, cases), strict=True):
        ways = staged(nic, pcie), direct(nic, pcie)
        right = [path_seconds(ways[0], size, chunks), path_seconds(ways[1], size)]
        assert made[:2] == pytest.approx(right)
        assert made[2] == pytest.approx([copy.end for copy in timeline(ways[0], size, chunks)])


def test_quantities_print_alike(page):
    values = [m * 10.0**e for m in (1, 1.005, 3.14159, 9.995, 99.96, 512.4) for e in range(-9, 16)]
    for unit in ("B", "s", "B/s"):
        cases = [(v, unit) for v in values if unit == "s" or v >= 1]
        printed = each(page, "widgets.paths.quantity", cases)
        assert printed == [show(v, unit) for v, unit in cases]
    assert page.evaluate("widgets.paths.quantity(0, 's')") == show(0, "s")


def test_the_map_agrees_everywhere(page):
    widget = CollectiveMap()
    table = widget.get_state()["table"]
    run = """(packed, network, names) => {
      const { unpack, timesAt, least, describe } = widgets.collectives;
      const table = unpack(packed);
      const out = [];
      for (let row = 0; row < table.shape[1]; row += 1)
        for (let column = 0; column < table.shape[2]; column += 1) {
          const times = timesAt(table, network, row, column);
          out.push([least(times), describe(ROWS[row], COLUMNS[column], names, times)]);
        }
      return out;
    }""".replace("ROWS", str(list(RANKS))).replace("COLUMNS", str(list(POWERS)))
    for network in range(4):
        (made,) = each(page, run, [(table, network, list(ALGORITHMS))])
        times = widget.table[network].astype("f4").astype(float)
        right = [
            [int(times[i, j].argmin()), describe(RANKS[i], POWERS[j], times[i, j])]
            for i in range(len(RANKS))
            for j in range(len(POWERS))
        ]
        assert made == right


def test_programs_import_nothing():
    assert not any("import " in module(f"{name}.js", "units.js") for name in WIDGETS)
