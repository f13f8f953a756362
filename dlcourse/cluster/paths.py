"""From one GPU to another in the next computer: staged through memory, or by RDMA.

A path is a row of stages, each with t = setup + bytes / bandwidth. A message goes through whole,
stage after stage (store and forward), or in chunks that follow each other (pipelined).

Not modelled: the copy between a pinned buffer and a program's own memory, several messages at
once, registration of memory with the NIC, the protocol's overhead on the wire.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dlcourse.cluster.errors import check_counts
from dlcourse.cluster.parts import hop_seconds, medium
from dlcourse.cluster.topology import Link, Topology


@dataclass(frozen=True)
class Stage:
    """One copy of a path: setup in seconds for each chunk, bandwidth in bytes/s."""

    name: str
    setup: float
    bandwidth: float

    def __post_init__(self):
        if not (self.bandwidth > 0 and 0 <= self.setup < math.inf):
            rule = "give a bandwidth above zero and a setup of zero or more"
            raise ValueError(f"{self.name}: {self.bandwidth} B/s, {self.setup} s: {rule}")

    def seconds(self, size):
        """How long it takes to copy `size` bytes."""
        return self.setup + size / self.bandwidth


@dataclass(frozen=True)
class Copy:
    """One chunk in one stage: when it began and ended."""

    stage: int
    chunk: int
    start: float
    end: float


def staged(nic="InfiniBand QDR 4x", pcie="PCIe 3.0 x16"):
    """Build the post's five hops: GPU1 → CPU1 → NIC1 → NIC2 → CPU2 → GPU2.

    The setup of a stage is NCCL's time for handing over a buffer (protocol Simple).

    Args:
        nic: medium of the network.
        pcie: medium of every slot.

    Returns:
        tuple of five Stage.

    >>> [round(stage.bandwidth / 1e9, 2) for stage in staged()]
    [15.75, 15.75, 4.0, 15.75, 15.75]
    """
    slot = hop_seconds("PCIe", "Simple"), medium(pcie).bandwidth
    wire = hop_seconds("network", "Simple"), medium(nic).bandwidth
    ends = ("GPU1", "CPU1", "NIC1", "NIC2", "CPU2", "GPU2")
    names = (f"{a} → {b}" for a, b in pairwise(ends))
    return tuple(
        Stage(name, *how) for name, how in zip(names, (slot, slot, wire, slot, slot), strict=True)
    )


def direct(nic="InfiniBand QDR 4x", pcie="PCIe 3.0 x16"):
    """Build the path of GPUDirect RDMA: the NICs read and write GPU memory, in one go.

    Args:
        nic: medium of the network.
        pcie: medium of every slot.

    Returns:
        tuple of one Stage, as wide as the narrower of slot and wire.

    >>> [stage.name for stage in direct()]
    ['GPU1 → GPU2']
    """
    narrow = min(medium(pcie).bandwidth, medium(nic).bandwidth)
    return (Stage("GPU1 → GPU2", hop_seconds("network", "Simple"), narrow),)


def timeline(path, size, chunks=1):
    """Send a message along a path, chunk by chunk: each stage copies one at a time, in order.

    Args:
        path: sequence of Stage.
        size: bytes of the message.
        chunks: equal parts; 1 is store and forward.

    Returns:
        tuple of Copy, chunk by chunk.

    Raises:
        ValueError: if the path is empty, or size or chunks make no sense.

    >>> [copy.end for copy in timeline([Stage("a", 1, 10), Stage("b", 2, 20)], 20, chunks=2)]
    [2.0, 4.5, 4.0, 7.0]
    """
    _check(path, size, chunks)
    free, copies = [0.0] * len(path), []
    for chunk in range(chunks):
        here = 0.0  # when the chunk is ready for its next stage
        for i, stage in enumerate(path):
            start = max(here, free[i])
            here = free[i] = start + stage.seconds(size / chunks)
            copies.append(Copy(i, chunk, start, here))
    return tuple(copies)


def path_seconds(path, size, chunks=1):
    """Predict when the last chunk arrives: the first through all stages, the rest at the slowest.

    Args:
        path, size, chunks: as for `timeline`.

    Returns:
        Seconds: sum of t_i + (chunks - 1) max t_i, with t_i the time of one chunk in stage i.

    Source: the makespan of equal jobs in a flow shop; chunks=1 is the sum of hops.

    >>> path_seconds([Stage("a", 1, 10), Stage("b", 2, 20)], 20, chunks=2)
    7.0
    """
    _check(path, size, chunks)
    times = [stage.seconds(size / chunks) for stage in path]
    return sum(times) + (chunks - 1) * max(times)


def effective_bandwidth(path, size, chunks=1):
    """Bytes/s that the program sees: size over the whole time.

    Args:
        path, size, chunks: as for `timeline`.

    Returns:
        float.

    Raises:
        ValueError: as `timeline`; also for a message that takes no time.

    >>> effective_bandwidth([Stage("a", 1, 10)], 90)
    9.0
    """
    seconds = path_seconds(path, size, chunks)
    if seconds == 0:
        raise ValueError(f"a message of {size} bytes takes no time: it has no bandwidth")
    return size / seconds


def best_chunks(path, size, most=4096):
    """Find the number of chunks that arrives first: few leave stages idle, many pay for setup.

    The time is a convex function of the number, so its slope is searched for its change of sign.

    Args:
        path, size: as for `timeline`.
        most: chunks at most.

    Returns:
        int.

    >>> best_chunks([Stage("a", 1, 10), Stage("b", 1, 10)], 90)
    3
    """
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        if path_seconds(path, size, middle + 1) < path_seconds(path, size, middle):
            low = middle + 1
        else:
            high = middle
    return low


def row(path):
    """Lay a path out as a topology, a device at each end of each stage; setups are left out.

    Args:
        path: sequence of Stage.

    Returns:
        Topology of one device more than there are stages.

    >>> row(staged())
    a row: 6 devices, 5 links
    """
    names = tuple(f"device{i}" for i in range(len(path) + 1))
    ends = zip(pairwise(names), path, strict=True)
    return Topology("a row", names, tuple(Link(a, b, stage.bandwidth) for (a, b), stage in ends))


def hand_on(world, size, chunks=1):
    """Be one device of a row: receive the message's chunks from the left, hand each on at once.

    Args:
        world: a World, such as of `row`.
        size: bytes of the message; chunks divides it.
        chunks: as for `timeline`.

    Returns:
        bool: whether all of it is here.

    >>> from dlcourse.cluster.run import run
    >>> path = [Stage("a", 0, 1e9), Stage("b", 0, 2e9)]
    >>> run(hand_on, on=row(path), args=(10**6, 2)).seconds == path_seconds(path, 10**6, 2)
    True
    """
    message, sending = np.full(size, world.rank == 0, np.uint8), []  # ones at the first device
    for chunk in np.split(message, chunks):
        if world.rank > 0:
            world.recv(chunk, world.rank - 1)
        if world.rank < world.size - 1:
            sending.append(world.isend(chunk, world.rank + 1))
    world.wait(*sending)
    return bool(message.all())


def _check(path, size, chunks):
    check_counts(stages=len(path), chunks=chunks)
    if size < 0:
        raise ValueError(f"a message of {size} bytes: give 0 or more")
