"""Schedules of a pipeline as plain data: in which order each stage does its passes.

A model is cut into `stages` × `chunks` parts; part g stands on stage g mod `stages`, as its chunk
g // `stages`. A batch is cut into micro-batches. For each of them a stage does for each chunk

    F   forward,
    B   the backward pass that gives the gradient of the chunk's input,
    W   the one that gives the gradients of its weights,
    BW  both at once, as autograd does.

A schedule says in which order, and nothing of time: `dlcourse.plan.simulate` runs it on a clock,
`dlcourse.parallel.pipeline` on ranks.
"""

from dataclasses import dataclass
from typing import NamedTuple

KINDS = ("F", "B", "W", "BW")
NAMES = ("GPipe", "1F1B", "interleaved 1F1B", "ZB-H1")
EARLIER = {"F": None, "B": "F", "BW": "F", "W": "B"}  # what a stage must have done before


class Pass(NamedTuple):
    """One pass of one micro-batch through one chunk of a stage.

    >>> Pass("F", micro=3)
    F3
    >>> Pass("B", micro=3, chunk=1)
    B3.1
    """

    kind: str
    micro: int
    chunk: int = 0

    def __repr__(self):
        return f"{self.kind}{self.micro}" + (f".{self.chunk}" if self.chunk else "")


@dataclass(frozen=True)
class Schedule:
    """Which stage does which passes in which order.

    Args:
        name: such as "1F1B".
        micro_batches: how many a batch is cut into.
        orders: for each stage, its passes in order.
        chunks: parts of the model on each stage.

    Raises:
        ValueError: if a stage doesn't do each forward and each backward pass once.

    >>> Schedule("by hand", 1, ((Pass("F", 0), Pass("BW", 0)),))
    by hand, 1 stage, 1 micro-batch
    stage 0: F0 BW0
    """

    name: str
    micro_batches: int
    orders: tuple[tuple[Pass, ...], ...]
    chunks: int = 1

    def __post_init__(self):
        for stage, order in enumerate(self.orders):
            _check(stage, order, self.micro_batches, self.chunks)

    @property
    def stages(self):
        """Number of stages."""
        return len(self.orders)

    @property
    def title(self):
        """The schedule in words.

        >>> interleaved(2, 4, chunks=3).title
        'interleaved 1F1B, 2 stages of 3 chunks, 4 micro-batches'
        """
        stages = _count(self.stages, "stage") + (f" of {self.chunks} chunks" * (self.chunks > 1))
        return f"{self.name}, {stages}, {_count(self.micro_batches, 'micro-batch', 'es')}"

    def __repr__(self):
        rows = [f"stage {i}: {' '.join(map(repr, row))}" for i, row in enumerate(self.orders)]
        return "\n".join([self.title, *rows])


def gpipe(stages, micro_batches):
    """All forwards, then all backwards: the simplest, but every micro-batch waits in memory.

    Args:
        stages: how many.
        micro_batches: how many.

    Returns:
        Schedule.

    Source: Huang et al., "GPipe" (2019), https://arxiv.org/abs/1811.06965

    >>> gpipe(2, 2)
    GPipe, 2 stages, 2 micro-batches
    stage 0: F0 F1 BW0 BW1
    stage 1: F0 F1 BW0 BW1
    """
    _positive(stages=stages, micro_batches=micro_batches)
    order = tuple(Pass(kind, i) for kind in ("F", "BW") for i in range(micro_batches))
    return Schedule("GPipe", micro_batches, (order,) * stages)


def one_f_one_b(stages, micro_batches):
    """One forward, one backward: as quick as GPipe, with at most `stages` micro-batches in memory.

    Args:
        stages: how many.
        micro_batches: how many.

    Returns:
        Schedule.

    Source: Narayanan et al., "PipeDream" (2019), https://arxiv.org/abs/1806.03377; with a flush
    at each batch's end: https://arxiv.org/abs/2104.04473, section 2.2.

    >>> one_f_one_b(2, 3)
    1F1B, 2 stages, 3 micro-batches
    stage 0: F0 F1 BW0 F2 BW1 BW2
    stage 1: F0 BW0 F1 BW1 F2 BW2
    """
    _positive(stages=stages, micro_batches=micro_batches)
    forwards = [Pass("F", i) for i in range(micro_batches)]
    backwards = [Pass("BW", i) for i in range(micro_batches)]
    orders = (_alternate(forwards, backwards, stages - stage - 1) for stage in range(stages))
    return Schedule("1F1B", micro_batches, tuple(orders))


