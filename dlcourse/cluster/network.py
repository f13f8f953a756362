"""How long a message is under way: every link is busy with one message at a time.

A message passes the links of its route in turn. It enters a link when its head is there and the
link is free, occupies it for bytes / bandwidth, and its head is `latency` further on (cut-through:
the head goes on while the tail still comes). A half-duplex link is one for both directions.

Not modelled: fair sharing (messages take turns whole, in the order in which they set out), full
buffers in switches, ways around a busy link, packets and their headers, lost packets.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wire:
    """One direction of a link, as messages meet it; `name` is that of its channel."""

    name: str
    channel: int  # what it occupies: both directions of a half-duplex link share one
    bandwidth: float
    latency: float


class Network:
    """The links of a topology, and until when each is busy.

    >>> from dlcourse.cluster.topology import star
    >>> net = Network(star(3, bandwidth=1e9, latency=0))
    >>> net.carry(0, 1, 1000, now=0.0), net.carry(0, 2, 1000, now=0.0)  # the second waits
    ((0.0, 1e-06, 1e-06), (1e-06, 2e-06, 2e-06))
    """

    def __init__(self, topology):
        self.topology = topology
        self.routes = {}  # (source, dest) -> wires
        self.channels = {}  # name -> index
        self.busy = []  # by channel: until when

    def route(self, source, dest):
        """The wires from one rank to another."""
        found = self.routes.get((source, dest))
        if found is None:
            hops = self.topology.route(source, dest)
            found = self.routes[source, dest] = tuple(self._wire(hop) for hop in hops)
        return found

    def _wire(self, hop):
        index = self.channels.setdefault(hop.channel, len(self.channels))
        if index == len(self.busy):
            self.busy.append(0.0)
        return Wire(hop.channel, index, hop.link.bandwidth, hop.link.latency)

    def carry(self, source, dest, size, now):
        """Send `size` bytes at time `now`, no earlier than any message before it.

        Returns:
            (start, end, arrival): seconds at which the first byte leaves, the last byte has left,
            and the last byte has arrived.
        """
        busy = self.busy
        start = end = None
        head = tail = now
        for wire in self.route(source, dest):
            channel = wire.channel
            if busy[channel] > head:
                head = busy[channel]
            leave = head + size / wire.bandwidth
            if leave > tail:
                tail = leave
            busy[channel] = tail
            if start is None:
                start, end = head, tail
            head += wire.latency
            tail += wire.latency
        return (now, now, now) if start is None else (start, end, tail)
