"""What machines leave behind and drawings read: frozen records, no behaviour.

Base units throughout: bytes, seconds, FLOP. A machine emits these, a model predicts them, `draw`
shows them; none of the three knows the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """One warp's addresses in one memory operation: what a drawing of sectors or banks shows.

    `addresses` holds one byte address a lane, counted from the array's first byte; an inactive
    lane has None.
    """

    block: tuple[int, int, int]
    warp: int
    addresses: tuple[int | None, ...]


@dataclass(frozen=True)
class Access:
    """One memory operation of the source, summed over all warps that ran it.

    A request is one warp's execution of the operation; `lanes` counts its active lanes. A sector
    is 32 aligned bytes of global memory, `ideal_sectors` the fewest that hold the bytes asked for.
    A wavefront is one pass over the 32 banks of shared memory: one a request without conflicts.
    Constant memory's wavefronts are the words asked for: it gives all lanes one word at a time.
    """

    line: int
    text: str
    array: str
    space: str  # "global", "shared" or "constant"
    kind: str  # "load", "store" or "atomic"
    width: int  # bytes a lane
    requests: int
    lanes: int
    sectors: int = 0
    ideal_sectors: int = 0
    wavefronts: int = 0
    ideal_wavefronts: int = 0
    sample: Request | None = None


@dataclass(frozen=True)
class Line:
    """What one line of the source computed, and how many lanes were at work in it.

    `lanes_run` sums active lanes over the basic blocks that begin in the line, `lanes_offered`
    is 32 for each time a warp ran one.
    """

    line: int
    text: str
    flop: dict[str, int]
    lanes_run: int
    lanes_offered: int


@dataclass(frozen=True)
class Finding:
    """One thing a sanitizer would report, in a plain sentence."""

    kind: str  # such as "out of bounds", "race", "deadlock": see emulator's list
    message: str
    line: int | None = None
    text: str = ""
    block: tuple[int, int, int] | None = None
    thread: tuple[int, int, int] | None = None


@dataclass(frozen=True)
class KernelTrace:
    """What one traced launch did: memory operations by line, arithmetic, divergence, findings."""

    name: str
    grid: tuple[int, int, int]
    block: tuple[int, int, int]
    accesses: tuple[Access, ...] = ()
    lines: tuple[Line, ...] = ()
    flop: dict[str, int] = field(default_factory=dict)  # by type: "float32", "float64", "float16"
    lanes_run: int = 0  # active lanes summed over all basic blocks that a warp ran
    lanes_offered: int = 0  # 32 times those: their ratio is the share of lanes at work
    barriers: int = 0  # summed over blocks
    shared_bytes: int = 0  # a block, static and dynamic
    findings: tuple[Finding, ...] = ()
    printed: str = ""
    seconds: float = 0.0  # wall time of the emulation: never the time of a GPU


@dataclass(frozen=True)
class Message:
    """One message between two ranks: the wire was busy from start to end, it arrived at arrival."""

    source: int
    dest: int
    bytes: int
    tag: int
    start: float
    end: float
    arrival: float
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class Work:
    """One stretch of a rank's time: computing, or waiting for a message."""

    rank: int
    kind: str  # "compute" or "wait"
    start: float
    end: float
    label: str = ""


class Records(Sequence):
    """Millions of records, kept as rows of numbers; each is made when it is looked at.

    Attributes:
        rows: structured NumPy array, such as rows["start"] of messages.

    >>> import numpy as np
    >>> rows = np.array([(0, 0.5), (1, 1.0)], dtype=[("rank", int), ("end", float)])
    >>> records = Records(lambda rank, end: Work(rank, "wait", 0.0, end), rows)
    >>> len(records), records[1]
    (2, Work(rank=1, kind='wait', start=0.0, end=1.0, label=''))
    """

    def __init__(self, record, rows):
        self.record = record
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, place):
        if isinstance(place, slice):
            return Records(self.record, self.rows[place])
        return self.record(*self.rows[place].item())

    def __eq__(self, other):
        return isinstance(other, Records) and (self.rows == other.rows).all()

    def __repr__(self):
        return f"<{len(self)} records>"


@dataclass(frozen=True)
class ClusterTrace:
    """What a run on a cluster did: messages, work, and the bytes that crossed each link."""

    size: int
    seconds: float
    messages: Sequence[Message] = ()
    work: Sequence[Work] = ()
    link_bytes: dict[str, int] = field(default_factory=dict)  # by channel: Hop.channel
