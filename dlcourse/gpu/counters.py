"""The counters of one traced launch, by name: what a cost target is stated in.

They count what the program asked for, so they mean the same on every machine.

Not modelled: caches. A sector that two requests ask for is counted twice, as a profiler counts
what reaches the L1 cache.
"""

from dataclasses import dataclass, fields

SECTOR_BYTES = 32  # CUDA C++ Best Practices Guide, "Coalesced access to global memory"


@dataclass(frozen=True)
class Counters:
    """Totals of a launch, over all threads, warps and blocks.

    Loads, stores and atomics count threads: a warp of 32 that reads one element each makes 32
    loads in one request. A vector access such as float4 is one load.

    Attributes:
        global_loads: reads of global memory by threads.
        global_stores: writes of global memory by threads.
        global_atomics: atomic updates of global memory by threads.
        global_requests: warps' executions of those three.
        global_bytes: bytes that the threads asked for in them.
        sectors: 32-byte sectors that the requests touched.
        ideal_sectors: the fewest sectors that hold the bytes asked for.
        shared_loads: reads of shared memory by threads.
        shared_stores: writes of shared memory by threads.
        shared_atomics: atomic updates of shared memory by threads.
        shared_requests: warps' executions of those three.
        shared_wavefronts: passes over the banks that the requests took.
        bank_conflicts: wavefronts beyond those that conflict-free requests would take.
        constant_loads: reads of constant memory by threads.
        flop: floating-point operations of any type; a fused multiply-add counts two.
        flop64: those in double precision, which most GPUs run at a small share of their speed.
        barriers: __syncthreads, summed over blocks.
        shared_bytes: shared memory of one block, static and dynamic.

    >>> Counters(sectors=4).traffic_bytes
    128
    """

    global_loads: int = 0
    global_stores: int = 0
    global_atomics: int = 0
    global_requests: int = 0
    global_bytes: int = 0
    sectors: int = 0
    ideal_sectors: int = 0
    shared_loads: int = 0
    shared_stores: int = 0
    shared_atomics: int = 0
    shared_requests: int = 0
    shared_wavefronts: int = 0
    bank_conflicts: int = 0
    constant_loads: int = 0
    flop: int = 0
    flop64: int = 0
    barriers: int = 0
    shared_bytes: int = 0

    @property
    def traffic_bytes(self):
        """Bytes of the sectors touched: what moves between L2 and the multiprocessors at most."""
        return SECTOR_BYTES * self.sectors

    @property
    def intensity(self):
        """Arithmetic intensity in FLOP per byte of traffic, or None without traffic."""
        return self.flop / self.traffic_bytes if self.sectors else None


NAMES = tuple(f.name for f in fields(Counters))


def count(trace):
    """Add up a trace.

    Args:
        trace: KernelTrace.

    Returns:
        Counters.

    >>> from dlcourse.trace import Access, KernelTrace
    >>> load = Access(1, "y[i] = x[i];", "x", "global", "load", 4, 2, 64, 8, 8)
    >>> total = count(KernelTrace("copy", (1, 1, 1), (64, 1, 1), (load,)))
    >>> total.global_loads, total.global_requests, total.sectors, total.global_bytes
    (64, 2, 8, 256)
    """
    totals = dict.fromkeys(NAMES, 0)
    for access in trace.accesses:
        plural = {"load": "loads", "store": "stores", "atomic": "atomics"}[access.kind]
        totals[f"{access.space}_{plural}"] += access.lanes
        if access.space == "global":
            totals["global_requests"] += access.requests
            totals["global_bytes"] += access.lanes * access.width
            totals["sectors"] += access.sectors
            totals["ideal_sectors"] += access.ideal_sectors
        elif access.space == "shared":
            totals["shared_requests"] += access.requests
            totals["shared_wavefronts"] += access.wavefronts
            totals["bank_conflicts"] += access.wavefronts - access.ideal_wavefronts
    totals["flop"] = sum(trace.flop.values())
    totals["flop64"] = trace.flop.get("float64", 0)
    totals["barriers"], totals["shared_bytes"] = trace.barriers, trace.shared_bytes
    return Counters(**totals)
