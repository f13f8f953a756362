"""When a second computer helps: data-parallel steps on one node and on two.

Every GPU has the same mini-batch however many there are, so two nodes that did not have to talk
would train twice as many samples a second. The gradients are summed by a ring all-reduce over all
GPUs, after the step's arithmetic.

Not modelled: overlap of the sum with the backward pass, the work of adding, a larger batch that
learns less from each sample.
"""

from dlcourse.cluster.capacity import flow_bandwidth, ring
from dlcourse.cluster.collectives.costs import AlphaBeta, seconds


def ring_network(topology):
    """Describe what a ring over all ranks gets: its slowest hop, shared as its messages share it.

    Args:
        topology: Topology.

    Returns:
        AlphaBeta.

    >>> from dlcourse.cluster.presets import topology
    >>> round(1e-9 / ring_network(topology("qdr-2014")).beta, 3)          # GB/s
    4.0
    """
    pairs = ring(range(len(topology.devices)))
    alpha = max((topology.latency(i, j) for i, j in pairs), default=0.0)
    return AlphaBeta(alpha, 1 / flow_bandwidth(topology, pairs))


def step_seconds(topology, compute, gradient_bytes):
    """Time one training step: the arithmetic, then a ring all-reduce of the gradients.

    Args:
        topology: Topology.
        compute: seconds of arithmetic on every GPU.
        gradient_bytes: of the whole network.

    Returns:
        Seconds.

    Raises:
        ValueError: if one of them is below 0.

    >>> from dlcourse.cluster.presets import topology
    >>> round(step_seconds(topology("qdr-2014"), 0.1, 240e6), 3)
    0.19
    """
    if compute < 0 or gradient_bytes < 0:
        raise ValueError(f"compute={compute} s, {gradient_bytes} B of gradients: give 0 or more")
    ranks = len(topology.devices)
    net = ring_network(topology)
    return compute + seconds("all_reduce", gradient_bytes, ranks, net, "ring")


def speedup(one, many, compute, gradient_bytes):
    """Compare samples a second of two topologies.

    Args:
        one, many: Topology; the first is what the speed-up is over.
        compute: seconds of arithmetic on every GPU.
        gradient_bytes: of the whole network.

    Returns:
        float: above 1 where `many` is worth having.

    Raises:
        ValueError: if one of them is below 0, or a step on `many` takes no time.

    >>> from dlcourse.cluster.presets import topology
    >>> both, one = topology("qdr-2014"), topology("qdr-2014", nodes=1)
    >>> round(speedup(one, both, 0.1, 240e6), 2), round(speedup(one, both, 0.01, 240e6), 2)
    (1.21, 0.5)
    """
    before, after = (step_seconds(t, compute, gradient_bytes) for t in (one, many))
    if after == 0:
        rule = "nobody can be faster: give it something to compute or to send"
        raise ValueError(f"compute={compute} s: a step on {many.name} takes no time, {rule}")
    return len(many.devices) * before / (len(one.devices) * after)


def least_bandwidth(one, ranks, compute, gradient_bytes, alpha=0.0):
    """Find the narrowest network for which more nodes are faster than one.

    From ranks / t_many = ranks_one / t_one, with t_many = compute + 2 (p - 1) (alpha + n / p beta),
    solved for 1 / beta.

    Args:
        one: Topology of one node.
        ranks: GPUs of all nodes together, p.
        compute: seconds of arithmetic on every GPU.
        gradient_bytes: n, of the whole network.
        alpha: seconds of latency between nodes.

    Returns:
        Bytes/s that the ring's narrowest hop must exceed; inf if latency alone takes too long.

    Raises:
        ValueError: if there are no more ranks than `one` has.

    >>> from dlcourse.cluster.presets import topology
    >>> round(least_bandwidth(topology("qdr-2014", nodes=1), 4, 0.1, 240e6) / 1e9, 2)
    2.76
    """
    few = len(one.devices)
    if ranks <= few:
        raise ValueError(f"ranks={ranks}: {one.name} has {few} already")
    allowed = step_seconds(one, compute, gradient_bytes) * ranks / few
    left = allowed - compute - 2 * (ranks - 1) * alpha
    sent = 2 * (ranks - 1) / ranks * gradient_bytes
    return sent / left if left > 0 else float("inf")
