"""The address map: what a warp asks of memory, for any stride, offset and element size."""

import traitlets

from dlcourse.draw.sectors import show_sectors
from dlcourse.gpu.access import WIDTHS, strided
from dlcourse.widgets.base import CourseWidget, module

MOST = 32  # elements, of a stride or an offset


class AddressMap(CourseWidget):
    """Move a warp's addresses, lane i at element offset + i * stride, and see the sectors light up.

    The plain twin is `dlcourse.draw.sectors.show_sectors(strided(stride, offset, width), width)`.

    Args:
        stride: elements from lane to lane, 0 to MOST.
        offset: element of lane 0, 0 to MOST.
        width: bytes of an element, one of WIDTHS.

    Raises:
        TraitError: if a number is out of range.

    >>> AddressMap(stride=2)
    AddressMap, stride 2, offset 0, 4 bytes a lane: 32 lanes ask for 128 bytes of memory: 8 \
sectors fetched, 256 bytes, 50 % used; 4 could do
    """

    _esm = module("address.js")
    stride = traitlets.Int(1, min=0, max=MOST).tag(sync=True)
    offset = traitlets.Int(0, min=0, max=MOST).tag(sync=True)
    width = traitlets.Enum(WIDTHS, 4).tag(sync=True)
    most = traitlets.Int(MOST).tag(sync=True)

    def __init__(self, stride=1, offset=0, width=4):
        super().__init__(stride=stride, offset=offset, width=width)

    def still(self):
        """Draw the same addresses as SVG."""
        return show_sectors(strided(self.stride, self.offset, self.width), self.width)

    def __repr__(self):
        where = f"stride {self.stride}, offset {self.offset}, {self.width} bytes a lane"
        return f"AddressMap, {where}: {self.still()!r}"
