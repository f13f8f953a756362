"""Check a student's order of passes: run it on the simulator, and look at what it holds."""

import re
from collections.abc import Iterable

from dlcourse.course.answers import kind, text
from dlcourse.course.check import Complaint
from dlcourse.plan.memory import peak_memory
from dlcourse.plan.schedules import Pass, Schedule
from dlcourse.plan.simulate import simulate


def seconds_in_pipeline(order, stages, micro_batches):
    """Ask for every stage's order of passes, and run them: F takes 1 s, BW 2 s.

    Args:
        order: function (stage, stages, micro_batches) -> list such as ["F0", "BW0"].
        stages, micro_batches: how many.

    Returns:
        float, seconds until the last stage is done; None if all orders are None.

    Raises:
        Complaint: for what is no order, and if stages wait for each other for ever.

    >>> seconds_in_pipeline(lambda stage, stages, micro_batches: ["F0", "BW0"], 3, 1)
    stage 0: F0  .   .   .   .   .   .   BW0
    stage 1: .   F0  .   .   .   BW0     .   .
    stage 2: .   .   F0  BW0     .   .   .   .
    9.0
    """
    orders = _orders(order, stages, micro_batches)
    if all(passes is None for passes in orders):
        return None
    try:
        simulated = _simulated(orders, micro_batches)
    except Complaint:
        _show(_as_written(orders))
        raise
    _show(_second_by_second(simulated))
    return simulated.seconds


def holds_at_most(limit):
    """Make an `also` for `check` that limits the micro-batches whose activations a stage keeps.

    Args:
        limit: limit(stage, stages, micro_batches) -> the most that are needed.

    Returns:
        Function (order, stages, micro_batches) -> a sentence, or "".

    >>> def gpipe(stage, stages, micro_batches):
    ...     return [f"{kind}{i}" for kind in ("F", "BW") for i in range(micro_batches)]
    >>> holds_at_most(lambda stage, stages, micro_batches: stages - stage)(gpipe, 2, 3)
    'It is right, but stage 0 holds the activations of 3 micro-batches where 2 are enough.'
    """

    def also(order, stages, micro_batches):
        simulated = _simulated(_orders(order, stages, micro_batches), micro_batches)
        for stage, most in enumerate(peak_memory(simulated)):
            enough = limit(stage, stages, micro_batches)
            if most > enough:
                holds = f"stage {stage} holds the activations of {most:.0f} micro-batches"
                suffice = f"{enough} {'is' if enough == 1 else 'are'} enough"
                return f"It is right, but {holds} where {suffice}."
        return ""

    return also


def _orders(order, stages, micro_batches):
    return [order(stage, stages, micro_batches) for stage in range(stages)]


def _show(lines):
    for stage, line in enumerate(lines):
        print(f"stage {stage}: {line}".rstrip())


def _as_written(orders):
    for passes in orders:
        yield " ".join(map(str, passes)) if isinstance(passes, list | tuple) else text(passes)


def _second_by_second(simulated):
    """A line for each stage: four signs a second, the pass that begins or a point for waiting."""
    for row in simulated.spans:
        names, now = [], 0
        for span in row:
            names += [".   "] * round(span.start - now)
            names.append(f"{span.step!r:{4 * round(span.end - span.start)}}")
            now = span.end
        yield "".join(names + [".   "] * round(simulated.seconds - now))


def _simulated(orders, micro_batches):
    read = (tuple(_read(stage, passes)) for stage, passes in enumerate(orders))
    try:
        return simulate(Schedule("this order", micro_batches, tuple(read)))
    except ValueError as error:
        words = re.sub(r"\bB(?=\d)", "BW", str(error))  # here the halves are never apart
        raise Complaint(f"{words[0].upper()}{words[1:]}.") from None


def _read(stage, passes):
    """Passes of their names."""
    if isinstance(passes, str) or not isinstance(passes, Iterable):
        words = f"Stage {stage} should get a list such as ['F0', 'BW0']"
        raise Complaint(f"{words}; it gets {text(passes)}, {kind(passes)}.")
    for name in passes:
        letters = str(name).rstrip("0123456789")
        if letters not in ("F", "BW") or letters == str(name):
            raise Complaint(f"Stage {stage} has {text(name)}: a pass is called F0 or BW0, say.")
        yield Pass(letters, int(str(name)[len(letters) :]))
