"""How long a message is under way: every link is busy with one message at a time.

A message passes the links of its route in turn. It enters a link when its head is there and the
link is free, occupies it for bytes / bandwidth, and its head is `latency` further on (cut-through:
the head goes on while the tail still comes). A half-duplex link is one for both directions.

Not modelled: fair sharing (messages take turns whole, in the order in which they set out), full
buffers in switches, ways around a busy link, packets and their headers, lost packets.
"""

from collections import Counter, defaultdict


class Wire:
    """One direction of a link, or both of one that is half duplex.

    Attributes:
        bandwidth: bytes/s.
        latency: seconds.
        busy: until when.
    """

    __slots__ = ("bandwidth", "busy", "latency")

    def __init__(self, link):
        self.bandwidth, self.latency, self.busy = link.bandwidth, link.latency, 0.0


class Route:
    """The way from one rank to another, and the bytes that went over it.

    Attributes:
        names: of the channels that it occupies, such as "gpu0>nic0".
        first: Wire, None if there is none.
        others: tuple of the following ones.
        bytes: that were sent so far.
    """

    __slots__ = ("bytes", "first", "names", "others")

    def __init__(self, names, first=None, *others):
        self.names, self.first, self.others = names, first, others
        self.bytes = 0


class Network:
    """The links of a topology, and until when each is busy.

    >>> from dlcourse.cluster.topology import star
    >>> net = Network(star(3, bandwidth=1e9, latency=0))
    >>> first, second = net.route(0, 1), net.route(0, 2)
    >>> net.carry(first, 1000, now=0.0), net.carry(second, 1000, now=0.0)  # the second waits
    ((0.0, 1e-06, 1e-06), (1e-06, 2e-06, 2e-06))
    >>> net.link_bytes()["device0>switch"]
    2000
    """

    def __init__(self, topology):
        self.topology = topology
        self.routes = defaultdict(dict)  # source -> dest -> Route
        self.wires = {}  # name of a channel -> Wire

    def route(self, source, dest):
        """The Route from one rank to another."""
        found = self.routes[source].get(dest)
        if found is None:
            hops = self.topology.route(source, dest)
            names = tuple(hop.channel for hop in hops)
            for hop in hops:
                if hop.channel not in self.wires:
                    self.wires[hop.channel] = Wire(hop.link)
            found = Route(names, *(self.wires[name] for name in names))
            self.routes[source][dest] = found
        return found

    def carry(self, route, size, now):
        """Send `size` bytes over a route at time `now`, no earlier than any message before it.

        Returns:
            (start, end, arrival): seconds at which the first byte leaves, the last byte has left,
            and the last byte has arrived.
        """
        route.bytes += size
        wire = route.first
        if wire is None:
            return now, now, now
        start = now if wire.busy < now else wire.busy
        wire.busy = end = start + size / wire.bandwidth
        head, tail = start + wire.latency, end + wire.latency
        for wire in route.others:
            if wire.busy > head:
                head = wire.busy
            leave = head + size / wire.bandwidth
            if leave > tail:
                tail = leave
            wire.busy = tail
            head += wire.latency
            tail += wire.latency
        return start, end, tail

    def link_bytes(self):
        """Bytes that crossed each channel so far: a direction of a link, or a half-duplex link."""
        sums = Counter()
        for routes in self.routes.values():
            for route in routes.values():
                sums.update(dict.fromkeys(route.names, route.bytes))
        return dict(sorted(sums.items()))
