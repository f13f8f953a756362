"""Which all-reduce wins where: a map over message size and number of ranks."""

from types import MappingProxyType

import numpy as np

from dlcourse.cluster.collectives.costs import seconds
from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import document, element, frame, label
from dlcourse.units import show

ALGORITHMS = MappingProxyType(  # letter and colour in the map
    {
        "naive": ("n", "#d9d9d9"),
        "server": ("s", COLORS["orange"]),
        "tree": ("t", COLORS["purple"]),
        "ring": ("r", COLORS["sky"]),
        "halving-doubling": ("h", "#7fcfb5"),
    }
)
RANKS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024)
POWERS = tuple(range(3, 31))  # of two: 8 B to 1 GiB
CELL, LEFT, TOP = (24, 18), 66, 40


def cost_table(net):
    """Tabulate what an all-reduce takes by each algorithm.

    Args:
        net: AlphaBeta.

    Returns:
        array (ranks, sizes, algorithms) of seconds, for RANKS, 2 ** POWERS and ALGORITHMS.

    >>> from dlcourse.cluster.collectives.costs import AlphaBeta
    >>> cost_table(AlphaBeta(1e-6, 1e-9)).shape
    (16, 28, 5)
    """
    sizes = 2.0 ** np.array(POWERS)
    times = [[seconds("all_reduce", sizes, p, net, how) for how in ALGORITHMS] for p in RANKS]
    return np.moveaxis(np.array(times), 1, 2)


def show_collective_map(net, at=None):
    """Draw which algorithm is fastest for each size and number of ranks, by the closed forms.

    Args:
        net: AlphaBeta.
        at: (ranks, power): a place to be framed and told, of RANKS and POWERS.

    Returns:
        Drawing.

    Raises:
        ValueError: if there is no such place.

    >>> from dlcourse.cluster.collectives.costs import AlphaBeta
    >>> show_collective_map(AlphaBeta(1e-6, 1e-9), at=(6, 20))
    6 ranks, 1.05 MB: ring 1.76 ms; times that: halving-doubling 2.09, naive 2.99, tree 3.58, \
server 5.97
    """
    ranks, power = at or (RANKS[3], 20)
    if ranks not in RANKS or power not in POWERS:
        rule = f"ranks of {RANKS}, powers of two of {POWERS[0]} to {POWERS[-1]}"
        raise ValueError(f"at={at}: {rule}")
    table = cost_table(net)
    best = table.argmin(axis=2)
    parts = [part for place in np.ndindex(best.shape) for part in _cell(place, best[place])]
    row, column = RANKS.index(ranks), POWERS.index(power)
    corner = LEFT + column * CELL[0], TOP + row * CELL[1]
    parts += [*_axes(), frame(*corner, *CELL, color=COLORS["ink"])]
    width, height = LEFT + len(POWERS) * CELL[0] + 16, TOP + len(RANKS) * CELL[1] + 52
    return document(width, height, parts, describe(ranks, power, table[row, column]))


def describe(ranks, power, times):
    """Name the fastest algorithm, and how much longer the others take.

    Args:
        ranks: p.
        power: the message has 2 ** power bytes.
        times: seconds, by the order of ALGORITHMS.

    Returns:
        str.

    >>> describe(8, 10, [4e-6, 2e-6, 8e-6, 3e-6, 5e-6])
    '8 ranks, 1.02 kB: server 2 µs; times that: ring 1.5, naive 2, halving-doubling 2.5, tree 4'
    """
    names = list(ALGORITHMS)
    order = sorted(range(len(names)), key=lambda i: times[i])  # ties in the order of ALGORITHMS
    first = times[order[0]]
    others = ", ".join(f"{names[i]} {_ratio(times[i] / first)}" for i in order[1:])
    winner = f"{names[order[0]]} {show(first, 's')}"
    return f"{ranks} ranks, {show(2**power, 'B')}: {winner}; times that: {others}"


def _ratio(value):
    return f"{value:.3g}" if value < 999.5 else f"{value:.0f}"


def _cell(place, best):
    row, column = place
    letter, color = list(ALGORITHMS.values())[best]
    x, y = LEFT + column * CELL[0], TOP + row * CELL[1]
    look = {"width": CELL[0], "height": CELL[1], "fill": color, "stroke": COLORS["paper"]}
    middle = x + CELL[0] / 2, y + CELL[1] / 2
    return element("rect", x=x, y=y, stroke_width=0.5, **look), label(*middle, letter, 10)


def _axes():
    parts = [label(LEFT - 8, TOP + (i + 0.5) * CELL[1], p, 11, "end") for i, p in enumerate(RANKS)]
    parts.append(label(12, 24, "ranks", 12, "start", COLORS["muted"]))
    foot = TOP + len(RANKS) * CELL[1]
    for power in range(POWERS[0], POWERS[-1] + 1, 3):
        x = LEFT + (power - POWERS[0] + 0.5) * CELL[0]
        parts.append(label(x, foot + 12, show(2**power, "B", binary=True), 10))
    parts.append(label(LEFT, foot + 34, "bytes of each rank's array", 12, "start", COLORS["muted"]))
    for i, (name, (letter, color)) in enumerate(ALGORITHMS.items()):
        x = LEFT + 130 * i - (40 if i else 0)
        parts.append(element("rect", x=x, y=12, width=16, height=16, rx=2, fill=color))
        parts += [label(x + 8, 20, letter, 10), label(x + 22, 20, name, 12, "start")]
    return parts
