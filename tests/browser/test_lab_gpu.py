"""The widgets of lesson 03 on a page of their own: JavaScript says what Python says, key by key."""

import random

import pytest

from dlcourse.gpu.access import strided
from dlcourse.gpu.occupancy import KIB, capabilities, occupancy, sm_limits
from dlcourse.gpu.roofline import Roof
from dlcourse.units import show
from dlcourse.widgets.address import AddressMap
from dlcourse.widgets.banks import BankExplorer
from dlcourse.widgets.base import module
from dlcourse.widgets.occupancy import OccupancyCalculator
from dlcourse.widgets.roofline import RooflineExplorer
from tests.browser.stage import each, render, stage

OWN = Roof("this machine", 1.9e11, 3.4e10)
WIDGETS = {
    "address": AddressMap,
    "banks": BankExplorer,
    "occupancy": OccupancyCalculator,
    "roofline": lambda: RooflineExplorer(own=OWN),
}
PRESSES = {  # a control's label -> keys
    "address": {"stride": ["ArrowRight", "ArrowRight", "End", "Home"], "offset": ["ArrowRight"]},
    "banks": {"padding": ["ArrowRight", "ArrowRight", "End", "Home"]},
    "occupancy": {
        "threads": ["ArrowRight", "End"],
        "registers": ["ArrowLeft", "PageUp", "End"],
        "shared KiB": ["ArrowRight", "Home"],
    },
    "roofline": {"intensity": ["ArrowRight", "PageUp", "Home", "End"]},
}


@pytest.fixture(scope="module")
def page(browser):
    with stage(browser, {name: module(f"{name}.js") for name in WIDGETS}, height=700) as page:
        yield page


def sentence(page):
    return page.locator(".dl-sentence").inner_text()


def twin(page, widget):
    """Give the Python widget what the browser's model holds now."""
    names = [n for n in widget.trait_names(sync=True) if n[0] != "_" and n != "layout"]
    with widget.hold_trait_notifications():
        for name, value in page.evaluate("names => names.map(n => [n, model.get(n)])", names):
            setattr(widget, name, value)
    return widget


@pytest.mark.parametrize("name", WIDGETS)
def test_every_key_changes_what_is_said_as_python_would(page, name, keep):
    widget = WIDGETS[name]()
    render(page, name, widget)
    keep(page, f"{name}-first")
    for label, keys in PRESSES[name].items():
        control = page.get_by_role("slider", name=label, exact=True)
        control.focus()
        for key in keys:
            before = sentence(page)
            page.keyboard.press(key)
            assert sentence(page) != before, f"{label}, {key}: nothing is said"
            told = repr(twin(page, widget)).split(": ", 1)[1]
            assert sentence(page).endswith(told)
            assert control.get_attribute("aria-valuetext")
    keep(page, f"{name}-last")


def test_switches_and_lists_answer_too(page):
    for name, role, label, key in (
        ("address", "radio", "4", "ArrowRight"),
        ("banks", "radio", "column", "ArrowLeft"),
        ("occupancy", "radio", "9.0", "ArrowLeft"),
        ("roofline", "radio", "fp32", "ArrowRight"),
        ("roofline", "combobox", "machine", "ArrowDown"),
    ):
        widget = WIDGETS[name]()
        render(page, name, widget)
        before = sentence(page)
        page.get_by_role(role, name=label, exact=True).focus()
        drawn = page.inner_html("svg")
        page.keyboard.press(key)
        assert sentence(page) != before and page.inner_html("svg") != drawn
        assert sentence(page).endswith(repr(twin(page, widget)).split(": ", 1)[1])


def test_an_architecture_with_less_shared_memory_takes_what_it_has(page):
    widget = OccupancyCalculator(128, shared=200)
    render(page, "occupancy", widget)
    page.get_by_role("radio", name="7.5").check(force=True)
    assert page.evaluate("model.get('shared')") == 64
    assert sentence(page).endswith(repr(twin(page, widget)).split(": ", 1)[1])


def test_addresses_agree(page):
    cases = [(s, o, w) for s in range(33) for o in (0, 1, 7, 8, 31) for w in (1, 2, 4, 8, 16)]
    run = "(s, o, w) => [address.strided(s, o, w), address.describe(address.strided(s, o, w), w)]"
    run = run.replace("address.", "widgets.address.")
    for case, (addresses, told) in zip(cases, each(page, run, cases), strict=True):
        assert tuple(addresses) == strided(*case)
        assert repr(AddressMap(*case)).endswith(f": {told}")


def test_banks_agree(page):
    cases = [(along, padding) for along in ("row", "column") for padding in range(9)]
    run = "(a, p) => widgets.banks.describe(widgets.banks.lanesBanks(a, p))"
    for (along, padding), told in zip(cases, each(page, run, cases), strict=True):
        assert repr(BankExplorer(padding, along)).endswith(told)


def test_occupancies_agree(page):
    chance = random.Random(3)
    cases = []
    for _ in range(400):
        capability = chance.choice(capabilities())
        most = sm_limits(capability).shared_bytes_per_block
        case = chance.randrange(1, 1025), chance.randrange(1, 256), chance.randrange(most + 1)
        cases.append((capability, *case))
    limits = OccupancyCalculator().limits
    run = """(sm, ...asked) => {
      const found = widgets.occupancy.occupancy(sm, ...asked);
      return [found.blocks, found.limits, widgets.occupancy.describe(sm, found)];
    }"""
    made = each(page, run, [(limits[capability], *asked) for capability, *asked in cases])
    for (capability, *asked), answer in zip(cases, made, strict=True):
        found = occupancy(*asked, capability)
        assert answer == [found.blocks, dict(found.limits), repr(found)]
    assert KIB == 1024


def test_rates_and_roofs_agree(page):
    values = [m * 10.0**e for m in (1, 1.005, 3.14159, 9.995, 99.96, 512.4) for e in range(9, 17)]
    printed = each(page, "x => widgets.roofline.rate(x, 'FLOP/s')", [[v] for v in values])
    assert printed == [show(v, "FLOP/s") for v in values]
    widget = RooflineExplorer(own=OWN)
    run = """(rates, kind, step) =>
      widgets.roofline.describe(widgets.roofline.roofOf(rates, kind), 2 ** (step / 8))"""
    cases = [(n, k) for n, rates in widget.machines.items() for k in rates if k != "bytes"]
    steps = [(i * 7) % 129 - 32 for i in range(len(cases))]
    made = each(
        page, run, [(widget.machines[n], k, s) for (n, k), s in zip(cases, steps, strict=True)]
    )
    for (name, kind), step, told in zip(cases, steps, made, strict=True):
        widget.machine = name
        widget.arithmetic, widget.step = kind, step
        assert repr(widget).endswith(told)
