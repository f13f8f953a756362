"""The roofline: what a machine can reach at most, given how much a program does with each byte.

Source: Williams, Waterman and Patterson, https://doi.org/10.1145/1498765.1498785 (2009).

Not modelled: latency, caches between memory and registers, launches; a kernel may stay far below.
"""

from dataclasses import dataclass

from dlcourse.hardware.gpus import gpu
from dlcourse.units import show


@dataclass(frozen=True)
class Roof:
    """A machine as the roofline sees it.

    Attributes:
        name: str.
        flop_per_s: peak of its arithmetic.
        bytes_per_s: peak of its memory.

    >>> Roof("laptop", 1e11, 2e10).ridge
    5.0
    """

    name: str
    flop_per_s: float
    bytes_per_s: float

    def __post_init__(self):
        if not (self.flop_per_s > 0 and self.bytes_per_s > 0):
            rates = f"{self.flop_per_s} FLOP/s, {self.bytes_per_s} B/s"
            raise ValueError(f"{self.name}: {rates}: both have to be above zero")

    @property
    def ridge(self):
        """FLOP per byte from which on arithmetic is the limit, no longer memory."""
        return self.flop_per_s / self.bytes_per_s

    def attainable(self, intensity):
        """FLOP/s that no program of this intensity (FLOP per byte) can exceed."""
        return min(self.flop_per_s, intensity * self.bytes_per_s)

    def bound(self, intensity):
        """What limits a program of this intensity: "memory" or "arithmetic"."""
        return "memory" if intensity < self.ridge else "arithmetic"

    def seconds(self, flop, bytes):
        """The least time in which the machine can do so much arithmetic and move so many bytes."""
        return max(flop / self.flop_per_s, bytes / self.bytes_per_s)

    def __repr__(self):
        rates = f"{show(self.flop_per_s, 'FLOP/s')}, {show(self.bytes_per_s, 'B/s')}"
        return f"{self.name}: {rates}, ridge at {show(self.ridge, 'FLOP/B')}"


def gpu_roof(name, arithmetic="fp32"):
    """The roof of a GPU of the table gpu_specs.

    Args:
        name: such as "H100 SXM".
        arithmetic: "fp32", or "fp16", "tf32" or "fp8" on tensor cores.

    Returns:
        Roof.

    Raises:
        ValueError: if there is no such GPU, or it has no such arithmetic.

    >>> gpu_roof("A100 SXM 80GB")
    A100 SXM 80GB, fp32: 19.5 TFLOP/s, 2.04 TB/s, ridge at 9.56 FLOP/B
    """
    found = gpu(name)
    rates = {kind: getattr(found, f"{kind}_flop_per_s") for kind in ("fp32", "fp16", "tf32", "fp8")}
    rates = {kind: rate for kind, rate in rates.items() if rate is not None}
    if arithmetic not in rates:
        raise ValueError(f"{found.name} has no {arithmetic!r} in the table: use {', '.join(rates)}")
    return Roof(f"{found.name}, {arithmetic}", rates[arithmetic], found.memory_bytes_per_s)
