"""A check of an order of passes runs it, and says what is no order, and who waits or keeps much."""

import pytest

from dlcourse.course.check import CheckFailed, Complaint, check
from dlcourse.course.pipeline_check import holds_at_most, seconds_in_pipeline
from dlcourse.plan.schedules import gpipe, one_f_one_b
from dlcourse.plan.simulate import simulate


def named(make):
    return lambda stage, stages, micro_batches: list(
        map(repr, make(stages, micro_batches).orders[stage])
    )


@pytest.mark.parametrize("make", [gpipe, one_f_one_b])
@pytest.mark.parametrize("size", [(1, 1), (2, 5), (4, 3)])
def test_an_order_takes_as_long_as_its_schedule(make, size):
    assert seconds_in_pipeline(named(make), *size) == simulate(make(*size)).seconds


def test_what_a_stage_holds_is_limited():
    few = holds_at_most(lambda stage, stages, micro_batches: stages - stage)
    assert few(named(one_f_one_b), 3, 8) == ""
    words = "It is right, but stage 0 holds the activations of 8 micro-batches where 3 are enough."
    assert few(named(gpipe), 3, 8) == words


BROKEN = {
    "Stage 0 never does BW0.": ["F0"],
    "Stage 0: F0 is done twice.": ["F0", "F0", "BW0"],
    "Stage 0: F1 is no pass of this schedule.": ["F0", "BW0", "F1"],
    "Stage 0 has 'B0': a pass is called F0 or BW0, say.": ["F0", "B0"],
    "Stage 0 has ('F', 0): a pass is called F0 or BW0, say.": [("F", 0)],
    "Stage 0 has 'F': a pass is called F0 or BW0, say.": ["F"],
    "Stage 0 should get a list such as ['F0', 'BW0']; it gets 7, a whole number.": 7,
    "Stage 0 should get a list such as ['F0', 'BW0']; it gets 'F0 BW0', a str.": "F0 BW0",
}


@pytest.mark.parametrize("words", BROKEN)
def test_what_is_no_order_is_said(words):
    with pytest.raises(Complaint) as complaint:
        seconds_in_pipeline(lambda *_: BROKEN[words], 1, 1)
    assert str(complaint.value) == words


def test_a_circle_of_waiting_stages_is_named():
    def first_stage_last(stage, stages, micro_batches):
        return ["F0", "F1", "BW0", "BW1"] if stage else ["F0", "BW0", "F1", "BW1"]

    with pytest.raises(Complaint, match="BW0 of stage 0 for BW0 of stage 1"):
        seconds_in_pipeline(first_stage_last, 2, 2)


def test_what_the_stages_do_is_shown_for_the_input_that_fails(capsys):
    with pytest.raises(CheckFailed, match="It should return 9; yours returns None"):
        check(lambda *_: None, lambda *_: 9.0, [(2, 2)], through=seconds_in_pipeline)
    with pytest.raises(CheckFailed, match="It should return 8; yours returns 9"):
        check(named(gpipe), lambda *_: 8.0, [(2, 2)], through=seconds_in_pipeline)
    with pytest.raises(CheckFailed, match="Stage 1 never does F0"):
        check(
            lambda stage, *_: [] if stage else ("F0", "BW0"),
            lambda *_: 9.0,
            [(2, 1)],
            through=seconds_in_pipeline,
        )
    assert capsys.readouterr().out.splitlines() == [
        "stage 0: F0  F1  .   .   .   BW0     BW1",
        "stage 1: .   F0  F1  BW0     BW1     .   .",
        "stage 0: F0 BW0",
        "stage 1:",
    ]
