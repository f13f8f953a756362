"""One multiprocessor and the blocks that it holds: warp slots, and how full each resource is."""

from dlcourse.draw.style import COLORS
from dlcourse.draw.svg import document, element, label

WIDTH = 780
LEFT, TOP = 16, 44
SLOT, ACROSS = 21, 16  # side of a warp's slot; slots in a row
BARS = 400  # where the resources begin
ROOM = 160  # of a full bar
NAMES = 112
FILLS = ("sky", "yellow")  # blocks by turns


def show_occupancy(found):
    """Draw the blocks resident on an SM, and which resource keeps out the next.

    Args:
        found: gpu.occupancy.Occupancy.

    Returns:
        Drawing.

    >>> from dlcourse.gpu.occupancy import occupancy
    >>> show_occupancy(occupancy(256, registers=64))
    4 blocks an SM, 32 of 64 warps (50 %); limited by registers
    """
    title = f"one SM, compute capability {found.sm.compute_capability}"
    parts = [label(LEFT, 18, title, 13, "start", font_weight="bold")]
    parts += [_slot(found, i) for i in range(found.sm.warps)]
    rows = -(-found.sm.warps // ACROSS)
    words = f"{found.sm.warps} warp slots; {found.warps_per_block} a block"
    parts.append(label(LEFT, TOP + rows * SLOT + 12, words, 12, "start", COLORS["muted"]))
    parts.append(label(BARS, 18, "blocks that fit, by resource", 13, "start", font_weight="bold"))
    for row, (name, blocks) in enumerate(found.limits.items()):
        parts += _resource(TOP + 32 * row, name, blocks, found)
    height = TOP + max(rows * SLOT + 30, 32 * len(found.limits) + 10)
    return document(WIDTH, height, parts, repr(found))


def _slot(found, i):
    """One warp's slot, in the colour of its block, with the block's number."""
    x, y = LEFT + SLOT * (i % ACROSS), TOP + SLOT * (i // ACROSS)
    block = i // found.warps_per_block
    used = block < found.blocks
    look = {"fill": COLORS[FILLS[block % 2] if used else "faint"]}
    look |= {"stroke": COLORS["ink" if used else "line"], "stroke_width": 0.75}
    box = element("rect", x=x + 1, y=y + 1, width=SLOT - 2, height=SLOT - 2, rx=2, **look)
    return box + (label(x + SLOT / 2, y + SLOT / 2, block, 10) if used else "")


def _resource(y, name, blocks, found):
    """A bar as long as the share of the resource that the resident blocks take."""
    binding = name in found.binding
    share = found.blocks / blocks if blocks else 1
    x, weight = BARS + NAMES, "bold" if binding else None
    color = COLORS["vermilion" if binding else "blue"]
    room = {"width": ROOM, "height": 18, "rx": 3}
    return [
        label(BARS, y + 9, name, 12, "start", font_weight=weight),
        element("rect", x=x, y=y, **room, fill=COLORS["faint"], stroke=COLORS["line"]),
        element("rect", x=x, y=y, **room | {"width": ROOM * min(share, 1)}, fill=color),
        label(x + ROOM + 10, y + 9, _words(blocks, binding), 12, "start", font_weight=weight),
    ]


def _words(blocks, binding):
    return f"{blocks}{': the limit' if binding else ''}"
