"""What is wired to what: devices, links, and the shortest route between two ranks.

A vertex is a name such as "node0.gpu3"; its kind is the letters of the last part. Devices are the
vertices that ranks run on, in rank order. All other vertices (CPUs, switches, NICs) pass on.

Not modelled: limits inside a switch or a CPU (only links have a bandwidth), adaptive routing.
Devices never pass on a message, as a GPU doesn't route between its NVLinks.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from dlcourse.cluster.errors import check_counts
from dlcourse.cluster.output import counted

DUPLEX = ("full", "half")


@dataclass(frozen=True)
class Link:
    """A cable, slot or bridge between two vertices.

    Attributes:
        a, b: the vertices it joins; two vertices have at most one link.
        bandwidth: bytes/s in each direction.
        latency: seconds from one end to the other.
        duplex: "full", both directions at once, or "half", one at a time.
        medium: what it is made of, such as "PCIe 3.0 x16".

    >>> Link("cpu0", "nic0", bandwidth=8e9).name
    'cpu0-nic0'
    """

    a: str
    b: str
    bandwidth: float
    latency: float = 0.0
    duplex: str = "full"
    medium: str = ""

    def __post_init__(self):
        if not (self.bandwidth > 0 and 0 <= self.latency < math.inf):
            rule = "give a bandwidth above zero and a latency of zero or more"
            raise ValueError(f"{self.name}: {self.bandwidth} B/s, {self.latency} s: {rule}")
        if self.a == self.b:
            raise ValueError(f"{self.name}: a link joins two different vertices")
        if self.duplex not in DUPLEX:
            raise ValueError(f'{self.name}: duplex={self.duplex!r}: use "full" or "half"')

    @property
    def name(self):
        """Both ends, unique in a topology."""
        return f"{self.a}-{self.b}"


@dataclass(frozen=True)
class Hop:
    """A link in one direction.

    >>> Hop(Link("cpu0", "nic0", 8e9), "nic0", "cpu0").channel
    'nic0>cpu0'
    """

    link: Link
    source: str
    dest: str

    @cached_property
    def channel(self):
        """What is busy while bytes pass: one direction, or a half-duplex link as a whole."""
        full = self.link.duplex == "full"
        return f"{self.source}>{self.dest}" if full else self.link.name


@dataclass(frozen=True, repr=False)
class Topology:
    """Devices in rank order, and the links between all vertices.

    >>> two = Topology("pair", ("gpu0", "gpu1"), (Link("gpu0", "gpu1", 1e9),))
    >>> two
    pair: 2 devices, 1 link
    >>> [hop.channel for hop in two.route(1, 0)]
    ['gpu1>gpu0']
    """

    name: str
    devices: tuple[str, ...]
    links: tuple[Link, ...]

    def __post_init__(self):
        if not self.devices:
            raise ValueError(f"{self.name}: a topology has at least one device")
        _check_unique(self.name, "device", self.devices)
        _check_unique(self.name, "link", ["-".join(sorted((k.a, k.b))) for k in self.links])

    def __repr__(self):
        devices, links = counted(len(self.devices), "device"), counted(len(self.links), "link")
        return f"{self.name}: {devices}, {links}"

    @cached_property
    def vertices(self):
        """All vertices: the devices first, then the others as the links name them."""
        ends = [end for link in self.links for end in (link.a, link.b)]
        return tuple(dict.fromkeys([*self.devices, *ends]))

    def route(self, i, j):
        """The way from rank i to rank j: the fewest hops, among those the widest bottleneck.

        Where several are equal the part next to them on the receiver's side chooses by its own
        number (D-mod-k, the rule of InfiniBand's fat trees), so that messages to different
        cards spread over equal switches.

        Args:
            i, j: ranks.

        Returns:
            tuple of Hop; empty if i == j.

        Raises:
            ValueError: if there is no such rank, or no way.
        """
        if (i, j) not in self._routes:
            self._routes[i, j] = self._search(self._device(i), self._device(j))
        return self._routes[i, j]

    def latency(self, i, j):
        """Seconds that the first byte takes from rank i to rank j."""
        return sum(hop.link.latency for hop in self.route(i, j))

    def bandwidth(self, i, j):
        """Bytes/s of the narrowest link from rank i to rank j, with nobody else on the way."""
        return min((hop.link.bandwidth for hop in self.route(i, j)), default=math.inf)

    def _device(self, rank):
        if not 0 <= rank < len(self.devices):
            raise ValueError(f"rank {rank}: {self.name} has ranks 0 to {len(self.devices) - 1}")
        return self.devices[rank]

    @cached_property
    def _routes(self):
        return {}

    @cached_property
    def _endpoints(self):
        return frozenset(self.devices)

    @cached_property
    def _hops(self):
        """For each vertex the hops that leave it, in the order of the links."""
        hops = {vertex: [] for vertex in self.vertices}
        for link in self.links:
            hops[link.a].append(Hop(link, link.a, link.b))
            hops[link.b].append(Hop(link, link.b, link.a))
        return hops

    def _search(self, source, goal):
        """Breadth first, layer by layer, until the layer of the goal is complete."""
        width, before, layer = {source: math.inf}, {}, [source]
        while goal not in width:
            found = {}  # vertex of the next layer: its widest bottleneck
            for hop in self._steps(layer, goal, width):
                wide = min(width[hop.source], hop.link.bandwidth)
                if wide > found.get(hop.dest, 0):
                    found[hop.dest], before[hop.dest] = wide, [hop]
                elif wide == found[hop.dest]:
                    before[hop.dest].append(hop)
            if not found:
                raise ValueError(f"{self.name}: no links lead from {source} to {goal}")
            width |= found
            layer = list(found)
        return self._walk_back(source, goal, before)

    def _walk_back(self, source, goal, before):
        hops, at, chooser = [], goal, goal
        while at != source:
            equal = before[at]
            hops.append(equal[self._number[chooser] % len(equal)])
            at, chooser = hops[-1].source, at
        return tuple(reversed(hops))

    @cached_property
    def _number(self):
        """Each vertex's number among those of its kind."""
        counts = Counter()
        number = {}
        for vertex in self.vertices:
            number[vertex] = counts[kind(vertex)]
            counts[kind(vertex)] += 1
        return number

    def _steps(self, layer, goal, seen):
        for vertex in layer:
            for hop in self._hops[vertex]:
                passes_on = hop.dest == goal or hop.dest not in self._endpoints
                if passes_on and hop.dest not in seen:
                    yield hop


def kind(vertex):
    """The kind of a vertex: the letters of the last part of its name.

    >>> kind("node0.gpu3"), kind("spine1")
    ('gpu', 'spine')
    """
    return re.match("[a-z]*", vertex.rsplit(".", 1)[-1])[0]


def star(ranks, bandwidth=10e9, latency=1e-6, name="ideal"):
    """Put every device on one switch that is never the bottleneck: the alpha-beta model's network.

    A message of n bytes takes latency + n / bandwidth; a device sends one message and receives
    one at a time. The defaults are round numbers, no product's.

    Args:
        ranks: number of devices.
        bandwidth: bytes/s of each device in each direction.
        latency: seconds from device to device.
        name: of the topology.

    Returns:
        Topology.

    >>> ideal = star(4)
    >>> ideal.latency(0, 3), ideal.bandwidth(0, 3)
    (1e-06, 10000000000.0)
    """
    check_counts(ranks=ranks)
    devices, half = tuple(f"device{rank}" for rank in range(ranks)), latency / 2
    links = tuple(Link(device, "switch", bandwidth, half) for device in devices)
    return Topology(name, devices, links)


def _check_unique(name, what, names):
    twice = [n for n, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"{name}: {what} {twice[0]} stands there twice; each must be unique")
