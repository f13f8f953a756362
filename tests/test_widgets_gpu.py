"""The widgets of lesson 03 without a browser."""

import json

import pytest
import traitlets
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.draw.banks import show_banks
from dlcourse.draw.sectors import show_sectors
from dlcourse.gpu.access import WIDTHS, strided
from dlcourse.gpu.occupancy import capabilities, occupancy
from dlcourse.gpu.roofline import Roof, gpu_roof
from dlcourse.hardware.gpus import gpus
from dlcourse.widgets.address import AddressMap
from dlcourse.widgets.banks import BankExplorer
from dlcourse.widgets.occupancy import OccupancyCalculator
from dlcourse.widgets.roofline import RooflineExplorer

OWN = Roof("this machine", 1e11, 2e10)
MAKERS = {
    "address": lambda: AddressMap(3, 5, 8),
    "banks": lambda: BankExplorer(2, "column"),
    "occupancy": lambda: OccupancyCalculator(512, 40, 12, "8.6"),
    "roofline": lambda: RooflineExplorer("RTX 4090", "fp16", 8, OWN),
}
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(params=MAKERS.values(), ids=MAKERS)
def make(request):
    return request.param


def bundle(widget):
    return widget._repr_mimebundle_()[0]


def test_two_alike_say_and_show_the_same(make):
    first, second = bundle(make()), bundle(make())
    assert first.pop(VIEW) != second.pop(VIEW)
    assert first == second and "0x" not in first["text/plain"]
    assert first["image/svg+xml"].startswith("<svg")


def test_state_crosses_to_the_browser_as_json_and_back(make):
    widget, twin = make(), make()
    twin.set_state(json.loads(json.dumps(widget.get_state())))
    assert repr(twin) == repr(widget)


@settings(max_examples=20)
@given(st.integers(0, 32), st.integers(0, 32), st.sampled_from(WIDTHS))
def test_the_address_map_draws_its_plain_twin(stride, offset, width):
    widget = AddressMap(stride, offset, width)
    assert widget.still() == show_sectors(strided(stride, offset, width), width)


@pytest.mark.parametrize(("padding", "wavefronts"), [*enumerate((32, 1, 2, 1, 4, 1, 2, 1, 8))])
def test_odd_padding_removes_every_conflict_of_a_column(padding, wavefronts):
    widget = BankExplorer(padding)
    assert f": {wavefronts} wavefront" in repr(widget)
    assert widget.still() == show_banks(strided(32 + padding), array="the tile")
    widget.along = "row"
    assert "1 wavefront, no conflict" in repr(widget)


@settings(max_examples=20)
@given(st.integers(1, 32), st.integers(1, 255), st.integers(0, 64), st.sampled_from(capabilities()))
def test_the_calculator_says_what_the_library_says(warps, registers, shared, capability):
    widget = OccupancyCalculator(32 * warps, registers, shared, capability)
    assert widget.found == occupancy(32 * warps, registers, shared * 1024, capability)
    assert repr(widget).endswith(repr(widget.found))


def test_shared_memory_stays_within_a_smaller_architecture():
    widget = OccupancyCalculator(256, shared=200)
    widget.compute_capability = "7.5"
    assert widget.shared == 64


def test_the_explorer_knows_every_gpu_and_falls_back_to_arithmetic_it_has():
    widget = RooflineExplorer("H100 SXM", "fp8")
    for found in gpus():
        widget.machine = found.name
        roof = widget.roof(found.name)
        assert (roof.flop_per_s, roof.bytes_per_s) == (
            found.fp32_flop_per_s,
            found.memory_bytes_per_s,
        )
    assert widget.arithmetic == "fp32"  # the first one has no fp8
    assert widget.intensity == 0.25


def test_your_own_machine_stands_beside_the_chosen_one():
    widget = RooflineExplorer("H100 SXM", intensity=5, own=OWN)
    assert f"{gpu_roof('H100 SXM')!r}; {OWN!r}; here" in repr(widget.still())
    widget.machine = OWN.name
    assert repr(widget.still()).startswith(f"{OWN!r}; here, 5.19 FLOP/B: 100 GFLOP/s")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: AddressMap(stride=33), "33"),
        (lambda: AddressMap(offset=-1), "-1"),
        (lambda: AddressMap(width=3), "3"),
        (lambda: BankExplorer(9), "9"),
        (lambda: BankExplorer(along="diagonal"), "diagonal"),
        (lambda: OccupancyCalculator(100), "multiple of 32"),
        (lambda: OccupancyCalculator(registers=256), "256"),
        (lambda: OccupancyCalculator(shared=100, compute_capability="7.5"), "takes 0 to 64 KiB"),
        (lambda: OccupancyCalculator(compute_capability="3.5"), "3.5"),
        (lambda: RooflineExplorer("H100"), "choose one of"),
        (lambda: RooflineExplorer("V100 SXM2", "fp8"), "has fp32, fp16"),
        (lambda: RooflineExplorer(intensity=0), "above zero"),
        (lambda: RooflineExplorer(intensity=1e6), "step"),
    ],
)
def test_what_is_out_of_range_is_refused(make, told):
    with pytest.raises(traitlets.TraitError, match=told):
        make()


def test_a_refused_change_loses_nothing(make):
    widget = make()
    before = repr(widget)
    for name in widget.trait_names(sync=True):
        if not name.startswith("_") and isinstance(getattr(widget, name), int):
            with pytest.raises(traitlets.TraitError):
                setattr(widget, name, "no number")
    assert repr(widget) == before