def interleaved(stages, micro_batches, chunks=2):
    """1F1B with several chunks a stage: a shorter way in and out, for more messages.

    Args:
        stages: how many.
        micro_batches: how many, a multiple of `stages`.
        chunks: parts of the model on each stage.

    Returns:
        Schedule.

    Raises:
        ValueError: if `micro_batches` is no multiple of `stages`.

    Source: Narayanan et al. (2021), https://arxiv.org/abs/2104.04473, section 2.2.

    >>> interleaved(2, 2)
    interleaved 1F1B, 2 stages of 2 chunks, 2 micro-batches
    stage 0: F0 F1 F0.1 F1.1 BW0.1 BW1.1 BW0 BW1
    stage 1: F0 F1 F0.1 BW0.1 F1.1 BW1.1 BW0 BW1
    """
    _positive(stages=stages, micro_batches=micro_batches, chunks=chunks)
    if micro_batches % stages:
        raise ValueError(
            f"micro_batches={micro_batches}: interleaving takes a multiple of stages={stages}"
        )
    groups = [range(i, i + stages) for i in range(0, micro_batches, stages)]
    down = [(i, chunk) for group in groups for chunk in range(chunks) for i in group]
    up = [(i, chunks - 1 - chunk) for i, chunk in down]
    forwards, backwards = [Pass("F", *at) for at in down], [Pass("BW", *at) for at in up]
    ahead = [2 * (stages - stage - 1) + (chunks - 1) * stages for stage in range(stages)]
    orders = tuple(_alternate(forwards, backwards, warm_up) for warm_up in ahead)
    return Schedule("interleaved 1F1B", micro_batches, orders, chunks)


def zero_bubble(stages, micro_batches):
    """ZB-H1: 1F1B with the weights' gradients put off, to fill the time of waiting.

    Stage s keeps s of its W passes for later, so all stages need the memory of 1F1B's first.

    Args:
        stages: how many.
        micro_batches: how many.

    Returns:
        Schedule.

    Source: Qi et al., "Zero Bubble Pipeline Parallelism" (2024), https://arxiv.org/abs/2401.10241

    >>> zero_bubble(2, 3)
    ZB-H1, 2 stages, 3 micro-batches
    stage 0: F0 F1 B0 W0 F2 B1 W1 B2 W2
    stage 1: F0 B0 F1 B1 W0 F2 B2 W1 W2
    """
    orders = []
    for stage, order in enumerate(one_f_one_b(stages, micro_batches).orders):
        passes = []
        for step in order:
            if step.kind == "F":
                passes.append(step)
                continue
            passes.append(Pass("B", step.micro))
            if step.micro >= stage:
                passes.append(Pass("W", step.micro - stage))
        late = range(max(micro_batches - stage, 0), micro_batches)
        orders.append((*passes, *(Pass("W", i) for i in late)))
    return Schedule("ZB-H1", micro_batches, tuple(orders))


def schedule(name, stages, micro_batches, chunks=2):
    """Make a schedule by its name.

    Args:
        name: one of NAMES.
        stages, micro_batches: how many.
        chunks: of each stage; only interleaving has more than one.

    Returns:
        Schedule.

    Raises:
        ValueError: for another name, and as the schedule's own function.

    >>> schedule("1F1B", 4, 8) == one_f_one_b(4, 8)
    True
    """
    if name == "interleaved 1F1B":
        return interleaved(stages, micro_batches, chunks)
    plain = {"GPipe": gpipe, "1F1B": one_f_one_b, "ZB-H1": zero_bubble}
    if name not in plain:
        raise ValueError(f"{name!r} is no schedule: there are {', '.join(NAMES)}")
    return plain[name](stages, micro_batches)


def _alternate(forwards, backwards, warm_up):
    """Some forwards, then one forward and one backward by turns, then the other backwards."""
    warm_up = min(warm_up, len(forwards))
    order = forwards[:warm_up]
    for i, backward in enumerate(backwards):
        order += [*forwards[warm_up + i : warm_up + i + 1], backward]
    return tuple(order)


def _check(stage, order, micro_batches, chunks):
    """Each forward once, then its backward once, whole or in two halves."""
    asked = {(i, chunk) for i in range(micro_batches) for chunk in range(chunks)}
    done = {"F": [], "B": [], "W": []}
    for kind, micro, chunk in order:
        if kind not in KINDS:
            raise ValueError(f"stage {stage} has {kind!r}: a pass is one of {', '.join(KINDS)}")
        for half in kind:
            done[half].append((micro, chunk))
    for half, found in done.items():
        if len(found) != len(asked) or {*found} != asked:
            raise ValueError(_missing(stage, half, found, asked))
    place = {step: i for i, step in enumerate(order)}
    for step in order:
        before = EARLIER[step.kind] and step._replace(kind=EARLIER[step.kind])
        if before and place[before] > place[step]:
            raise ValueError(f"stage {stage} does {step} before {before}")


def _missing(stage, half, found, asked):
    twice = sorted({at for at in found if found.count(at) > 1})
    strange, left_out = sorted({*found} - asked), sorted(asked - {*found})
    for at, what in ((strange, "no pass of this schedule"), (twice, "done twice")):
        if at:
            return f"stage {stage}: {Pass(half, *at[0])} is {what}"
    return f"stage {stage} never does {Pass(half, *left_out[0])}"


def _positive(**counts):
    for name, count in counts.items():
        if count < 1:
            raise ValueError(f"{name}={count}: give 1 or more")


def _count(number, noun, plural="s"):
    return f"{number} {noun}{plural * (number != 1)}"
