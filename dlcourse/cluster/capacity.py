"""What a network can carry at most: one message everywhere at once, a ring, one half to the other.

Bounds from bandwidths alone; latency and the order of messages are the virtual cluster's.
"""

import math
from collections import Counter, deque

SOURCE, SINK = "(source)", "(sink)"


def loads(topology, pairs):
    """Count the flows that share each channel when all pairs send at once.

    Args:
        topology: Topology.
        pairs: iterable of (source rank, dest rank).

    Returns:
        Counter, channel -> number of flows.

    >>> from dlcourse.cluster.topology import star
    >>> loads(star(3), [(0, 1), (2, 1)])["switch>device1"]
    2
    """
    return Counter(hop.channel for i, j in pairs for hop in topology.route(i, j))


def flow_bandwidth(topology, pairs):
    """Bytes/s that every pair gets when all send at once and share each channel evenly.

    Args:
        topology: Topology.
        pairs: iterable of (source rank, dest rank).

    Returns:
        float: that of the slowest pair; inf if nothing is sent between two devices.

    >>> from dlcourse.cluster.topology import star
    >>> flow_bandwidth(star(3, bandwidth=8e9), [(0, 1), (2, 1)])
    4000000000.0
    """
    pairs = list(pairs)
    flows = loads(topology, pairs)
    hops = (hop for i, j in pairs for hop in topology.route(i, j))
    return min((hop.link.bandwidth / flows[hop.channel] for hop in hops), default=math.inf)


def ring(order):
    """Pair each rank with the next one, and the last with the first.

    Args:
        order: sequence of ranks.

    Returns:
        list of pairs.

    >>> ring(range(3))
    [(0, 1), (1, 2), (2, 0)]
    """
    order = list(order)
    return list(zip(order, [*order[1:], order[0]], strict=True)) if len(order) > 1 else []


def bisection_bandwidth(topology):
    """Bytes/s at most from the first half of the ranks to the second: a maximum flow.

    All routes may be used, as far as links go on; the smallest cut limits it.

    Args:
        topology: Topology with at least two devices.

    Returns:
        float.

    Source: Edmonds and Karp, Journal of the ACM 19, 1972, https://doi.org/10.1145/321694.321699

    >>> from dlcourse.cluster.topology import star
    >>> bisection_bandwidth(star(8, bandwidth=10e9))
    40000000000.0
    """
    if len(topology.devices) < 2:
        raise ValueError(f"{topology!r}: there are no two halves")
    room = _residual(topology)
    total = 0.0
    while way := _shortest_way(room):
        flow = min(room[a][b] for a, b in way)
        for a, b in way:
            room[a][b] -= flow
            room[b][a] = room[b].get(a, 0.0) + flow
        total += flow
    return total


def _residual(topology):
    """Free bytes/s of each directed edge, between a source and a sink beyond the halves."""
    half = len(topology.devices) // 2
    first, second = topology.devices[:half], topology.devices[half:]
    room = {vertex: {} for vertex in (*topology.vertices, SOURCE, SINK)}
    for link in topology.links:
        for a, b in ((link.a, link.b), (link.b, link.a)):
            forward = a not in second and b not in first  # nothing passes through a device
            room[a][b] = link.bandwidth if forward else 0.0
    room[SOURCE] = dict.fromkeys(first, math.inf)
    for vertex in second:
        room[vertex][SINK] = math.inf
    return room


def _shortest_way(room):
    """Edges of a way with the fewest hops and room left, or None."""
    came, queue = {SOURCE: None}, deque([SOURCE])
    while queue and SINK not in came:
        at = queue.popleft()
        for to, free in room[at].items():
            if free > 0 and to not in came:
                came[to] = at
                queue.append(to)
    if SINK not in came:
        return None
    way, at = [], SINK
    while came[at] is not None:
        way.append((came[at], at))
        at = came[at]
    return way
