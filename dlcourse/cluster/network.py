"""How long a message is under way: every link is busy with one message at a time.

A message passes the links of its route in turn. It enters a link when its head is there and the
link is free, occupies it for bytes / bandwidth, and its head is `latency` further on (cut-through:
the head goes on while the tail still comes). A half-duplex link is one for both directions.

Not modelled: fair sharing (messages take turns whole, in the order in which they set out), full
buffers in switches, ways around a busy link, packets and their headers, lost packets.
"""

from collections import Counter, defaultdict


class Route:
    """The way from one rank to another, and the bytes that went over it.

    A wire is one direction of a link: (name, channel, bandwidth, latency), where the channel is
    what it occupies: both directions of a half-duplex link share one.
    """

    __slots__ = ("bytes", "wires")

    def __init__(self, wires):
        self.wires = wires
        self.bytes = 0


class Network:
    """The links of a topology, and until when each is busy.

    >>> from dlcourse.cluster.topology import star
    >>> net = Network(star(3, bandwidth=1e9, latency=0))
    >>> net.carry(0, 1, 1000, now=0.0), net.carry(0, 2, 1000, now=0.0)  # the second waits
    ((0.0, 1e-06, 1e-06), (1e-06, 2e-06, 2e-06))
    >>> net.link_bytes()["device0>switch"]
    2000
    """

    def __init__(self, topology):
        self.topology = topology
        self.routes = defaultdict(dict)  # source -> dest -> Route
        self.channels = {}  # name -> index
        self.busy = []  # by channel: until when

    def route(self, source, dest):
        """The Route from one rank to another."""
        found = self.routes[source].get(dest)
        if found is None:
            hops = self.topology.route(source, dest)
            found = self.routes[source][dest] = Route([self._wire(hop) for hop in hops])
        return found

    def _wire(self, hop):
        index = self.channels.setdefault(hop.channel, len(self.channels))
        if index == len(self.busy):
            self.busy.append(0.0)
        return hop.channel, index, hop.link.bandwidth, hop.link.latency

    def carry(self, source, dest, size, now):
        """Send `size` bytes at time `now`, no earlier than any message before it.

        Returns:
            (start, end, arrival): seconds at which the first byte leaves, the last byte has left,
            and the last byte has arrived.
        """
        busy = self.busy
        route = self.routes[source].get(dest) or self.route(source, dest)
        route.bytes += size
        start = end = None
        head = tail = now
        for _, channel, bandwidth, latency in route.wires:
            if busy[channel] > head:
                head = busy[channel]
            leave = head + size / bandwidth
            if leave > tail:
                tail = leave
            busy[channel] = tail
            if start is None:
                start, end = head, tail
            head += latency
            tail += latency
        return (now, now, now) if start is None else (start, end, tail)

    def names(self, source, dest):
        """The links of a route, each by its channel, such as "gpu0>nic0"."""
        return tuple(name for name, *_ in self.route(source, dest).wires)

    def link_bytes(self):
        """Bytes that crossed each channel so far: a direction of a link, or a half-duplex link."""
        sums = Counter()
        for routes in self.routes.values():
            for route in routes.values():
                sums.update({name: route.bytes for name, *_ in route.wires})
        return dict(sorted(sums.items()))
