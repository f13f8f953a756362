"""Pipeline schedules: their order, time and memory, against closed forms and published figures."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.hardware.tables import rows
from dlcourse.plan.bubbles import bubble_seconds
from dlcourse.plan.memory import activation_memory, layer_activations, peak_memory, state_bytes
from dlcourse.plan.schedules import (
    Pass,
    Schedule,
    gpipe,
    interleaved,
    one_f_one_b,
    schedule,
    zero_bubble,
)
from dlcourse.plan.simulate import Times, simulate
from dlcourse.plan.zero_bubble import zero_bubble_rates

PLAIN = {"GPipe": gpipe, "1F1B": one_f_one_b, "ZB-H1": zero_bubble}
ticks = st.integers(1, 9)


@st.composite
def schedules(draw, kinds=(*PLAIN, "interleaved")):
    kind, stages = draw(st.sampled_from(kinds)), draw(st.integers(1, 6))
    if kind == "interleaved":
        return interleaved(stages, stages * draw(st.integers(1, 3)), draw(st.integers(1, 4)))
    return PLAIN[kind](stages, draw(st.integers(1, 12)))


@st.composite
def all_times(draw):
    return Times(draw(ticks), draw(ticks), draw(ticks), draw(st.integers(0, 9)))


@given(schedules(), all_times())
def test_every_pass_runs_once_and_waits_for_what_it_needs(schedule, times):
    done = simulate(schedule, times)
    parts = schedule.stages * schedule.chunks
    comm = times.comm if schedule.stages > 1 else 0
    ends, seconds = {}, times.table(schedule.stages)
    for span in (span for row in done.spans for span in row):
        part = span.step.chunk * schedule.stages + span.stage
        for half in span.step.kind:
            ends[half, span.step.micro, part] = span.end
        took = seconds[span.step.kind][span.stage] / schedule.chunks
        assert span.end - span.start == pytest.approx(took)
    assert len(ends) == 3 * parts * schedule.micro_batches
    for stage, row in enumerate(done.spans):
        assert [span.step for span in row] == list(schedule.orders[stage])
        before = 0.0
        for span in row:
            ready = [before, *_ready(span, ends, parts, schedule.stages, comm)]
            assert span.start == max(ready)  # neither before it can, nor later than it could
            before = span.end


def _ready(span, ends, parts, stages, comm):
    kind, micro = span.step.kind, span.step.micro
    part = span.step.chunk * stages + span.stage
    if kind == "F":
        return [ends["F", micro, part - 1] + comm] if part else []
    if kind == "W":
        return [ends["B", micro, part]]
    above = [ends["B", micro, part + 1] + comm] if part < parts - 1 else []
    return [*above, ends["F", micro, part]]


@settings(max_examples=150)
@given(schedules(), ticks, ticks, ticks)
def test_bubbles_have_their_closed_forms(schedule, forward, b, w):
    if schedule.name == "ZB-H1":
        w = min(w, forward, b)
    times = Times(forward, b, w)
    done = simulate(schedule, times)
    bubble, work = bubble_seconds(schedule, times), schedule.micro_batches * (forward + b + w)
    assert done.cost == pytest.approx(work + bubble)
    assert done.bubble_rate == pytest.approx(bubble / (work + bubble))
    if schedule.name in ("GPipe", "1F1B"):
        p, m = schedule.stages, schedule.micro_batches
        assert done.bubble_rate == pytest.approx((p - 1) / (m + p - 1))


@given(st.integers(1, 8), st.integers(1, 12), all_times())
def test_gpipe_pays_for_messages_on_the_way_in_and_out_only(stages, micro_batches, times):
    t = times.forward + times.input_gradient + times.weight_gradient
    expected = (micro_batches + stages - 1) * t + 2 * (stages - 1) * times.comm
    assert simulate(gpipe(stages, micro_batches), times).cost == expected


@given(st.integers(1, 6), st.integers(1, 12), all_times())
def test_splitting_the_backward_pass_never_takes_longer(stages, micro_batches, times):
    split = simulate(zero_bubble(stages, micro_batches), times)
    assert split.seconds <= simulate(one_f_one_b(stages, micro_batches), times).seconds


def test_equal_passes_leave_zb_h1_a_third_of_the_bubble():
    whole, split = (simulate(make(8, 24)) for make in (one_f_one_b, zero_bubble))
    assert 3 * (split.cost - split.work) == whole.cost - whole.work


def test_all_24_published_zero_bubble_rates_come_out_to_four_decimals():
    rates = zero_bubble_rates()
    assert len(rates) == 24 == len({(r.model, r.micro_batches, r.schedule) for r in rates})
    wrong = [rate for rate in rates if f"{rate.simulated:.4f}" != f"{rate.published:.4f}"]
    assert not wrong and all(rate.matches for rate in rates)


def test_the_slowest_stage_sets_the_pace():
    even = simulate(one_f_one_b(4, 100))
    uneven = simulate(one_f_one_b(4, 100), Times(forward=(1.0, 1.0, 2.0, 1.0)))
    assert uneven.work == 400 and uneven.cost > 400 > even.cost


@given(schedules(("GPipe", "1F1B", "ZB-H1")), all_times())
def test_stages_keep_as_many_micro_batches_as_the_papers_say(schedule, times):
    p, m = schedule.stages, schedule.micro_batches
    kept = {
        "GPipe": [m] * p,
        "1F1B": [min(p - stage, m) for stage in range(p)],
        "ZB-H1": [min(p, m)] * p,
    }
    assert peak_memory(simulate(schedule, times)) == kept[schedule.name]


@given(st.integers(1, 6), st.integers(2, 4), st.integers(1, 4))
def test_interleaving_keeps_more_on_the_first_stage(stages, rounds, chunks):
    first = peak_memory(simulate(interleaved(stages, stages * rounds, chunks)))[0]
    assert first == pytest.approx(stages * (1 + (stages - 1) / (stages * chunks)))


@given(schedules(), all_times(), st.floats(1, 100), st.floats(0, 1))
def test_memory_begins_and_ends_empty_and_never_exceeds_what_came(schedule, times, kept, share):
    for row in activation_memory(simulate(schedule, times), kept, kept * share):
        whens, sizes = zip(*row, strict=True)
        assert list(whens) == sorted(set(whens)) and sizes[-1] == 0
        assert min(sizes) >= 0 and max(sizes) <= kept * schedule.micro_batches * (1 + 1e-9)


def figures(*quantities):
    found = [row for row in rows("activation_memory") if row["quantity"] in quantities]
    return pytest.mark.parametrize("row", found, ids=lambda r: f"{r['model']} {r['recompute']}")


def first_stage(row, **changes):
    """Bytes of activations on the first stage of a published run: layers × waiting passes."""
    stages, chunks = row["stages"], row["chunks"]
    names = ("sequence", "micro_batch", "hidden", "heads", "tensor")
    modes = ("sequence_parallel", "recompute")
    layer = layer_activations(*(row[n] for n in names), **{n: row[n] for n in modes} | changes)
    schedule = (
        interleaved(stages, 2 * stages, chunks) if chunks > 1 else one_f_one_b(stages, stages)
    )
    return layer * row["layers"] / stages * peak_memory(simulate(schedule))[0]


@figures("activations_gib", "state_gib")
def test_published_memory_comes_out_exactly(row):
    found = first_stage(row)
    if row["quantity"] == "state_gib":
        weights = 12 * row["layers"] * row["hidden"] ** 2 / row["tensor"] / row["stages"]
        found = state_bytes(weights, gradients=4)
    assert found / 2**30 == pytest.approx(row["value"], rel=1e-12)


@figures("share_percent")
def test_published_shares_come_out_as_read_off_the_chart(row):
    whole = first_stage(row, sequence_parallel=False, recompute="none")
    assert 100 * first_stage(row) / whole == pytest.approx(row["value"], abs=0.2)


def one(*order):
    return Schedule("by hand", 1, (tuple(Pass(kind, micro) for kind, micro in order),))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: gpipe(0, 4), "stages=0: give 1 or more"),
        (lambda: zero_bubble(4, 0), "micro_batches=0"),
        (lambda: interleaved(4, 6), "micro_batches=6: .* multiple of stages=4"),
        (lambda: one(("F", 0)), "stage 0 never does B0"),
        (lambda: one(("F", 0), ("B", 0)), "stage 0 never does W0"),
        (lambda: one(("BW", 0), ("F", 0)), "stage 0 does BW0 before F0"),
        (lambda: one(("F", 0), ("W", 0), ("B", 0)), "stage 0 does W0 before B0"),
        (lambda: one(("F", 0), ("F", 0), ("BW", 0)), "F0 is done twice"),
        (lambda: one(("F", 0), ("BW", 0), ("W", 0)), "W0 is done twice"),
        (lambda: one(("F", 0), ("F", 1), ("BW", 0)), "F1 is no pass of this schedule"),
        (lambda: one(("F", 0), ("X", 0)), "'X': a pass is one of F, B, W, BW"),
        (lambda: Times(-1), "forward=-1: times are 0 or more"),
        (lambda: Times(0, 0, 0, 1), "all passes take 0 seconds"),
        (lambda: schedule("2F2B", 2, 2), "'2F2B' is no schedule: there are GPipe, 1F1B"),
        (lambda: simulate(gpipe(3, 2), Times((1.0, 2.0))), "forward has 2 times.*3 stages"),
        (lambda: bubble_seconds(gpipe(2, 2), Times(comm=1)), "simulate the schedule"),
        (lambda: bubble_seconds(zero_bubble(2, 2), Times(1, 1, 2)), "T_W=2 is longer"),
        (lambda: bubble_seconds(one(("F", 0), ("BW", 0)), Times()), "'by hand' has no closed form"),
        (lambda: layer_activations(1, 1, 1, 1, recompute="half"), "recompute='half'"),
        (lambda: state_bytes(1, stage=4), "stage=4: ZeRO has"),
        (lambda: activation_memory(simulate(gpipe(1, 1)), 1, 2), "kept_for_weights=2"),
    ],
)
def test_wrong_input_is_told_what_is_wrong(make, told):
    with pytest.raises(ValueError, match=told):
        make()


def test_a_schedule_that_waits_for_ever_is_told_who_waits_for_whom():
    orders = (tuple(Pass(*step) for step in (("F", 0), ("BW", 0), ("F", 1), ("BW", 1))),) * 2
    swapped = (orders[0], tuple(Pass(*s) for s in (("F", 1), ("BW", 1), ("F", 0), ("BW", 0))))
    assert simulate(Schedule("one by one", 2, orders)).seconds == 12
    with pytest.raises(ValueError, match="BW0 of stage 0 for B0 of stage 1; F1 of stage 1 for F1"):
        simulate(Schedule("swapped", 2, swapped))
