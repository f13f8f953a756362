"""Words for what only the traced build finds: accesses out of bounds, races, stale values.

A race that is meant can be declared: `// allow: race` in one of its two lines.
"""

import re

OUT_OF_BOUNDS, WILD, MISALIGNED, RACE, UNINITIALISED, INACTIVE_LANE = range(100, 106)
KINDS = {
    OUT_OF_BOUNDS: "out of bounds",
    WILD: "wild pointer",
    MISALIGNED: "misaligned",
    RACE: "race",
    UNINITIALISED: "uninitialised",
    INACTIVE_LANE: "inactive lane",
}
DEEDS = ("read", "write", "atomic update")
PASSIVE = ("read", "written", "updated atomically")
SHARED = 2
ALLOW_RACE = "allow: race"
LANES = 32
DYNAMIC = re.compile(r"\bextern\s+__shared__[^;]*?(\w+)\s*\[\s*\]")


def name_of(found, lines):
    """The array's name in the source; dynamic shared memory has the one it is declared by.

    Args:
        found: a record with a name.
        lines: list of the source's lines.

    Returns:
        str.

    >>> from dlcourse.gpu.emulator.records import Found
    >>> name_of(Found(name=b"dynamic"), ["extern __shared__ float s[];"])
    's'
    """
    name = found.name.decode(errors="replace")
    declared = set(DYNAMIC.findall("\n".join(lines))) if name == "dynamic" else ()
    return declared.pop() if len(declared) == 1 else name


def allowed(found, lines):
    """Tell whether the source declares a finding as meant.

    Args:
        found: records.Found.
        lines: list of the source's lines.

    Returns:
        bool.

    >>> from dlcourse.gpu.emulator.records import Found
    >>> allowed(Found(kind=RACE, line=1), ["x[0] = i;  // allow: race"])
    True
    """
    if found.kind != RACE:
        return False
    return any(ALLOW_RACE in _line(lines, n) for n in (found.line, found.detail[3]))


def sentence(found, lines, grid, block):
    """Say what was found, without the place where.

    Args:
        found: records.Found of a kind from 100 on.
        lines: list of the source's lines.
        grid, block: the launch's extents, three ints each.

    Returns:
        str.

    >>> from dlcourse.gpu.emulator.records import Found
    >>> found = Found(kind=OUT_OF_BOUNDS, name=b"x", detail=(16, 16, 4, 4, 0, 1))
    >>> sentence(found, [], (1, 1, 1), (32, 1, 1))
    'read of x[4]: `x` has 4 elements; 1 past its end.'
    """
    words = {
        OUT_OF_BOUNDS: _out_of_bounds,
        WILD: _wild,
        MISALIGNED: _misaligned,
        UNINITIALISED: _uninitialised,
        INACTIVE_LANE: _inactive,
    }
    if found.kind == RACE:
        return _race(found, lines, grid, block)
    return words[found.kind](found, name_of(found, lines))


def _line(lines, number):
    return lines[number - 1].strip() if 0 < number <= len(lines) else ""


def _out_of_bounds(f, name):
    offset, size, element, width, deed, space = f.detail
    count, index = size // element, offset // element
    beyond = f"{index - count + 1} past its end" if index >= count else f"{-index} before its begin"
    if index < 0 or index < count:
        reach = (offset + width - size) // element
        beyond = beyond if index < 0 else f"the access reaches {reach} past its end"
    kind = "shared array " if space == SHARED else ""
    if space == SHARED and not size:
        beyond = "give its bytes as the launch's shared_mem"
    return f"{DEEDS[deed]} of {_at(f, name)}: {kind}`{name}` has {count} elements; {beyond}."


def _wild(f, name):
    address = f.detail[0] & (2**64 - 1)
    pointer = f"address {address:#x}, which belongs to no array" if address >= 4096 else None
    return f"{DEEDS[f.detail[4]]} through {pointer or 'a null pointer'}."


def _misaligned(f, name):
    offset, _, _, width, deed, _ = f.detail
    whole = f"{width} bytes must begin at a multiple of {width}"
    return f"{DEEDS[deed]} of {width} bytes at byte {offset} of `{name}`: {whole}."


def _uninitialised(f, name):
    return f"read of {_at(f, name)}, which no thread of the block has written."


def _inactive(f, name):
    lane, mask = f.detail[0], f.detail[1] & 0xFFFFFFFF
    why = "has returned or is elsewhere" if mask >> lane & 1 else "is not in the mask"
    return f"a shuffle reads from lane {lane}, which {why} (mask {mask:#010x})."


def _at(f, name):
    """An array's element as the source writes it, or a variable."""
    offset, size, element = f.detail[:3]
    return name if size == element and not offset else f"{name}[{offset // (element or 1)}]"


def _race(f, lines, grid, block):
    """What the other thread did; the place that follows is this one's."""
    offset, shape, deeds, line, other_block, other_thread = f.detail
    element, space = shape & 0xFFFFFFFF, shape >> 32
    name = "shared " * (space == SHARED) + name_of(f, lines)
    what = f"{name}[{offset // element}]" if element else name
    own = _number(tuple(f.block), grid), _number(tuple(f.thread), block)
    who = f"thread {_place(other_thread, block)} of block {_place(other_block, grid)}"
    where = f"in line {line}, `{_line(lines, line)}`"
    before, now = PASSIVE[deeds >> 32], PASSIVE[deeds & 0xFFFFFFFF]
    missing = _missing(own, (other_block, other_thread))
    return f"{what} was {before} by {who} {where}, and is {now}, {missing}, by"


def _missing(own, other):
    if own[0] != other[0]:
        return "though blocks run in any order"
    if own[1] // LANES == other[1] // LANES:
        return "with no __syncwarp() or __syncthreads() in between"
    return "with no __syncthreads() in between"


def _number(index, extent):
    return index[0] + extent[0] * (index[1] + extent[1] * index[2])


def _place(number, extent):
    x, y = number % extent[0], number // extent[0] % extent[1]
    return f"({x},{y},{number // (extent[0] * extent[1])})"
