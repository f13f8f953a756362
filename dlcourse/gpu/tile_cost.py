"""The posts' estimate of a 32x32 matrix product on one SM, in cycles, as a sum that can be varied.

Eight warps each bring their part from global memory, read it eight times from shared memory and
do their multiply-adds; with Tensor Cores one read and one operation are enough. TMA (Hopper)
brings tiles without the threads' help. Sources: the GPU guides in the table post_cycles.

Not modelled: anything overlapping anything else, more than one block on an SM, bank conflicts,
or that a Tensor Core takes more than one cycle from input to output.
"""

from dataclasses import dataclass

from dlcourse.hardware.latency import post_cycles

STEPS = 8  # reads of a tile and multiply-adds that follow each other, without Tensor Cores


@dataclass(frozen=True)
class TileCost:
    """Cycles of the three steps, one after the other.

    >>> TileCost(fetch=200, shared=160, arithmetic=32).total
    392
    """

    fetch: int
    shared: int
    arithmetic: int

    @property
    def total(self):
        """All three."""
        return self.fetch + self.shared + self.arithmetic

    def __repr__(self):
        return f"{self.fetch} + {self.shared} + {self.arithmetic} = {self.total} cycles"


def tile_product(year, tensor_cores=False, fetch=None):
    """Add up the cycles of the 32x32 product as the post of a year does.

    Args:
        year: 2020 or 2023.
        tensor_cores: whether they do the arithmetic.
        fetch: where the tiles come from, an operation of `post_cycles(year)`; left out, it is
            what the post's own sum uses: "global" in 2020, "L2" in 2023.

    Returns:
        TileCost.

    Raises:
        ValueError: if the post names no such operation.

    >>> tile_product(2020), tile_product(2020, tensor_cores=True)
    (200 + 160 + 32 = 392 cycles, 200 + 20 + 1 = 221 cycles)
    >>> tile_product(2023).total, tile_product(2023, fetch="global").total
    (504, 684)
    """
    cycles = post_cycles(year)
    fetch = ("L2" if "L2" in cycles else "global") if fetch is None else fetch
    if fetch not in cycles:
        raise ValueError(f"fetch={fetch!r}: the post of {year} names {', '.join(cycles)}")
    if tensor_cores:
        return TileCost(cycles[fetch], cycles["shared"], cycles["tensor core"])
    return TileCost(cycles[fetch], STEPS * cycles["shared"], STEPS * cycles["FFMA"])
