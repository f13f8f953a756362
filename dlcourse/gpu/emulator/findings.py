"""Words for what the emulator found: plain sentences with array, thread, block and line."""

from dlcourse.gpu.emulator.checks import KINDS, WILD, allowed, sentence
from dlcourse.trace import Finding

CRASH, OVERFLOW, TIMEOUT, DEADLOCK, MISSED, DIVERGED, NOT_IN_MASK, ASSERTION, TRAP, WAITING = range(
    1, 11
)
SHARED_OVERRUN = 11
SIGFPE = 8
NAMES = {
    CRASH: "crash",
    OVERFLOW: "stack overflow",
    TIMEOUT: "timeout",
    DEADLOCK: "deadlock",
    MISSED: "barrier divergence",
    DIVERGED: "barrier divergence",
    NOT_IN_MASK: "lane not in mask",
    ASSERTION: "assertion",
    TRAP: "trap",
    SHARED_OVERRUN: "out of bounds",
}


def worded(found, source, regions, time_limit, grid=(1, 1, 1), block=(1, 1, 1)):
    """Word the findings of a launch.

    Args:
        found: list of records.Found.
        source: CUDA C, whose lines are quoted.
        regions: list of records.Region, to name the array at an address.
        time_limit: seconds that the kernel had.
        grid, block: its extents.

    Returns:
        list of Finding.

    >>> from dlcourse.gpu.emulator.records import Found
    >>> worded([Found(kind=9, line=2)], "a\\nb", [], 1.0)[0].message
    'trap: the kernel called __trap(). thread (0,0,0) of block (0,0,0), line 2: `b`'
    """
    lines = source.splitlines()
    waiting = [f for f in found if f.kind == WAITING]
    findings = []
    for f in found:
        if f.kind == WAITING or allowed(f, lines):
            continue
        if f.kind == WILD and (words := _wrapped(regions, f.detail[0])):
            kind = "out of bounds"
        elif f.kind in KINDS:
            kind, words = KINDS[f.kind], sentence(f, lines, grid, block)
        else:
            kind, words = _words(f, regions, waiting, time_limit)
        text = lines[f.line - 1].strip() if 0 < f.line <= len(lines) else ""
        message = f"{kind}: {words}{_where(f, text)}"
        line = f.line if f.line > 0 else None
        findings.append(Finding(kind, message, line, text, tuple(f.block), tuple(f.thread)))
    return findings


def coordinates(index):
    """Coordinates as a message shows them.

    Args:
        index: three ints.

    Returns:
        str.

    >>> coordinates((1, 2, 0))
    '(1,2,0)'
    """
    return "({},{},{})".format(*index)


def _where(f, text):
    if f.kind in {DEADLOCK, MISSED, DIVERGED}:
        return ""
    if f.kind == SHARED_OVERRUN:
        return f" block {coordinates(f.block)}; declared in line {f.line}: `{text}`"
    place = f", line {f.line}: `{text}`" if f.line > 0 else ", in a line unknown"
    return f" thread {coordinates(f.thread)} of block {coordinates(f.block)}{place}"


def _words(f, regions, waiting, time_limit):
    """The kind of a finding and its sentence, without the place."""
    name = f.name.decode(errors="replace")
    block = coordinates(f.block)
    sentences = {
        OVERFLOW: "the thread's stack is full: recursion without end, or large local arrays.",
        TIMEOUT: f"the kernel did not finish within {time_limit:g} s; last seen:",
        DEADLOCK: f"no thread of block {block} can go on: " + _waiting(waiting, f.block),
        MISSED: f"{f.detail[0]} threads of block {block} wait at __syncthreads() in line {f.line}, "
        f"but {f.detail[1]} have already returned: every thread of a block must reach it.",
        DIVERGED: f"in block {block}, {f.detail[0]} threads wait at __syncthreads() in line "
        f"{f.line} (first: thread {coordinates(f.thread)}), but {f.detail[1]} wait in line "
        f"{f.detail[2]}: all threads must reach the same barrier.",
        NOT_IN_MASK: f"the mask {f.detail[0] & 0xFFFFFFFF:#010x} of a warp operation leaves out "
        "the lane that calls it.",
        ASSERTION: f"`{name}` does not hold.",
        TRAP: "the kernel called __trap().",
        SHARED_OVERRUN: f"a thread wrote past the end of {name}, at element "
        f"{f.detail[0] // max(1, f.detail[2])} of {f.detail[1] // max(1, f.detail[2])}.",
    }
    if f.kind == CRASH:
        return _crash(f, regions)
    return NAMES[f.kind], sentences[f.kind]


def _crash(f, regions):
    """A signal: a stray address, near an array or far from all, or a division by zero."""
    number, address = f.detail[0], f.detail[1] & (2**64 - 1)
    if number == SIGFPE:
        return "crash", "an integer was divided by zero."
    for region in regions:
        if region.base - region.guard <= address < region.base + region.size + region.guard:
            return "out of bounds", stray(region, address - region.base)
    if words := _wrapped(regions, address):
        return "out of bounds", words
    if address:
        return "crash", f"the address {address:#x} belongs to no array."
    return "crash", "a null pointer, or a vector access whose address is no multiple of its size."


def _wrapped(regions, address):
    """An unsigned index that fell below zero, in words; None if that is not what it looks like."""
    for region in regions:
        index = ((address & (2**64 - 1)) - region.base) // region.element
        if 2**32 - 2**20 <= index < 2**32:
            name = region.name.decode()
            return f"{name}[{index}]: an unsigned index below zero, {index - 2**32}, wraps around."
    return None


def stray(region, offset):
    """Say by how much an access misses an array.

    Args:
        region: records.Region.
        offset: bytes from its begin.

    Returns:
        str, a sentence.

    >>> from dlcourse.gpu.emulator.records import Region
    >>> stray(Region(name=b"x", size=16, element=4), 20)
    'x[5]: `x` has 4 elements; 2 past its end.'
    """
    name, count = region.name.decode(), region.size // region.element
    index = offset // region.element
    beyond = f"{index - count + 1} past its end" if index >= count else f"{-index} before its begin"
    return f"{name}[{index}]: `{name}` has {count} elements; {beyond}."


def _waiting(waiting, block):
    parts = []
    for w in waiting:
        if tuple(w.block) != tuple(block):
            continue
        mask = f"a warp operation (mask {w.detail[2] & 0xFFFFFFFF:#010x})"
        what = mask if w.detail[1] else "__syncthreads()"
        first = coordinates(w.thread)
        parts.append(f"{w.detail[0]} wait at {what} in line {w.line} (first: thread {first})")
    return "; ".join(parts) + "."
