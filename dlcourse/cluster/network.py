"""How long a message is under way: every link is busy with one message at a time.

A message passes the links of its route in turn. It enters a link when its head is there and the
link is free, occupies it for bytes / bandwidth, and its head is `latency` further on (cut-through:
the head goes on while the tail still comes). A half-duplex link is one for both directions.

Not modelled: fair sharing (messages take turns whole, in the order in which they set out), full
buffers in switches, ways around a busy link, packets and their headers, lost packets.
"""


class Wire:
    """One direction of a link, or both of one that is half duplex.

    Attributes:
        name: Hop.channel, such as "gpu0>nic0".
        bandwidth: bytes/s.
        latency: seconds.
        busy: until when.
    """

    __slots__ = ("bandwidth", "busy", "latency", "name")

    def __init__(self, hop):
        self.name, self.busy = hop.channel, 0.0
        self.bandwidth, self.latency = hop.link.bandwidth, hop.link.latency


class Network:
    """The wires of a topology.

    >>> from dlcourse.cluster.topology import star
    >>> net = Network(star(3, bandwidth=1e9, latency=0))
    >>> [wire.name for wire in net.way(0, 1)]
    ['device0>switch', 'switch>device1']
    >>> carry(net.way(0, 1), 1000, now=0.0), carry(net.way(0, 2), 1000, now=0.0)  # the second waits
    ((0.0, 1e-06, 1e-06), (1e-06, 2e-06, 2e-06))
    """

    def __init__(self, topology):
        self.topology = topology
        self.wires = {}  # by name

    def way(self, source, dest):
        """The wires from one rank to another: tuple of Wire."""
        hops = self.topology.route(source, dest)
        for hop in hops:
            if hop.channel not in self.wires:
                self.wires[hop.channel] = Wire(hop)
        return tuple(self.wires[hop.channel] for hop in hops)


def carry(way, size, now):
    """Send a message at time `now`, no earlier than any before it.

    Args:
        way: tuple of Wire.
        size: bytes.
        now: seconds.

    Returns:
        (start, end, arrival): seconds at which the first byte leaves, the last byte has left,
        and the last byte has arrived.

    >>> carry((), 1000, now=2.0)
    (2.0, 2.0, 2.0)
    """
    if not way:
        return now, now, now
    wires = iter(way)
    wire = next(wires)
    start = now if wire.busy < now else wire.busy
    wire.busy = end = start + size / wire.bandwidth
    head, tail = start + wire.latency, end + wire.latency
    for wire in wires:
        if wire.busy > head:
            head = wire.busy
        leave = head + size / wire.bandwidth
        if leave > tail:
            tail = leave
        wire.busy = tail
        head += wire.latency
        tail += wire.latency
    return start, end, tail
