"""The ring all-reduce, step by step: which rank holds which terms of which part."""

from dlcourse.cluster.collectives.ring_steps import last_step, part_sent, ring_terms
from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import document, element, label

CELL = (92, 44)
LEFT, TOP, GAP = 74, 64, 18
MOST = 8  # ranks that fit on a sheet


def show_ring(ranks, step):
    """Draw all parts on all ranks after a step, and who sent what to whom in it.

    A cell is one part on one rank; its bars are the terms that its sum holds so far, one a rank.

    Args:
        ranks: 2 to 8.
        step: steps done, 0 to 2 (ranks - 1).

    Returns:
        Drawing.

    Raises:
        ValueError: if there are too many ranks to be read, or no such step.

    >>> show_ring(4, 3)
    step 3 of 6, reduce-scatter done: 4 of 16 cells hold the sum of all 4 ranks
    """
    if not 2 <= ranks <= MOST:
        raise ValueError(f"ranks={ranks}: a drawing holds 2 to {MOST}")
    terms = ring_terms(ranks, step)
    moved = {((rank + 1) % ranks, part_sent(ranks, rank, step)) for rank in range(ranks)}
    moved = moved if step else set()
    parts = _names(ranks)
    for rank in range(ranks):
        for part in range(ranks):
            parts += _cell(rank, part, terms[rank, part], (rank, part) in moved)
    parts += [_arrow(rank, part, ranks) for rank, part in sorted(moved)]
    text = describe(ranks, step, terms)
    width = LEFT + ranks * (CELL[0] + GAP) + 8
    height = TOP + ranks * (CELL[1] + GAP) + 30
    return document(max(width, 420), height, [*parts, *_title(text)], text)


def describe(ranks, step, terms):
    """Say how far the sum has come.

    Args:
        ranks: p.
        step: steps done.
        terms: as `ring_terms` gives them.

    Returns:
        str.

    >>> describe(2, 0, ring_terms(2, 0))
    'step 0 of 2, nothing sent yet: 0 of 4 cells hold the sum of all 2 ranks'
    """
    half, last = ranks - 1, last_step(ranks)
    phases = {0: "nothing sent yet", half: "reduce-scatter done", last: "all-gather done"}
    phase = phases.get(step, "reduce-scatter adds" if step < half else "all-gather passes on")
    whole = int(terms.all(axis=2).sum())
    done = f"{whole} of {ranks**2} cells hold the sum of all {ranks} ranks"
    return f"step {step} of {last}, {phase}: {done}"


def _title(text):
    first, second = text.split(": ")
    bold = label(12, 18, first, 15, "start", font_weight="bold")
    return [bold, label(12, 38, second, 12, "start", COLORS["muted"])]


def _corner(rank, part):
    return LEFT + part * (CELL[0] + GAP), TOP + rank * (CELL[1] + GAP)


def _names(ranks):
    """The ranks to the left, the parts below."""
    parts = []
    for i in range(ranks):
        x, y = _corner(i, i)
        parts.append(label(12, y + CELL[1] / 2, f"rank {i}", 13, "start"))
        foot = TOP + ranks * (CELL[1] + GAP) + 14
        parts.append(label(x + CELL[0] / 2, foot, f"part {i}", 12, fill=COLORS["muted"]))
    return parts


def _cell(rank, part, terms, moved):
    x, y = _corner(rank, part)
    whole = terms.all()
    look = {"fill": COLORS["yellow"] if whole else COLORS["paper"], "rx": 5}
    look |= (
        {"stroke": COLORS["vermilion"], "stroke_width": 2.5}
        if moved
        else {"stroke": COLORS["line"]}
    )
    cells = [element("rect", x=x, y=y, width=CELL[0], height=CELL[1], **look)]
    width = (CELL[0] - 12) / len(terms)
    for i, there in enumerate(terms):
        bar = {"x": x + 6 + i * width + 1, "y": y + 8, "width": width - 2, "height": 12, "rx": 2}
        fill = COLORS["blue"] if there else COLORS["faint"]
        cells.append(element("rect", fill=fill, **bar))
    weight = "bold" if whole else None
    return [*cells, label(x + CELL[0] / 2, y + 32, _words(terms), 12, font_weight=weight)]


def _words(terms):
    if terms.all():
        return "sum"
    if terms.sum() > 4:
        return f"{terms.sum()} of {len(terms)} terms"
    return "+".join(str(i) for i, there in enumerate(terms) if there)


def _arrow(rank, part, ranks):
    """From the rank above; from the last rank to rank 0 the way leads in at the top."""
    x, y = _corner(rank, part)
    x += CELL[0] / 2
    shaft = f"M{x:g} {y - GAP + 1:g}V{y - 3:g}"
    head = f"M{x - 5:g} {y - 9:g}L{x:g} {y - 2:g}L{x + 5:g} {y - 9:g}"
    if rank == 0:
        foot = _corner(ranks, part)[1] - GAP
        shaft += f"M{x:g} {foot:g}V{foot + 10:g}"
    look = {"fill": "none", "stroke": COLORS["vermilion"], "stroke_width": 2.5}
    return element("path", d=shaft + head, **look)
