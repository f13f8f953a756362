"""An event simulator of pipeline schedules: when does each pass begin and end?

Not modelled: that sending takes a stage's time or a link's bandwidth, that passes of one kind
differ from micro-batch to micro-batch, the optimiser's step, and the sums over replicas.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from dlcourse.plan.schedules import Pass, Schedule
from dlcourse.units import show


@dataclass(frozen=True)
class Times:
    """How long a stage's passes take, in seconds, for one micro-batch and all its chunks together.

    Args:
        forward: T_F; one number, or one a stage.
        input_gradient: T_B, likewise.
        weight_gradient: T_W, likewise.
        comm: T_comm, from the end of a pass to when another stage has its result.

    Raises:
        ValueError: for a time below zero, and if no pass takes any.

    >>> Times(1.0, 1.0, 1.0).comm
    0.0
    """

    forward: float | tuple[float, ...] = 1.0
    input_gradient: float | tuple[float, ...] = 1.0
    weight_gradient: float | tuple[float, ...] = 1.0
    comm: float = 0.0

    def __post_init__(self):
        for name, value in vars(self).items():
            if not (np.isfinite(value).all() and np.min(value) >= 0):
                raise ValueError(f"{name}={value}: times are 0 or more seconds")
        if not max(map(np.max, (self.forward, self.input_gradient, self.weight_gradient))):
            raise ValueError("all passes take 0 seconds: give at least one of them a time")

    def table(self, stages):
        """Seconds of each kind of pass on each stage.

        Args:
            stages: how many.

        Returns:
            dict kind -> list of `stages` numbers.
        """
        forward, b, w = (
            self._spread(name, stages) for name in ("forward", "input_gradient", "weight_gradient")
        )
        return {"F": forward, "B": b, "W": w, "BW": [x + y for x, y in zip(b, w, strict=True)]}

    def _spread(self, name, stages):
        value = getattr(self, name)
        if np.ndim(value) == 0:
            return [float(value)] * stages
        if len(value) != stages:
            raise ValueError(f"{name} has {len(value)} times: give one, or one for {stages} stages")
        return [float(v) for v in value]


class Span(NamedTuple):
    """A pass with its time."""

    stage: int
    step: Pass
    start: float
    end: float


@dataclass(frozen=True)
class Simulated:
    """A schedule that has been run.

    Attributes:
        schedule: Schedule.
        times: Times.
        spans: for each stage, its passes with their times, in order.
    """

    schedule: Schedule
    times: Times
    spans: tuple[tuple[Span, ...], ...]

    @cached_property
    def seconds(self):
        """From the first pass's begin to the last one's end."""
        return max(row[-1].end for row in self.spans)

    @cached_property
    def cost(self):
        """Seconds that the longest busy stage takes from its first pass to its last."""
        return max(row[-1].end - row[0].start for row in self.spans)

    @cached_property
    def work(self):
        """Seconds of passes on the stage that has most of them."""
        return max(sum(span.end - span.start for span in row) for row in self.spans)

    @cached_property
    def bubble(self):
        """Seconds of `cost` in which that much work would not have been needed."""
        waited = self.cost - self.work
        return waited if waited > 1e-12 * self.cost else 0.0  # rounding is no bubble

    @property
    def bubble_rate(self):
        """The bubble's share of `cost`.

        Source: Qi et al. (2024), section 4.3, https://arxiv.org/abs/2401.10241
        """
        return self.bubble / self.cost

    def __repr__(self):
        return f"{self.schedule.title}: {show(self.seconds, 's')}, bubble {self.bubble_rate:.2%}"


def simulate(schedule, times=None):
    """Run a schedule on a clock: every stage does its next pass as soon as it can.

    A pass waits for the one before it on its stage, for the same micro-batch's result from the
    neighbouring part of the model, and, if that stands on another stage, T_comm longer.

    Args:
        schedule: Schedule.
        times: Times; one second each, and no time for messages, if left out.

    Returns:
        Simulated.

    Raises:
        ValueError: if stages wait for each other for ever.

    >>> from dlcourse.plan.schedules import one_f_one_b, zero_bubble
    >>> simulate(one_f_one_b(4, 8))
    1F1B, 4 stages, 8 micro-batches: 33 s, bubble 27.27%
    >>> simulate(zero_bubble(4, 8))
    ZB-H1, 4 stages, 8 micro-batches: 27 s, bubble 11.11%
    """
    run = _Run(schedule, times or Times())
    while sum(run.advance(stage) for stage in range(schedule.stages)):
        pass
    if not run.finished:
        raise ValueError(run.deadlock())
    return Simulated(schedule, run.times, tuple(map(tuple, run.rows)))


class _Run:
    """A schedule under way: which passes have got their times, and which results are when there."""

    def __init__(self, schedule, times):
        self.schedule, self.times = schedule, times
        self.parts = schedule.stages * schedule.chunks
        self.seconds = times.table(schedule.stages)
        self.comm = times.comm if schedule.stages > 1 else 0.0
        self.ends = {}  # (F or B, micro-batch, part of the model) -> when it was done
        self.rows = [[] for _ in range(schedule.stages)]

    @property
    def finished(self):
        return all(map(self._done, range(self.schedule.stages)))

    def _done(self, stage):
        return len(self.rows[stage]) == len(self.schedule.orders[stage])

    def advance(self, stage):
        """Give times to a stage's next passes, as far as what they need is known; how many?"""
        row, order = self.rows[stage], self.schedule.orders[stage]
        before = len(row)
        for place in range(before, len(order)):
            step = order[place]
            needs = self._needs(stage, step)
            if needs and needs not in self.ends:
                break
            ready = self.ends[needs] + self.comm if needs else 0.0
            start = max(ready, row[-1].end if row else 0.0)
            end = start + self.seconds[step.kind][stage] / self.schedule.chunks
            row.append(Span(stage, step, start, end))
            if step.kind != "W":
                self.ends[step.kind[0], step.micro, self._part(stage, step)] = end
        return len(row) - before

    def _part(self, stage, step):
        return step.chunk * self.schedule.stages + stage

    def _needs(self, stage, step):
        """The key of the result of another part that a pass needs, or None."""
        part = self._part(stage, step)
        if step.kind == "F" and part > 0:
            return "F", step.micro, part - 1
        if step.kind in ("B", "BW") and part < self.parts - 1:
            return "B", step.micro, part + 1
        return None

    def deadlock(self):
        """Say who waits for whom."""
        waits = []
        for stage, (row, order) in enumerate(zip(self.rows, self.schedule.orders, strict=True)):
            if self._done(stage):
                continue
            kind, micro, part = self._needs(stage, order[len(row)])
            chunk, source = divmod(part, self.schedule.stages)
            needed = f"{Pass(kind, micro, chunk)} of stage {source}"
            waits.append(f"{order[len(row)]} of stage {stage} for {needed}")
        return f"{self.schedule.name}: passes wait for each other for ever: {'; '.join(waits)}"
