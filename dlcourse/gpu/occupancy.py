"""How many blocks of a kernel fit on one multiprocessor (SM), and what keeps out the next.

Source: cuda_occupancy.h of CUDA 13, which the tests compare with; the limits of each compute
capability stand in the table sm_limits.

Not modelled: partitioned caching (before Volta), clusters, named barriers, a driver that was told
to keep less shared memory. Blocks that need more than 48 KiB are taken to have asked for it.
"""

from dataclasses import dataclass
from types import MappingProxyType

from dlcourse.hardware.tables import rows

WARP = 32  # threads
MAX_THREADS = 1024  # a block, on every GPU since Fermi
MAX_REGISTERS = 255  # a thread
KIB = 1024


@dataclass(frozen=True)
class SmLimits:
    """What one multiprocessor holds.

    Attributes:
        compute_capability: such as "9.0".
        warps, blocks: that can be resident.
        registers: of 32 bits.
        partitions: quarters of the SM, each with its own share of the registers.
        register_unit: registers are handed to a warp in multiples of this.
        shared_bytes: of all blocks together.
        shared_bytes_per_block: that one block may ask for.
        shared_unit: shared memory is handed to a block in multiples of this, in bytes.
        shared_reserved: bytes of each block that the driver keeps.
    """

    compute_capability: str
    warps: int
    blocks: int
    registers: int
    partitions: int
    register_unit: int
    shared_bytes: int
    shared_bytes_per_block: int
    shared_unit: int
    shared_reserved: int


@dataclass(frozen=True)
class Occupancy:
    """Blocks of one kernel on one SM.

    Attributes:
        sm: SmLimits.
        warps_per_block: int.
        limits: dict, resource -> blocks that it has room for.
        blocks: the smallest of those.
    """

    sm: SmLimits
    warps_per_block: int
    limits: MappingProxyType
    blocks: int

    @property
    def warps(self):
        """Warps resident on the SM."""
        return self.blocks * self.warps_per_block

    @property
    def share(self):
        """Resident warps over the most there could be: occupancy, 0 to 1."""
        return self.warps / self.sm.warps

    @property
    def binding(self):
        """Names of the resources that run out first."""
        return tuple(name for name, blocks in self.limits.items() if blocks == self.blocks)

    def __repr__(self):
        blocks = f"{self.blocks} block{'' if self.blocks == 1 else 's'} an SM"
        percent = (200 * self.warps + self.sm.warps) // (2 * self.sm.warps)  # rounded, half up
        warps = f"{self.warps} of {self.sm.warps} warps ({percent} %)"
        return f"{blocks}, {warps}; limited by {' and '.join(self.binding)}"


def capabilities():
    """List the compute capabilities whose limits are known.

    Returns:
        tuple of str.

    >>> capabilities()[:3]
    ('7.0', '7.5', '8.0')
    """
    return tuple(row["compute_capability"] for row in rows("sm_limits"))


def sm_limits(compute_capability):
    """Look up what an SM holds.

    Args:
        compute_capability: such as "9.0".

    Returns:
        SmLimits.

    Raises:
        ValueError: if it is not in the table.

    >>> sm_limits("7.5").warps, sm_limits("9.0").shared_bytes // 1024
    (32, 228)
    """
    for row in rows("sm_limits"):
        if row["compute_capability"] == compute_capability:
            return SmLimits(
                compute_capability,
                warps=row["warps_per_sm"],
                blocks=row["blocks_per_sm"],
                registers=row["registers_per_sm"],
                partitions=row["partitions_per_sm"],
                register_unit=row["register_unit"],
                shared_bytes=row["shared_kib_per_sm"] * KIB,
                shared_bytes_per_block=row["shared_kib_per_block"] * KIB,
                shared_unit=row["shared_unit_bytes"],
                shared_reserved=row["shared_reserved_bytes"],
            )
    known = ", ".join(capabilities())
    raise ValueError(f"compute capability {compute_capability!r}: the table has {known}")


def occupancy(threads, registers=32, shared=0, compute_capability="9.0"):
    """Count the blocks that an SM can hold at once.

    Args:
        threads: of a block, 1 to 1024.
        registers: of a thread, 1 to 255.
        shared: bytes of shared memory of a block, static and dynamic.
        compute_capability: such as "9.0".

    Returns:
        Occupancy; its `blocks` is 0 where not even one fits.

    Raises:
        ValueError: if a number is out of range.

    >>> occupancy(256, registers=64)
    4 blocks an SM, 32 of 64 warps (50 %); limited by registers
    >>> occupancy(256, registers=32, shared=100_000)
    2 blocks an SM, 16 of 64 warps (25 %); limited by shared memory
    """
    sm = sm_limits(compute_capability)
    for name, value, low, high in (
        ("threads", threads, 1, MAX_THREADS),
        ("registers", registers, 1, MAX_REGISTERS),
        ("shared", shared, 0, sm.shared_bytes_per_block),
    ):
        if not low <= value <= high:
            where = f"compute capability {compute_capability} takes {low} to {high}"
            raise ValueError(f"{name}={value}: a block of {where}")
    warps = -(-threads // WARP)
    limits = {
        "warps": sm.warps // warps,
        "blocks": sm.blocks,
        "registers": _by_registers(sm, warps, registers),
        "shared memory": _by_shared(sm, shared),
    }
    limits = MappingProxyType({name: n for name, n in limits.items() if n is not None})
    return Occupancy(sm, warps, limits, min(limits.values()))


def _by_registers(sm, warps, registers):
    """Each partition hands out whole units to whole warps; a launch counts all partitions full."""
    per_warp = _round_up(registers * WARP, sm.register_unit)
    if per_warp * _round_up(warps, sm.partitions) > sm.registers:
        return 0
    return sm.registers // sm.partitions // per_warp * sm.partitions // warps


def _by_shared(sm, shared):
    """None where neither the block nor the driver uses any."""
    used = _round_up(shared + sm.shared_reserved, sm.shared_unit)
    return sm.shared_bytes // used if used else None


def _round_up(value, unit):
    return -(-value // unit) * unit
