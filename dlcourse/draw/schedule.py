"""A pipeline schedule as a Gantt chart, one row a stage; and what its stages keep in memory."""

from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import document, element, label, number
from dlcourse.plan.memory import activation_memory, peak_memory
from dlcourse.units import show

WIDTH, LEFT, RIGHT, TOP = 820, 70, 24, 46  # fits a notebook beside Jupyter's file list
STAGES, PASSES = 64, 4000  # that can still be told apart, and stored
BACKWARD = "#f6c37a"
KINDS = {  # fill and meaning
    "F": ("#9fd3f0", "F forward"),
    "BW": (BACKWARD, "backward, both gradients"),
    "B": (BACKWARD, "B gradient of the input"),
    "W": ("#7fcbb1", "W gradient of the weights"),
}


def show_schedule(simulated):
    """Draw which stage does what when; numbers are micro-batches, paler boxes later chunks.

    Args:
        simulated: Simulated of at most 64 stages and 4000 passes.

    Returns:
        Drawing.

    Raises:
        ValueError: if there is more than a reader could tell apart.

    >>> from dlcourse.plan.schedules import zero_bubble
    >>> from dlcourse.plan.simulate import simulate
    >>> show_schedule(simulate(zero_bubble(4, 8)))
    ZB-H1, 4 stages, 8 micro-batches: 27 s, bubble 11.11 %, 3 s; each stage keeps at most 4 \
micro-batches
    """
    _check(simulated)
    row, x = _row(simulated), _scale(simulated)
    bottom = TOP + row * simulated.schedule.stages
    parts = _ground(simulated, row) + _axis(simulated, x, bottom)
    kinds = dict.fromkeys((span.step.kind, span.step.chunk) for span in _spans(simulated))
    parts += [_boxes(simulated, *kind, x, row) for kind in kinds]
    parts += _numbers(simulated, x, row)
    parts += _legend([kind for kind in KINDS if any(kind == k for k, _ in kinds)])
    return document(WIDTH, bottom + 30, parts, _words(simulated))


def show_memory(simulated, kept=None, kept_for_weights=None):
    """Draw how much each stage keeps for its backward passes, on the time axis of the chart.

    Args:
        simulated: Simulated of at most 64 stages and 4000 passes.
        kept: bytes kept of one micro-batch; if left out, micro-batches are counted.
        kept_for_weights: those of them that W needs; all if left out.

    Returns:
        Drawing.

    Raises:
        ValueError: if there is more than a reader could tell apart.

    >>> from dlcourse.plan.schedules import one_f_one_b
    >>> from dlcourse.plan.simulate import simulate
    >>> show_memory(simulate(one_f_one_b(2, 4)), kept=1e9)
    1F1B, 2 stages, 4 micro-batches: stages keep at most 2 GB, 1 GB
    """
    _check(simulated)
    size = (kept or 1.0, kept_for_weights)
    peaks = peak_memory(simulated, *size)
    words = [show(peak, "B") if kept else number(peak) for peak in peaks]
    row, x = max(26, _row(simulated)), _scale(simulated)
    bottom = TOP - 20 + row * simulated.schedule.stages
    parts = _axis(simulated, x, bottom, top=TOP - 24)
    for stage, steps in enumerate(activation_memory(simulated, *size)):
        floor = TOP - 20 + row * (stage + 1)
        parts += _curve(steps, x, floor, (row - 5) / max(peaks))
        parts.append(label(LEFT - 10, floor - row / 2, f"stage {stage}", 12, "end"))
        parts.append(
            label(x(steps[-1][0]) + 4, floor - 7, words[stage], 10, "start", COLORS["muted"])
        )
    text = f"{simulated.schedule.title}: {_each(words, '' if kept else ' micro-batch')}"
    return document(WIDTH, bottom + 30, parts, text)


def _check(simulated):
    stages, passes = simulated.schedule.stages, len(_spans(simulated))
    if stages > STAGES or passes > PASSES:
        raise ValueError(
            f"{stages} stages, {passes} passes: a chart holds {STAGES} and {PASSES}; "
            "take fewer micro-batches"
        )


def _spans(simulated):
    return [span for row in simulated.spans for span in row]


def _row(simulated):
    """Height of a stage's row."""
    stages = simulated.schedule.stages
    return 32 if stages <= 8 else 20 if stages <= 24 else 12


