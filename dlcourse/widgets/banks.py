"""The bank explorer: a tile in shared memory, read by row or by column, with or without padding."""

import traitlets

from dlcourse.draw.banks import show_banks
from dlcourse.gpu.access import BANKS, strided
from dlcourse.widgets.base import CourseWidget, module

MOST = 8  # words of padding


class BankExplorer(CourseWidget):
    """Pad a 32 × 32 tile of floats, read it along a row or a column, and count the wavefronts.

    The plain twin is `dlcourse.draw.banks.show_banks(strided(1))` for a row, and
    `show_banks(strided(32 + padding))` for a column.

    Args:
        padding: words added to each row of the tile, 0 to MOST.
        along: "row" or "column".

    Raises:
        TraitError: if a value is out of range.

    >>> BankExplorer()
    BankExplorer, a column of a tile 32 wide: 32 lanes at 1 of the 32 banks of the tile: 32 \
wavefronts where 1 would do
    >>> BankExplorer(padding=1)
    BankExplorer, a column of a tile 33 wide: 32 lanes at 32 of the 32 banks of the tile: 1 \
wavefront, no conflict
    """

    _esm = module("banks.js")
    padding = traitlets.Int(0, min=0, max=MOST).tag(sync=True)
    along = traitlets.Enum(("row", "column"), "column").tag(sync=True)
    most = traitlets.Int(MOST).tag(sync=True)

    def __init__(self, padding=0, along="column"):
        super().__init__(padding=padding, along=along)

    def still(self):
        """Draw the same wavefronts as SVG."""
        stride = 1 if self.along == "row" else BANKS + self.padding
        return show_banks(strided(stride), array="the tile")

    def __repr__(self):
        where = f"a {self.along} of a tile {BANKS + self.padding} wide"
        return f"BankExplorer, {where}: {self.still()!r}"
