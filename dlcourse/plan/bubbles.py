"""Closed forms of a pipeline's bubble: the seconds in which a stage waits, where they are exact."""

from dlcourse.plan.schedules import NAMES


def bubble_seconds(schedule, times):
    """Say by a formula how long a batch takes beyond its passes; T = T_F + T_B + T_W.

    GPipe and 1F1B: (p - 1) T. Interleaved: (p - 1) T / v. ZB-H1: (p - 1) (T_F + T_B - T_W), or
    with m < p micro-batches (m + p - 1) (T_F + T_B) + T_W - m T.

    Args:
        schedule: Schedule of one of these four kinds; p stages, m micro-batches, v chunks.
        times: Times, the same for all stages.

    Returns:
        float, in seconds: of (m T + it) it is the bubble.

    Raises:
        ValueError: where no formula is exact: other schedules, T_comm above zero, stages that
            differ, and ZB-H1 with a T_W longer than T_F or T_B.

    Sources: https://arxiv.org/abs/2104.04473, section 2.2; https://arxiv.org/abs/2401.10241,
    table 1 and appendix.

    >>> from dlcourse.plan.schedules import one_f_one_b, zero_bubble
    >>> from dlcourse.plan.simulate import Times
    >>> bubble_seconds(one_f_one_b(4, 8), Times()), bubble_seconds(zero_bubble(4, 8), Times())
    (9.0, 3.0)
    """
    forward, b, w = _plain(schedule, times)
    p, m = schedule.stages, schedule.micro_batches
    if schedule.name != "ZB-H1":
        return (p - 1) * (forward + b + w) / schedule.chunks
    if m < p:
        return (m + p - 1) * (forward + b) + w - m * (forward + b + w)
    return (p - 1) * (forward + b - w)


def _plain(schedule, times):
    """The three times, where the formulas hold."""
    if schedule.name not in NAMES:
        raise ValueError(f"{schedule.name!r} has no closed form: those of {', '.join(NAMES)} have")
    three = times.forward, times.input_gradient, times.weight_gradient
    if times.comm or not all(isinstance(t, int | float) for t in three):
        raise ValueError("the formulas know no T_comm and no uneven stages: simulate the schedule")
    if schedule.name == "ZB-H1" and three[2] > min(three[:2]):
        raise ValueError(
            f"T_W={three[2]} is longer than T_F={three[0]} or T_B={three[1]}: ZB-H1 has no formula "
            "then, simulate it"
        )
    return three
