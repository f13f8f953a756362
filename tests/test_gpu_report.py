"""A profile's table, totals and roofline say what the trace holds, the same every time."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.gpu.counters import NAMES, Counters, count
from dlcourse.gpu.report import Findings, Profile
from dlcourse.gpu.roofline import Roof
from dlcourse.trace import Access, Finding, KernelTrace, Line

READ, WRITE = "  tile[y][x] = in[i]; ", "out[j] = tile[x][y] < 3;"
LOAD = Access(7, READ, "in", "global", "load", 4, 2, 64, 8, 8)
PUT = Access(7, READ, "tile", "shared", "store", 4, 2, 64, 0, 0, 2, 2)
GET = Access(9, WRITE, "tile", "shared", "load", 4, 2, 40, 0, 0, 64, 2)
SET = Access(9, WRITE, "out", "global", "store", 4, 2, 40, 21, 5)
TAP = Access(8, "sum += w[k];", "w", "constant", "load", 4, 1, 32)
BUMP = Access(11, "atomicAdd(n, 1);", "n", "global", "atomic", 4, 3, 3, 3, 3)
RACE = Finding("race", "race on `tile[<3]`: thread (1,0,0) & thread (2,0,0)", 9)
LINES = (
    Line(5, "if (t > 3) {", {}, 60, 60),
    Line(6, "if (t < 3) t++;", {}, 30, 64),
    Line(8, "sum += w[k];", {"float32": 100, "float64": 28}, 64, 64),
    Line(9, WRITE, {}, 40, 64),
)
TRACE = KernelTrace(
    "turn",
    (2, 1, 1),
    (8, 4, 1),
    (PUT, LOAD, SET, GET, TAP, BUMP),
    LINES,
    flop={"float32": 100, "float64": 28},
    lanes_run=150,
    lanes_offered=200,
    barriers=2,
    shared_bytes=1024,
    findings=(RACE,),
)
TEXT = """\
turn: grid (2,), block (8, 4)
line  source                    FLOP  at work  operation          array  requests  lanes  takes          at best
   6  if (t < 3) t++;                 47 %
   7  tile[y][x] = in[i];                      load 4 B global    in     2         32     4 sectors      4
                                               store 4 B shared   tile   2         32     1 wavefront    1
   8  sum += w[k];              128            load 4 B constant  w      1         32
   9  out[j] = tile[x][y] < 3;        62 %     load 4 B shared    tile   2         20     32 wavefronts  1
                                               store 4 B global   out    2         20     10.50 sectors  2.50
  11  atomicAdd(n, 1);                         atomic 4 B global  n      3         1      1 sector       1
global memory: 32 sectors, 1.02 kB of traffic, 42 % of it asked for
shared memory: 1 KiB a block, 4 requests took 66 wavefronts, 62 by conflicts
arithmetic: 100 float32, 28 float64, 0.125 FLOP/B
warps: 75 % of their lanes at work, 2 barriers
race on `tile[<3]`: thread (1,0,0) & thread (2,0,0)"""  # noqa: E501


def test_the_text_is_a_table_by_source_line():
    assert repr(Profile(TRACE)) == TEXT


def test_the_page_says_the_same_and_escapes_the_source():
    page = Profile(TRACE)._repr_html_()
    assert page == Profile(TRACE)._repr_html_()
    assert "<code>out[j] = tile[x][y] &lt; 3;</code>" in page
    assert "race on <code>tile[&lt;3]</code>: thread (1,0,0) &amp; thread" in page
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    for cell in ("32 wavefronts", "10.50 sectors", "42 % of it asked for", "62 by conflicts"):
        assert cell in words
    assert page.count("<tr>") == 8


def test_a_launch_that_did_nothing_says_so():
    empty = Profile(KernelTrace("nothing", (1, 1, 1), (1, 1, 3)))
    assert repr(empty) == "nothing: grid (1,), block (1, 1, 3)\nno findings"
    assert empty.cost == Counters()
    with pytest.raises(ValueError, match="nothing touched no global memory"):
        empty.roofline("H100 SXM")


def test_counters_add_up_the_trace():
    assert count(TRACE) == Counters(
        global_loads=64,
        global_stores=40,
        global_atomics=3,
        global_requests=7,
        global_bytes=428,
        sectors=32,
        ideal_sectors=16,
        shared_loads=40,
        shared_stores=64,
        shared_requests=4,
        shared_wavefronts=66,
        bank_conflicts=62,
        constant_loads=32,
        flop=128,
        flop64=28,
        barriers=2,
        shared_bytes=1024,
    )


@given(st.lists(st.sampled_from([LOAD, PUT, GET, SET, TAP, BUMP])))
def test_counters_are_additive(accesses):
    whole = count(KernelTrace("k", (1, 1, 1), (1, 1, 1), tuple(accesses)))
    parts = [count(KernelTrace("k", (1, 1, 1), (1, 1, 1), (a,))) for a in accesses]
    for name in NAMES:
        assert getattr(whole, name) == sum(getattr(part, name) for part in parts)


def test_the_roofline_names_what_limits():
    profile = Profile(TRACE)
    slow = profile.roofline(Roof("arithmetic-starved", 1e9, 1e12))
    assert (slow.bound, slow.flop_per_s) == ("arithmetic", 1e9)
    fast = profile.roofline("H100 SXM")
    assert (fast.bound, fast.flop_per_s) == ("memory", 0.125 * fast.roof.bytes_per_s)
    told = "H100 SXM, fp32: at 0.125 FLOP/B at most 419 GFLOP/s, 0.626 % of its peak; "
    assert repr(fast) == told + "memory is the limit"


def test_findings_are_sentences():
    assert repr(Findings()) == "no findings" and not Findings()
    found = Findings((RACE, RACE))
    assert str(found).splitlines() == [RACE.message] * 2 and found[0] is RACE
    assert found._repr_html_().count("<li>") == 2
