"""Prepares the assembly text of a traced build: every memory access and basic block gets a number.

The compiler calls `__tsan_read4(address)` and the like before each access and
`__sanitizer_cov_trace_pc()` in each basic block. Here the place's number is put into the next
argument register of each such call, so the callee knows it at no cost. A table with the numbers'
lines and kinds is added to the text for the emulator, and handed back for its reports.
"""

import re
from dataclasses import asdict, dataclass, replace

from dlcourse.gpu.emulator.assembly import Call, Flop, functions, target_of
from dlcourse.gpu.emulator.order import Loop, number, successors

ACCESS = re.compile(r"__tsan_(unaligned_)?(volatile_)?(read|write)(\d+|_range)$")
COPY = re.compile(r"__tsan_(memcpy|memmove|memset)$")
ASKED = re.compile(r"emu_(thread|block|block_size|grid_size|lane|shared|dynamic)$")  # asked.cpp
BLOCK = "__sanitizer_cov_trace_pc"
ATOMIC = "trace_atomic"
KINDS = {"none": 0, "block": 1, "load": 2, "store": 3, "atomic": 4}  # trace.h has the same
VOLATILE, UNALIGNED, LEADS = 1, 2, 4  # flags, as in trace.h
MOST_SITES = 1 << 16  # numbers have 16 bits in the logs


@dataclass
class Site:
    """A place of the program that the emulator hears of.

    Attributes:
        kind: a key of KINDS; "none" is the end of a loop.
        line, column: of the student's source; 0 is unknown.
        width: bytes of the access; 0 is known only as it runs.
        flags: VOLATILE, UNALIGNED; LEADS: counts as its block, too.
        loop: number of the innermost loop around it, or -1.
        flop: of the block that it is or leads: (line, type, count).
    """

    kind: str
    line: int = 0
    column: int = 0
    width: int = 0
    flags: int = 0
    loop: int = -1
    flop: tuple[tuple[int, str, int], ...] = ()


@dataclass(frozen=True)
class Annotated:
    """What `annotate` makes: the text to assemble, and the places by number."""

    text: str
    sites: tuple[Site, ...]

    def table(self):
        """The places as plain lists, for JSON."""
        return [list(asdict(site).values()) for site in self.sites]


def sites(table):
    """Read back what `Annotated.table` gave.

    Args:
        table: list of lists.

    Returns:
        tuple of Site.

    >>> sites([["load", 3, 9, 4, 0, -1, []]])[0].line
    3
    """
    return tuple(Site(*row[:-1], tuple(tuple(f) for f in row[-1])) for row in table)


def annotate(text, filename):
    """Number the places of a traced build's assembly text.

    Args:
        text: str, compiled with -fsanitize=thread, -fsanitize-coverage=trace-pc and line tables.
        filename: the student's file, as `#line` named it.

    Returns:
        Annotated.

    Raises:
        ValueError: if the program has too many places.

    >>> text = 'k:\\n.file 1 "k.cu"\\n\\t.loc 1 7 2\\n\\tpushq %rsp\\n\\tcall\\t__tsan_read4\\n'
    >>> done = annotate(text, "k.cu")
    >>> done.sites[0].line, done.sites[0].width, done.text.splitlines()[4]
    (7, 4, '\\tmovl\\t$0, %esi')
    """
    target = target_of(text)
    program = functions(text, filename)
    ours = [f for f in program if f.ours and not f.name.startswith("emu_")]
    lines = text.splitlines()
    _let_accesses_lead(ours, lines)
    places, loops = number(ours, _numbers)
    if len(places) > MOST_SITES:
        raise ValueError(f"{len(places)} memory accesses and blocks; at most {MOST_SITES} fit")
    _silence(lines, [f for f in program if f not in ours], target)
    found = _sites(places, _arithmetic(ours))
    _pass_numbers(lines, places, target)
    return Annotated("\n".join([*lines, *_tables(found, loops, target), ""]), found)


def _let_accesses_lead(program, lines):
    """Let a block's first access stand for the block: one call fewer, where nothing is between."""
    for block in (block for function in program for block in function.blocks):
        items = block.items
        for at, item in enumerate(items):
            if not isinstance(item, Call) or item.name != BLOCK:
                continue
            calls = (i for i in items[at + 1 :] if isinstance(i, Call) and not ASKED.match(i.name))
            first = next(calls, None)
            if first and ACCESS.match(first.name):
                lines[item.index] = ""
                items.remove(first)
                items[at] = replace(first, leads=True)


def _is_block(item):
    return isinstance(item, Call) and (item.name == BLOCK or item.leads)


