"""What a cluster can carry, in a sentence under its picture."""

from dlcourse.cluster.capacity import bisection_bandwidth, flow_bandwidth, loads, ring
from dlcourse.cluster.collectives.costs import seconds
from dlcourse.cluster.scaling import ring_network
from dlcourse.cluster.topology import Hop
from dlcourse.draw.svg import Drawing
from dlcourse.draw.topology import show_topology
from dlcourse.units import show

MESSAGE = 100e6  # bytes of the all-reduce that the sentence times


def show_capacity(topology):
    """Draw a topology and say what a ring, its bisection and an all-reduce come to.

    Args:
        topology: Topology of at most 64 devices.

    Returns:
        Drawing.

    >>> from dlcourse.cluster.presets import topology
    >>> show_capacity(topology("qdr-2014"))
    4 GPUs: ring 4 GB/s a rank, narrowest at node0.nic0>node1.nic0; half to half 4 GB/s; \
all-reduce of 100 MB 37.5 ms
    """
    return Drawing(show_topology(topology).svg, describe(topology))


def describe(topology):
    """Say what a ring over all ranks gets, what its halves can exchange, and a time.

    Args:
        topology: Topology.

    Returns:
        str.

    >>> from dlcourse.cluster.topology import star
    >>> describe(star(1))
    '1 GPU: nothing to send'
    """
    ranks = len(topology.devices)
    if ranks == 1:
        return "1 GPU: nothing to send"
    pairs = ring(range(ranks))
    each = show(flow_bandwidth(topology, pairs), "B/s")
    half = show(bisection_bandwidth(topology), "B/s")
    time = seconds("all_reduce", MESSAGE, ranks, ring_network(topology), "ring")
    return (
        f"{ranks} GPUs: ring {each} a rank, narrowest at {_narrowest(topology, pairs)}; "
        f"half to half {half}; all-reduce of {show(MESSAGE, 'B')} {show(time, 's')}"
    )


def _narrowest(topology, pairs):
    """The channel that gives each of its flows the least."""
    flows = loads(topology, pairs)
    width = {
        Hop(k, *ends).channel: k.bandwidth
        for k in topology.links
        for ends in ((k.a, k.b), (k.b, k.a))
    }
    return min(flows, key=lambda channel: width[channel] / flows[channel])
