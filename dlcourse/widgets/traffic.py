"""Data or model parallelism: a map to move over, and what one layer exchanges either way."""

import traitlets

from dlcourse.draw import traffic
from dlcourse.widgets.base import CourseWidget, module

RANKS = (2, 4, 8, 16, 64, 256, 1024)


class DataOrModel(CourseWidget):
    """Move over batch and width, and read which kind of parallelism moves fewer bytes.

    The plain twin is `dlcourse.draw.traffic.show_traffic_map(batch, width, counting, ranks)`.

    Args:
        batch: rows of the whole batch, 1 to 2^20.
        width: of the layer, 64 to 2^15.
        counting: one of dlcourse.draw.traffic.COUNTINGS.
        ranks: of the ring, one of RANKS.

    Raises:
        TraitError: for another counting or number of ranks, and a place off the map.

    >>> chosen = DataOrModel(128, 1000)
    >>> chosen
    DataOrModel: batch 128, a layer of 1000 × 1000, each number once: data parallelism moves 4 MB, \
model parallelism 1.02 MB, 3.91 times less; equal at batch 500
    >>> chosen.counting = "ring"
    >>> chosen
    DataOrModel: batch 128, a layer of 1000 × 1000: with data parallelism each of 8 ranks sends \
7 MB, with model parallelism 896 kB, 7.81 times less; equal at batch 1000
    """

    _esm = module("traffic.js", "units.js")
    batch = traitlets.Int(min=traffic.BATCHES[0], max=traffic.BATCHES[1]).tag(sync=True)
    width = traitlets.Int(min=traffic.WIDTHS[0], max=traffic.WIDTHS[1]).tag(sync=True)
    counting = traitlets.Enum(traffic.COUNTINGS).tag(sync=True)
    ranks = traitlets.Enum(RANKS).tag(sync=True)
    countings = traitlets.List(list(traffic.COUNTINGS)).tag(sync=True)
    all_ranks = traitlets.List(list(RANKS)).tag(sync=True)
    maps = traitlets.Dict().tag(sync=True)

    def __init__(self, batch=128, width=1000, counting=traffic.COUNTINGS[0], ranks=8):
        maps = {name: "".join(traffic.ground(name)) for name in traffic.COUNTINGS}
        super().__init__(batch=batch, width=width, counting=counting, ranks=ranks, maps=maps)

    def still(self):
        """Draw the same map as SVG."""
        return traffic.show_traffic_map(self.batch, self.width, self.counting, self.ranks)

    def __repr__(self):
        return f"DataOrModel: {self.still()!r}"