def _scale(simulated):
    scale = (WIDTH - LEFT - RIGHT) / simulated.seconds
    return lambda seconds: LEFT + scale * seconds


def _words(simulated):
    """What the chart says."""
    rate, idle = 100 * simulated.bubble_rate, simulated.bubble
    kept = _each([number(peak) for peak in peak_memory(simulated)], " micro-batch")
    time = f"{show(simulated.seconds, 's')}, bubble {number(rate)} %, {show(idle, 's')}"
    return f"{simulated.schedule.title}: {time}; {kept}"


def _each(peaks, unit=""):
    """The most that stages keep, said once if it is the same for all."""
    unit += "es" if unit and {*peaks} != {"1"} else ""
    if len({*peaks}) == 1:
        return f"each stage keeps at most {peaks[0]}{unit}"
    return f"stages keep at most {', '.join(peaks)}{unit}"


def _ground(simulated, row):
    """A gray lane for each stage, on which waiting shows."""
    parts = []
    for stage in range(simulated.schedule.stages):
        y = TOP + row * stage
        lane = {"x": LEFT, "width": WIDTH - LEFT - RIGHT, "height": row - 4, "y": y + 2}
        parts.append(element("rect", fill=COLORS["faint"], **lane))
        parts.append(label(LEFT - 10, y + row / 2, f"stage {stage}", min(12, row - 1), "end"))
    return parts


def _axis(simulated, x, y, top=TOP - 4):
    parts = []
    for i in range(6):
        at = simulated.seconds * i / 5
        anchor = "end" if i == 5 else "middle" if i else "start"
        mark = {"x1": x(at), "x2": x(at), "y1": top, "y2": y + 4, "stroke": COLORS["line"]}
        parts.append(element("line", stroke_dasharray="2 4", **mark))
        words = show(at, "s") if at else "0"
        parts.append(label(x(at), y + 16, words, 11, anchor, COLORS["muted"]))
    return parts


def _boxes(simulated, kind, chunk, x, row):
    """All passes of one kind and chunk, as one path."""
    last = simulated.schedule.chunks - 1
    tall, ways = row - 4, []
    for span in _spans(simulated):
        if (span.step.kind, span.step.chunk) == (kind, chunk):
            width = x(span.end) - x(span.start)
            corner = f"M{x(span.start):.1f} {TOP + row * span.stage + 2}"
            ways.append(f"{corner}h{width:.1f}v{tall}h{-width:.1f}z")
    look = {"stroke": COLORS["muted"], "stroke_width": 0.6}
    paler = 1 - 0.65 * chunk / last if last else None
    return element("path", d="".join(ways), fill=KINDS[kind][0], fill_opacity=paler, **look)


def _numbers(simulated, x, row):
    """The micro-batch of each pass, where all of a kind have room."""
    parts, size = [], min(12, row - 6)
    room = 0.66 * size * len(str(simulated.schedule.micro_batches - 1))
    for span in _spans(simulated):
        left, right = x(span.start), x(span.end)
        if right - left > room:
            middle = TOP + row * (span.stage + 0.5)
            parts.append(label((left + right) / 2, middle, span.step.micro, size))
    return parts


def _legend(kinds):
    parts, x = [], LEFT
    for fill, words in [*(KINDS[kind] for kind in kinds), (COLORS["faint"], "waiting")]:
        box = {"x": x, "y": 14, "width": 18, "height": 12, "stroke": COLORS["muted"]}
        parts.append(element("rect", fill=fill, stroke_width=0.6, **box))
        parts.append(label(x + 24, 20, words, 12, "start", COLORS["muted"]))
        x += 44 + 6.4 * len(words)
    return parts


def _curve(steps, x, floor, scale):
    """What a stage keeps, as a filled staircase."""
    way = f"M{x(steps[0][0]):.1f} {floor}"
    for when, size in steps:
        way += f"H{x(when):.1f}V{floor - scale * size:.1f}"
    line = {"x1": x(0), "x2": WIDTH - RIGHT, "y1": floor, "y2": floor, "stroke": COLORS["line"]}
    look = {"fill": COLORS["blue"], "fill_opacity": 0.25, "stroke": COLORS["blue"]}
    return [element("line", **line), element("path", d=way, **look)]
