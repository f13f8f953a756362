"""Unpacks what a traced launch counted: memory operations, arithmetic, active lanes.

Not modelled: caches, so a sector that two requests ask for is counted twice; what a GPU's own
compiler would merge, unroll, vectorise or keep in registers; memory of local variables; the order
in which shared memory serves lanes that ask for 8 or 16 bytes (here: as few passes as banks allow).
"""

from collections import Counter
from ctypes import Structure, c_char, c_int32, c_int64, c_uint32, c_uint64, sizeof

from dlcourse.gpu.emulator.checks import name_of
from dlcourse.gpu.emulator.records import SPACES, Index
from dlcourse.trace import Access, Line, Request

LANES = 32
SUMMED = ("requests", "lanes", "sectors", "ideal_sectors", "wavefronts", "ideal_wavefronts")


class Tally(Structure):
    """The costs of one place's requests to one array; count.h has the same."""

    _fields_ = (
        ("site", c_uint32),
        ("object", c_uint32),
        ("line", c_int32),
        ("width", c_uint32),
        ("element", c_uint32),
        ("space", c_uint32),
        ("name", c_char * 48),
        ("requests", c_uint64),
        ("lanes", c_uint64),
        ("sectors", c_uint64),
        ("ideal_sectors", c_uint64),
        ("wavefronts", c_uint64),
        ("ideal_wavefronts", c_uint64),
        ("sample_block", Index),
        ("sample_warp", c_uint32),
        ("sample_lanes", c_uint32),
        ("next", c_uint32),
        ("sample", c_int64 * LANES),
    )


class BlockCount(Structure):
    """How often warps, and lanes, ran a basic block; counts.h has the same."""

    _fields_ = (
        ("site", c_uint32),
        ("unused", c_uint32),
        ("warps", c_uint64),
        ("lanes", c_uint64),
    )


class Header(Structure):
    """How many records follow, and how long they are."""

    _fields_ = (
        ("tallies", c_uint32),
        ("blocks", c_uint32),
        ("tally_size", c_uint32),
        ("block_size", c_uint32),
    )


def unpack(data, sites, text):
    """Read a launch's counts.

    Args:
        data: bytes that the traced build left.
        sites: tuple of annotate.Site.
        text: list of the source's lines.

    Returns:
        dict of KernelTrace's fields `accesses`, `flop`, `lines`, `lanes_run`, `lanes_offered`.

    >>> unpack(bytes(16), (), [])["accesses"]
    ()
    """
    header = Header.from_buffer_copy(data)
    middle = sizeof(Header) + header.tallies * sizeof(Tally)
    tallies = (Tally * header.tallies).from_buffer_copy(data, sizeof(Header))
    blocks = (BlockCount * header.blocks).from_buffer_copy(data, middle)
    lines = _lines(blocks, sites, text)
    flop = Counter()
    for line in lines:
        flop.update(line.flop)
    return {
        "accesses": _accesses(tallies, sites, text),
        "flop": dict(flop),
        "lines": lines,
        "lanes_run": sum(b.lanes for b in blocks),
        "lanes_offered": LANES * sum(b.warps for b in blocks),
    }


def line_of(text, number):
    """A line of the source without its indent; empty if there is none.

    >>> line_of(["  int i;"], 1)
    'int i;'
    """
    return text[number - 1].strip() if 0 < number <= len(text) else ""


def _accesses(tallies, sites, text):
    """The tallies by place; those that a compiler made from one place of the source are one."""
    places = {}
    for tally in tallies:
        site = sites[tally.site]
        key = tally.line, site.column, tally.object, site.kind, tally.width
        places.setdefault(key, []).append(tally)
    order = sorted(places, key=lambda key: (key[:2], places[key][0].site))
    return tuple(_access(places[key], sites, text) for key in order)


def _access(tallies, sites, text):
    first = tallies[0]
    return Access(
        line=first.line,
        text=line_of(text, first.line),
        array=name_of(first, text),
        space=_space(first.space),
        kind=sites[first.site].kind,
        width=first.width,
        sample=_sample(first),
        **{name: sum(getattr(t, name) for t in tallies) for name in SUMMED},
    )


def _space(number):
    """A __device__ variable lies in global memory."""
    return "global" if SPACES[number] == "device" else SPACES[number]


def _sample(tally):
    there = [tally.sample_lanes >> lane & 1 for lane in range(LANES)]
    addresses = [at if yes else None for at, yes in zip(tally.sample, there, strict=True)]
    return Request(tuple(tally.sample_block), tally.sample_warp, tuple(addresses))


def _lines(blocks, sites, text):
    """What each line of the source computed, and how many of its warps' lanes were at work."""
    flop, lanes, warps = {}, Counter(), Counter()
    for block in blocks:
        site = sites[block.site]
        lanes[site.line] += block.lanes
        warps[site.line] += block.warps
        for line, kind, count in site.flop:
            flop.setdefault(line, Counter())[kind] += count * block.lanes
    return tuple(
        Line(n, line_of(text, n), dict(flop.get(n, {})), lanes[n], LANES * warps[n])
        for n in sorted(flop.keys() | lanes.keys())
    )
