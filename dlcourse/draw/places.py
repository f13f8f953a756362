"""Where the parts of a topology stand in a drawing: kinds in rows, computers side by side."""

from dataclasses import dataclass

from dlcourse.cluster.topology import kind

CELL = 34  # room of one vertex across
GAP = 28  # between computers
LEFT = 124  # room for the names of rows
LEVEL = 60  # from row to row
TOP = 34
BOX = 26  # width of a small vertex
ROWS = {  # from the top: name of the row, kinds in it
    "spines": ("spine",),
    "switches": ("switch", "rail", "leaf"),
    "NICs": ("nic",),
    "CPU": ("cpu",),
    "PCIe switches": ("pcie",),
    "GPUs, by rank": ("gpu",),
    "devices, by rank": ("device",),
    "NVSwitch": ("nvswitch",),
}
BOWS = 44  # room for links between devices
DEVICES = ("GPUs, by rank", "devices, by rank")
OUTSIDE = ("spines", "switches")  # rows of the network between computers


@dataclass(frozen=True)
class Place:
    """A vertex in a drawing: its middle, its width, and the row it stands in."""

    x: float
    y: float
    width: float
    row: str


@dataclass(frozen=True)
class Layout:
    """All places of a topology, its computers as (name, left, right), rows with their y, sizes."""

    places: dict[str, Place]
    computers: list[tuple[str, float, float]]
    rows: dict[str, float]
    width: float
    height: float


def layout(topology):
    """Place every vertex of a topology.

    Args:
        topology: Topology whose vertices are named after their kind, as `cluster.parts` does.

    Returns:
        Layout.

    Raises:
        ValueError: for a vertex of a kind that has no row.

    >>> from dlcourse.cluster.presets import topology
    >>> list(layout(topology("qdr-2014")).rows)
    ['NICs', 'CPU', 'GPUs, by rank']
    """
    row_of = {vertex: _row(vertex) for vertex in topology.vertices}
    rows = _heights(row_of)
    inside = _inside(row_of)
    computers, right = _side_by_side(inside, row_of)
    spans = {name: (a, b) for name, a, b in computers}
    x = _outside_middles(row_of, right)
    for name, members in inside.items():
        x |= _inside_middles(topology, members, row_of, spans[name])
    width = {v: _width(v, row_of, spans, topology) for v in x}
    places = {v: Place(x[v], rows[row_of[v]], width[v], row_of[v]) for v in topology.vertices}
    named = [computer for computer in computers if computer[0]]
    below = BOWS * any(row_of[k.a] == row_of[k.b] in DEVICES for k in topology.links)
    return Layout(places, named, rows, right + 16, max(rows.values()) + 44 + below)


def node_of(vertex):
    """The computer that a vertex stands in, "" if it has no name.

    >>> node_of("node0.gpu1"), node_of("rail0")
    ('node0', '')
    """
    return vertex.rpartition(".")[0]


def _row(vertex):
    for row, kinds in ROWS.items():
        if kind(vertex) in kinds:
            return row
    known = ", ".join(name for kinds in ROWS.values() for name in kinds)
    raise ValueError(f"{vertex!r} can't be drawn: name vertices after their kind, one of {known}")


def _heights(row_of):
    """The y of each row that is used; the network's links have more room."""
    rows, y = {}, TOP
    for row in ROWS:
        if row in row_of.values():
            rows[row] = y
            y += LEVEL + 14 * (row in OUTSIDE)
    return rows


def _inside(row_of):
    """The vertices of each computer, in order."""
    found = {}
    for vertex, row in row_of.items():
        if row not in OUTSIDE:
            found.setdefault(node_of(vertex), []).append(vertex)
    return found


def _side_by_side(inside, row_of):
    """Left and right end of each computer, as wide as its fullest row, and the end of the last."""
    computers, left = [], LEFT
    for name, members in inside.items():
        rows = [row_of[v] for v in members]
        computers.append((name, left, left + CELL * max(2, *map(rows.count, rows))))
        left = computers[-1][2] + GAP
    return computers, left - GAP


def _spread(vertices, left, right):
    step = (right - left) / max(len(vertices), 1)
    return {vertex: left + step * (i + 0.5) for i, vertex in enumerate(vertices)}


def _outside_middles(row_of, right):
    x = {}
    for row in OUTSIDE:
        x |= _spread([v for v in row_of if row_of[v] == row], LEFT, right)
    return x


def _inside_middles(topology, members, row_of, span):
    """Devices evenly, PCIe switches above theirs, NICs above what they hang on."""
    devices = [v for v in members if v in topology.devices]
    x = _spread(devices, *span)
    parents = {v: _neighbours(topology, v, ("pcie", "cpu")) for v in members}
    for vertex in members:
        if row_of[vertex] == "PCIe switches":
            below = [x[v] for v in devices if vertex in parents[v]]
            x[vertex] = sum(below) / len(below) if below else sum(span) / 2
        elif row_of[vertex] in ("CPU", "NVSwitch"):
            x[vertex] = sum(span) / 2
    nics = [v for v in members if row_of[v] == "NICs"]
    for parent in dict.fromkeys(parents[v][0] if parents[v] else "" for v in nics):
        group = [v for v in nics if (parents[v] or [""])[0] == parent]
        half = CELL * len(group) / 2
        narrow = kind(parent) == "pcie"
        x |= _spread(group, x[parent] - half, x[parent] + half) if narrow else _spread(group, *span)
    return x


def _neighbours(topology, vertex, kinds):
    ends = [{k.a, k.b} for k in topology.links if vertex in (k.a, k.b)]
    return [v for pair in ends for v in pair - {vertex} if kind(v) in kinds]


def _width(vertex, row_of, spans, topology):
    """NVSwitches span their computer, and so do CPUs that GPUs hang on."""
    if row_of[vertex] in OUTSIDE:
        return 1.6 * BOX
    left, right = spans[node_of(vertex)]
    wide = row_of[vertex] == "NVSwitch"
    if row_of[vertex] == "CPU":
        wide = bool(_neighbours(topology, vertex, ("gpu", "device")))
    return right - left - 8 if wide else BOX
