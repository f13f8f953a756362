"""The pipeline schedule explorer without a browser."""

import json

import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.draw.schedule import show_schedule
from dlcourse.plan.schedules import NAMES, schedule
from dlcourse.plan.simulate import Times, simulate
from dlcourse.widgets.pipeline import PipelineExplorer

VIEW = "application/vnd.jupyter.widget-view+json"


@given(st.sampled_from(NAMES), st.integers(1, 8), st.integers(1, 4), st.integers(0, 20))
def test_it_draws_its_plain_twin(name, stages, rounds, t_comm):
    count = stages * rounds if name.startswith("inter") else rounds
    explorer = PipelineExplorer(name, stages, min(count, 16), t_comm)
    expected = schedule(name, stages, explorer.simulated.schedule.micro_batches)
    twin = show_schedule(simulate(expected, Times(0.01, 0.01, 0.01, t_comm * 1e-3)))
    assert explorer.still() == twin
    assert repr(explorer) == f"PipelineExplorer: {twin!r}"


def test_interleaving_takes_the_next_multiple_of_the_stages():
    explorer = PipelineExplorer("interleaved 1F1B", stages=3, micro_batches=7)
    assert "3 stages of 2 chunks, 9 micro-batches" in repr(explorer)
    explorer.name = "GPipe"
    assert "3 stages, 7 micro-batches" in repr(explorer)


def test_two_alike_say_and_show_the_same():
    first, second = (PipelineExplorer("ZB-H1")._repr_mimebundle_()[0] for _ in range(2))
    assert first.pop(VIEW) != second.pop(VIEW)
    assert first == second and first["image/svg+xml"].startswith("<svg")


def test_state_crosses_to_the_browser_as_json_and_back():
    explorer, twin = PipelineExplorer("GPipe", 3, 5, 7), PipelineExplorer()
    twin.set_state(json.loads(json.dumps(explorer.get_state())))
    assert repr(twin) == repr(explorer)


@pytest.mark.parametrize(
    "wrong", [{"name": "2F2B"}, {"stages": 0}, {"stages": 9}, {"micro_batches": 17}, {"t_comm": -1}]
)
def test_what_it_does_not_offer_is_refused(wrong):
    with pytest.raises(traitlets.TraitError, match=next(iter(wrong))):
        PipelineExplorer(**wrong)
    explorer = PipelineExplorer()
    with pytest.raises(traitlets.TraitError):
        explorer.set_trait(*next(iter(wrong.items())))
    assert repr(explorer) == repr(PipelineExplorer())  # nothing is lost