def _numbers(item):
    """How many numbers an item takes: a copy reads and writes."""
    if not isinstance(item, Call):
        return 0
    if match := COPY.match(item.name):
        return 1 + (match[1] != "memset")
    return int(item.name in {BLOCK, ATOMIC} or bool(ACCESS.match(item.name)))


def _silence(lines, others, target):
    """Take the calls out of functions that are not the student's: the emulator's own."""
    for call in (item for function in others for block in function.blocks for item in block.items):
        if isinstance(call, Call) and (call.name == BLOCK or ACCESS.match(call.name)):
            lines[call.index] = "\tret" if call.tail else ""


def _sites(places, arithmetic):
    found, previous = [], None
    for place in places:
        if place is None:
            found.append(Site("none"))
            continue
        call, loop = place
        second, previous = call is previous, call
        flop = tuple(arithmetic.get(call.index, ()))
        found.append(_site(call, loop, second, flop))
    return tuple(found)


def _site(call, loop, second, flop):
    where = {"line": call.line, "column": call.column, "loop": loop}
    if call.name == BLOCK:
        return Site("block", flop=flop, **where)
    if call.name == ATOMIC:
        return Site("atomic", **where)
    if COPY.match(call.name):
        stores = second or call.name.endswith("memset")
        return Site("store" if stores else "load", flags=UNALIGNED, **where)
    unaligned, volatile, kind, width = ACCESS.match(call.name).groups()
    flags = VOLATILE * bool(volatile) | UNALIGNED * bool(unaligned or width == "_range")
    flags |= LEADS * call.leads
    width = 0 if width == "_range" else int(width)
    kind = {"read": "load", "write": "store"}[kind]
    return Site(kind, width=width, flags=flags, flop=flop, **where)


def _pass_numbers(lines, places, target):
    """Put each place's number into its call's argument register, in front of the call."""
    seen = set()
    for value, place in enumerate(places):
        if place is None or place[0].index in seen:
            continue  # a copy's second number is its first and one
        call = place[0]
        seen.add(call.index)
        register = target.arguments[_position(call.name)]
        lines[call.index] = (
            f"{target.move.format(value=value, register=register)}\n" + (lines[call.index])
        )


def _position(name):
    """Which argument the number is: the first that the call does not use."""
    if name == BLOCK:
        return 0
    if name == ATOMIC or COPY.match(name):
        return 3
    return 2 if name.endswith("_range") else 1


def _tables(found, loops, target):
    """Assembler directives for `trace_sites` and `trace_loops` of trace.h."""
    yield "\t.data"
    yield from _begin("trace_sites", target)
    for site in found:
        yield f"\t.long\t{site.line}, {site.loop}"
        yield f"\t.short\t{site.width}\n\t.byte\t{KINDS[site.kind]}, {site.flags}"
    yield from _begin("trace_site_count", target)
    yield f"\t.long\t{len(found)}"
    yield from _begin("trace_loops", target)
    for loop in [*loops, Loop(0, 0, -1)]:
        yield f"\t.long\t{loop.begin}, {loop.end}, {loop.parent}"


def _begin(name, target):
    symbol = target.prefix + name
    return f"\t.globl\t{symbol}", "\t.p2align\t3", f"{symbol}:"


def _arithmetic(program):
    """The arithmetic that runs whenever a block's call does, by the call's index.

    An assembly block without a call of its own belongs to the one that all ways to it share:
    compilers split blocks late, for conditional moves.
    """
    found = {}
    for function in program:
        owners = _owners(function.blocks)
        for block, owner in zip(function.blocks, owners, strict=True):
            for item in block.items:
                if isinstance(item, Flop) and owner is not None:
                    found.setdefault(owner, []).append((item.line, item.type, item.count))
                elif _is_block(item):
                    owner = item.index
    return found


def _owners(blocks):
    """For each block, the index of the block call that ran last before it, if there is but one."""
    ways = [[] for _ in blocks]
    for i, onward in enumerate(successors(blocks)):
        for to in onward:
            ways[to].append(i)
    own = [_last_call(block) for block in blocks]
    entering = [set() for _ in blocks]
    changed = True
    while changed:
        changed = False
        for i, before in enumerate(ways):
            new = set().union(*({own[p]} if own[p] is not None else entering[p] for p in before))
            changed |= new != entering[i]
            entering[i] = new
    return [next(iter(calls)) if len(calls) == 1 else None for calls in entering]


def _last_call(block):
    calls = [i.index for i in block.items if _is_block(i)]
    return calls[-1] if calls else None
