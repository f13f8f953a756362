"""How a router loads its experts: what they compute, what they turn away, how long they wait."""

import math
from types import MappingProxyType

from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import document, element, label, number

WIDTH, LEFT, RIGHT, TOP, ROW = 780, 86, 96, 62, 24
EXPERTS = 64  # that can still be told apart
WAITS, DROPPED = (
    MappingProxyType({"fill": COLORS[fill], "stroke": COLORS[edge], "stroke_width": 1.5})
    for fill, edge in (("faint", "line"), ("paper", "vermilion"))
)


def show_expert_load(routing):
    """Draw the tokens that each expert got, its room, and what was dropped; length is also time.

    Args:
        routing: Routing of at most 64 experts; all ranks together.

    Returns:
        Drawing.

    Raises:
        ValueError: if there are more experts, or no tokens.

    >>> from dlcourse.parallel.routing import route
    >>> from dlcourse.plan.experts import skewed_router
    >>> show_expert_load(route(skewed_router(512, 8, skew=0.5), top=2, capacity=1.25))
    1024 choices of 8 experts, room for 160 each: imbalance 1.66, 53 dropped (5.18 %); the slowest \
takes 1.25 times as long as an even share, 24.1 % of all time is waiting
    """
    wanted, kept = (counts.sum(0).tolist() for counts in (routing.wanted, routing.kept))
    if len(wanted) > EXPERTS or not sum(wanted):
        raise ValueError(
            f"{len(wanted)} experts, {sum(wanted)} choices: a chart holds {EXPERTS} experts, "
            "and needs a choice"
        )
    share, room = sum(wanted) / len(wanted), routing.room
    longest, scale = max(*wanted, room), (WIDTH - LEFT - RIGHT) / max(*wanted, room)
    parts = _legend()
    for expert, (asked, done) in enumerate(zip(wanted, kept, strict=True)):
        parts += _row(TOP + ROW * expert, expert, asked, done, max(kept), scale)
    bottom = TOP + ROW * len(wanted)
    parts += [*_axis(share, scale, bottom, longest), *_room(room, scale, bottom)]
    return document(WIDTH, bottom + 46, parts, describe(wanted, room))


def describe(wanted, room):
    """Say how unevenly experts are loaded, what is dropped, and how long they wait.

    Args:
        wanted: list of ints: how many tokens chose each expert.
        room: how many of them an expert takes.

    Returns:
        str.

    >>> describe([7, 3, 2, 0], room=4)
    '12 choices of 4 experts, room for 4 each: imbalance 2.33, 3 dropped (25 %); the slowest takes \
1.33 times as long as an even share, 43.8 % of all time is waiting'
    """
    total, count = sum(wanted), len(wanted)
    kept = [min(one, room) for one in wanted]
    lost, slowest = total - sum(kept), max(kept) * count / total
    waits = 1 - sum(kept) / (max(kept) * count)
    spread, lost_share = max(wanted) * count / total, 100 * lost / total
    return (
        f"{total} choices of {count} expert{'s' * (count > 1)}, room for {room} each: "
        f"imbalance {number(spread, 3)}, {lost} dropped ({number(lost_share, 3)} %); "
        f"the slowest takes {number(slowest, 3)} times as long as an even share, "
        f"{number(100 * waits, 3)} % of all time is waiting"
    )


def _row(top, expert, wanted, kept, slowest, scale):
    """One expert: waiting until the slowest is done, under what it computes; what it drops."""
    box = {"y": top + 3, "height": ROW - 6}
    parts = [
        label(LEFT - 10, top + ROW / 2, f"expert {expert}", 12, "end"),
        element("rect", x=LEFT, width=slowest * scale, **WAITS, **box),
        element("rect", x=LEFT, width=kept * scale, fill=COLORS["sky"], **box),
    ]
    told = f"{kept}"
    if wanted > kept:
        lost = {"x": LEFT + kept * scale, "width": (wanted - kept) * scale, **DROPPED}
        parts.append(element("rect", **lost, **box))
        told += f" + {wanted - kept}"
    end = LEFT + max(wanted, slowest) * scale
    return [*parts, label(end + 6, top + ROW / 2, told, 11, "start", COLORS["muted"])]


def _axis(share, scale, bottom, longest):
    """Time, in what the experts would take if all were wanted alike."""
    shares = int(longest / share)
    parts, step = [], max(1, math.ceil(shares / 8))
    for times in range(0, shares + 1, step):
        x = LEFT + times * share * scale
        parts.append(label(x, bottom + 14, f"{times} ×" if times else "0", 11))
    x = LEFT + share * scale
    line = {"x1": x, "x2": x, "y1": TOP - 4, "y2": bottom + 4, "stroke": COLORS["ink"]}
    parts.append(element("line", stroke_dasharray="3 3", **line))
    words = f"tokens, and so time, in even shares of {number(share)} tokens"
    return [*parts, label(LEFT, bottom + 34, words, 12, "start", COLORS["muted"])]


def _room(room, scale, bottom):
    x = LEFT + room * scale
    line = {"x1": x, "x2": x, "y1": TOP - 10, "y2": bottom + 4, "stroke": COLORS["ink"]}
    return [element("line", stroke_width=2.5, **line), label(x, TOP - 18, f"room {room}", 12)]


def _legend():
    parts, x = [], LEFT
    looks = {"computes": {"fill": COLORS["sky"]}, "waits": WAITS, "dropped": DROPPED}
    for words, look in looks.items():
        parts.append(element("rect", x=x, y=6, width=18, height=12, **look))
        parts.append(label(x + 24, 12, words, 12, "start", COLORS["muted"]))
        x += 50 + 6.4 * len(words)
    line = {"x1": x, "x2": x + 22, "y1": 12, "y2": 12, "stroke": COLORS["ink"]}
    parts.append(element("line", stroke_dasharray="3 3", **line))
    return [*parts, label(x + 28, 12, "an even share", 12, "start", COLORS["muted"])]
