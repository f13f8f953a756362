"""The path calculator: from GPU to GPU in the next computer, staged or by RDMA."""

import math

import traitlets

from dlcourse.cluster.parts import hop_seconds, medium
from dlcourse.cluster.paths import direct, staged
from dlcourse.draw.paths import show_paths
from dlcourse.widgets.base import CourseWidget, module

RATES = ("QDR", "FDR", "EDR", "HDR", "NDR")
NICS = ("1 GbE", "10 GbE", *(f"InfiniBand {rate} 4x" for rate in RATES))
SLOTS = ("PCIe 2.0 x16", "PCIe 3.0 x8", "PCIe 3.0 x16", "PCIe 4.0 x16", "PCIe 5.0 x16")
COUNTS = (1, 2, 4, 8, 16, 32, 64, 128)


class PathCalculator(CourseWidget):
    """Choose card, slots, message and chunks, and see each copy on a time line.

    The plain twin is `dlcourse.draw.paths.show_paths(staged(nic, pcie), direct(nic, pcie), size)`.

    Args:
        nic: network card, one of NICS.
        pcie: of every slot, one of SLOTS.
        size: bytes of the message, 1 to 2^30; rounded to a power of two.
        chunks: one of COUNTS; 1 is store and forward.

    Raises:
        TraitError: for a card, slot, size or number of chunks that it doesn't offer.

    >>> path = PathCalculator(size=2**25)
    >>> path
    PathCalculator: 33.6 MB staged in 1 chunk: 16.9 ms, 1.98 GB/s; by RDMA 8.4 ms, 4 GB/s
    >>> path.chunks = 16
    >>> path
    PathCalculator: 33.6 MB staged in 16 chunks: 9.1 ms, 3.69 GB/s; by RDMA 8.4 ms, 4 GB/s
    """

    _esm = module("paths.js", "units.js")
    nic = traitlets.Enum(NICS).tag(sync=True)
    pcie = traitlets.Enum(SLOTS).tag(sync=True)
    power = traitlets.Int(20, min=0, max=30).tag(sync=True)
    chunks = traitlets.Enum(COUNTS).tag(sync=True)
    counts = traitlets.List(list(COUNTS)).tag(sync=True)
    nics = traitlets.List(list(NICS)).tag(sync=True)
    slots = traitlets.List(list(SLOTS)).tag(sync=True)
    stages = traitlets.List().tag(sync=True)
    media = traitlets.Dict().tag(sync=True)

    def __init__(self, nic="InfiniBand QDR 4x", pcie="PCIe 3.0 x16", size=2**20, chunks=1):
        if not size > 0:
            raise traitlets.TraitError(f"size={size}: give bytes above zero")
        super().__init__(
            nic=nic,
            pcie=pcie,
            power=round(math.log2(size)),
            chunks=chunks,
            stages=[stage.name for stage in staged()],
            media={"nics": _figures(NICS, "network"), "slots": _figures(SLOTS, "PCIe")},
        )

    def still(self):
        """Draw the same copies as SVG."""
        ways = staged(self.nic, self.pcie), direct(self.nic, self.pcie)
        return show_paths(*ways, 2**self.power, self.chunks)

    def __repr__(self):
        return f"PathCalculator: {self.still()!r}"


def _figures(names, way):
    """Setup and bandwidth of each medium."""
    return {name: [hop_seconds(way, "Simple"), medium(name).bandwidth] for name in names}
