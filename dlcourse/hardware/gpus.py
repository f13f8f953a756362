"""GPUs by name: the figures on their data sheets, in base units."""

import difflib
from dataclasses import dataclass
from functools import cache

from dlcourse.hardware.tables import rows

GIB, MIB, KIB = 2**30, 2**20, 2**10


@dataclass(frozen=True)
class Gpu:
    """A GPU as its maker describes it; None is unknown or not there. Rates are peaks.

    Attributes:
        name: as in the table gpu_specs.
        architecture: such as "Hopper".
        compute_capability: such as "9.0"; AMD's names for theirs.
        launch_year: int.
        price_usd: at launch.
        sms: streaming multiprocessors (AMD: compute units).
        clock_hz: boost clock.
        fp32_flop_per_s: without tensor cores.
        fp16_flop_per_s: of tensor cores, dense, added up in float32.
        tf32_flop_per_s: of tensor cores, dense.
        fp8_flop_per_s: of tensor cores, dense.
        memory_bytes: global memory.
        memory_bytes_per_s: its bandwidth.
        l2_bytes: second-level cache.
        l1_shared_bytes: of each SM, L1 cache and shared memory together.
        shared_bytes: of each SM, the most that can be shared memory.
        power_w: thermal design power.
    """

    name: str
    architecture: str
    compute_capability: str
    launch_year: int
    price_usd: int | None
    sms: int
    clock_hz: float
    fp32_flop_per_s: float
    fp16_flop_per_s: float | None
    tf32_flop_per_s: float | None
    fp8_flop_per_s: float | None
    memory_bytes: int
    memory_bytes_per_s: float
    l2_bytes: int
    l1_shared_bytes: int
    shared_bytes: int
    power_w: int


@cache
def gpus():
    """List the GPUs of the table gpu_specs.

    Returns:
        tuple of Gpu, by maker and year.

    >>> len(gpus()), gpus()[-5].name
    (46, 'RTX 5080')
    """
    return tuple(map(_gpu, rows("gpu_specs")))


def gpu(name):
    """Find a GPU.

    Args:
        name: as in the table, in any case.

    Returns:
        Gpu.

    Raises:
        ValueError: if there is none of that name, with the nearest names.

    >>> gpu("H100 SXM").compute_capability, gpu("rtx 4090").sms
    ('9.0', 128)
    """
    by_name = {found.name.lower(): found for found in gpus()}
    if name.lower() in by_name:
        return by_name[name.lower()]
    near = [by_name[n].name for n in by_name if name.lower() in n]
    near = near or [by_name[n].name for n in difflib.get_close_matches(name.lower(), by_name, 5)]
    hint = f"did you mean {', '.join(near)}?" if near else "gpus() lists those there are"
    raise ValueError(f"{name!r} is no GPU of the table: {hint}")


def _gpu(row):
    kib = {name: int(row[f"{name}_kib_per_sm"] * KIB) for name in ("l1_shared", "max_shared")}
    return Gpu(
        name=row["name"],
        architecture=row["architecture"],
        compute_capability=row["compute_capability"],
        launch_year=row["launch_year"],
        price_usd=row["msrp_usd"],
        sms=row["sms"],
        clock_hz=row["boost_hz"],
        fp32_flop_per_s=row["fp32_flop_per_s"],
        fp16_flop_per_s=row["tensor_fp16_flop_per_s"],
        tf32_flop_per_s=row["tensor_tf32_flop_per_s"],
        fp8_flop_per_s=row["tensor_fp8_flop_per_s"],
        memory_bytes=int(row["memory_gib"] * GIB),
        memory_bytes_per_s=row["memory_bytes_per_s"],
        l2_bytes=int(row["l2_mib"] * MIB),
        l1_shared_bytes=kib["l1_shared"],
        shared_bytes=kib["max_shared"],
        power_w=row["power_w"],
    )
