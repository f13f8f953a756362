"""The occupancy calculator: threads, registers and shared memory against what an SM holds."""

from dataclasses import asdict

import traitlets

from dlcourse.draw.occupancy import show_occupancy
from dlcourse.gpu.occupancy import KIB, WARP, capabilities, occupancy, sm_limits
from dlcourse.widgets.base import CourseWidget, module


class OccupancyCalculator(CourseWidget):
    """Change what a kernel asks for and see how many of its blocks an SM can hold.

    The plain twin is `dlcourse.gpu.occupancy.occupancy(...)`, drawn by
    `dlcourse.draw.occupancy.show_occupancy`.

    Args:
        threads: of a block, a multiple of 32 up to 1024.
        registers: of a thread, 1 to 255.
        shared: KiB of shared memory of a block.
        compute_capability: such as "9.0".

    Raises:
        TraitError: if a number is out of range for this architecture.

    >>> OccupancyCalculator(256, registers=64)
    OccupancyCalculator, 256 threads, 64 registers, 0 KiB: 4 blocks an SM, 32 of 64 warps (50 %); \
limited by registers
    """

    _esm = module("occupancy.js")
    threads = traitlets.Int(256).tag(sync=True)
    registers = traitlets.Int(32, min=1, max=255).tag(sync=True)
    shared = traitlets.Int(0, min=0).tag(sync=True)
    compute_capability = traitlets.Enum(capabilities()).tag(sync=True)
    limits = traitlets.Dict().tag(sync=True)

    def __init__(self, threads=256, registers=32, shared=0, compute_capability="9.0"):
        super().__init__(
            limits={name: asdict(sm_limits(name)) for name in capabilities()},
            compute_capability=compute_capability,
            threads=threads,
            registers=registers,
            shared=shared,
        )

    @traitlets.validate("threads")
    def _check_threads(self, proposal):
        threads = proposal.value
        if not (WARP <= threads <= 1024 and threads % WARP == 0):
            raise traitlets.TraitError(f"threads={threads}: give a multiple of 32, 32 to 1024")
        return threads

    @traitlets.validate("shared")
    def _check_shared(self, proposal):
        if proposal.value > self._most():
            raise traitlets.TraitError(
                f"shared={proposal.value}: compute capability {self.compute_capability} "
                f"takes 0 to {self._most()} KiB a block"
            )
        return proposal.value

    @traitlets.observe("compute_capability")
    def _stay_inside(self, _):
        self.shared = min(self.shared, self._most())

    def _most(self):
        return sm_limits(self.compute_capability).shared_bytes_per_block // KIB

    @property
    def found(self):
        """Occupancy at the present settings."""
        return occupancy(self.threads, self.registers, self.shared * KIB, self.compute_capability)

    def still(self):
        """Draw the same SM as SVG."""
        return show_occupancy(self.found)

    def __repr__(self):
        asked = f"{self.threads} threads, {self.registers} registers, {self.shared} KiB"
        return f"OccupancyCalculator, {asked}: {self.found!r}"
