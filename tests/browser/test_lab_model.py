"""The widgets of lesson 09 on a page of their own: JavaScript says what Python says, key by key."""

from itertools import product

import pytest

from dlcourse.draw import experts, traffic
from dlcourse.widgets.experts import CAPACITIES, EXPERTS, SKEWS, TOKENS, TOPS, ExpertLoad
from dlcourse.widgets.traffic import RANKS, DataOrModel
from tests.browser.stage import each, render, stage

WIDGETS = {"traffic": DataOrModel, "experts": ExpertLoad}
MOVES = {
    "traffic": ["batch", "width", "counting", "ranks"],
    "experts": ["tokens", "experts", "top", "capacity", "skew"],
}
PRESSES = [  # widget, role, label, keys
    ("traffic", "application", None, ["ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown"]),
    ("traffic", "radio", "each number once", ["ArrowRight", "ArrowRight"]),
    ("experts", "radio", "256", ["ArrowRight", "ArrowLeft"]),
    ("experts", "radio", "8", ["ArrowRight"]),
    ("experts", "radio", "2", ["ArrowLeft"]),
    ("experts", "slider", "capacity factor", ["ArrowRight", "End", "Home"]),
    ("experts", "slider", "router's skew", ["ArrowRight", "Home", "End"]),
]


@pytest.fixture(scope="module")
def page(browser):
    with stage(browser, {name: kind._esm for name, kind in WIDGETS.items()}) as page:
        yield page


def sentence(page):
    return page.locator(".dl-sentence").inner_text()


def twin(page, name, widget):
    """What the Python widget says, given what the browser's model holds now."""
    for trait, value in page.evaluate("names => names.map(n => [n, model.get(n)])", MOVES[name]):
        setattr(widget, trait, value)
    return repr(widget).partition(": ")[2]


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
        assert twin(page, name, widget) == sentence(page)
    keep(page, f"{name}-last")


def test_every_layer_moves_as_much_and_is_told_alike(page):
    sizes = product([1, 32, 128, 500, 1000, 4000, 2**20], [64, 65, 1000, 1001, 2**15])
    cases = [[*at, how, p] for at in sizes for how in traffic.COUNTINGS for p in (2, 8, 1024)]
    told = each(page, "widgets.traffic.describe", cases)
    assert told == [traffic.describe(*case) for case in cases]


def test_the_mark_stands_where_python_puts_it(page):
    cases = [(1, 64), (128, 1000), (2**20, 2**15)]
    at = each(page, "(batch, width) => widgets.traffic.place({ batch, width })", cases)
    for found, case in zip(at, cases, strict=True):
        assert found == pytest.approx(traffic.place(*case))


def test_keys_stay_on_the_map_and_reach_its_corners(page):
    render(page, "traffic", DataOrModel())
    page.get_by_role("application").focus()
    for key, corner in (("ArrowUp", 2**20), ("ArrowDown", 1)):
        for _ in range(45):
            page.keyboard.press(key)
        assert page.evaluate("model.get('batch')") == corner
    for key, corner in (("ArrowRight", 2**15), ("ArrowLeft", 64)):
        for _ in range(25):
            page.keyboard.press(key)
        assert page.evaluate("model.get('width')") == corner


def test_ranks_matter_where_a_ring_is_counted(page):
    widget = DataOrModel(counting="ring")
    render(page, "traffic", widget)
    page.get_by_role("radio", name="8", exact=True).focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("model.get('ranks')") == RANKS[RANKS.index(8) + 1]
    assert twin(page, "traffic", widget) == sentence(page)
    page.evaluate("model.set('counting', 'each number once')")
    assert page.get_by_role("radio", name="8", exact=True).count() == 0  # hidden


def test_a_press_on_the_map_goes_there(page):
    render(page, "traffic", DataOrModel())
    box = page.locator(".dl-stage svg").bounding_box()
    scale = box["width"] / (traffic.LEFT + traffic.SIZE[0] + traffic.RIGHT)
    x, y = traffic.place(4096, 512)
    page.mouse.click(box["x"] + scale * (x + 5), box["y"] + scale * (y - 3))
    assert page.evaluate("[model.get('batch'), model.get('width')]") == [4096, 512]


def test_every_load_is_cut_off_and_told_alike(page):
    widget = ExpertLoad()
    cases = list(product(TOKENS, EXPERTS, TOPS, SKEWS[1::5], CAPACITIES[::3]))
    run = """([state, cases]) => {
      const { wantedAt, roomOf, describe } = widgets.experts;
      const table = widgets.experts.unpack(state.table);
      return cases.map(([tokens, experts, top, skew, capacity]) => {
        const wanted = wantedAt(table, state.offers, { tokens, experts, top, skew });
        const room = roomOf(wanted, capacity);
        return [wanted, room, describe(wanted, room)];
      });
    }"""
    state = widget.get_state(["table", "offers"])
    for case, (wanted, room, told) in zip(cases, page.evaluate(run, [state, cases]), strict=True):
        widget.tokens, widget.experts, widget.top, widget.skew, widget.capacity = case
        routing = widget.routing
        assert (wanted, room) == (routing.wanted[0].tolist(), routing.room)
        assert told == experts.describe(wanted, room)
