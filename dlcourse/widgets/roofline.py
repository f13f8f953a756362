"""The roofline explorer: an intensity moved under the roof of any GPU, or of your own machine."""

import math

import traitlets

from dlcourse.draw.roofline import describe, show_roofline
from dlcourse.gpu.roofline import Roof
from dlcourse.hardware.gpus import gpus
from dlcourse.widgets.base import CourseWidget, module

KINDS = ("fp32", "tf32", "fp16", "fp8")
LOW, HIGH = -4, 12  # powers of two that the intensity slides over
STEPS = 8  # of the slider, for each power


class RooflineExplorer(CourseWidget):
    """Choose a machine, move the intensity, and read off what it can reach.

    The plain twin is `dlcourse.draw.roofline.show_roofline([gpu_roof(machine, arithmetic)], ...)`.

    Args:
        machine: a GPU of the table gpu_specs, or the name of `own`.
        arithmetic: "fp32", or "tf32", "fp16", "fp8" on tensor cores.
        intensity: FLOP per byte, 1/16 to 4096; rounded to an eighth of an octave.
        own: Roof of another machine, such as yours, drawn beside the chosen one.

    Raises:
        TraitError: for an unknown machine, arithmetic it lacks, or an intensity out of range.

    >>> RooflineExplorer("A100 SXM 80GB", intensity=0.25)
    RooflineExplorer, A100 SXM 80GB, fp32: here, 0.25 FLOP/B: 510 GFLOP/s, bound by memory
    """

    _esm = module("roofline.js")
    machines = traitlets.Dict().tag(sync=True)
    machine = traitlets.Unicode().tag(sync=True)
    arithmetic = traitlets.Unicode("fp32").tag(sync=True)
    step = traitlets.Int(0, min=LOW * STEPS, max=HIGH * STEPS).tag(sync=True)
    own = traitlets.Unicode("").tag(sync=True)  # its name; "" if there is none

    def __init__(self, machine="H100 SXM", arithmetic="fp32", intensity=0.25, own=None):
        machines = {g.name: _rates(g) for g in gpus()}
        if own is not None:
            machines = {own.name: {"bytes": own.bytes_per_s, "fp32": own.flop_per_s}} | machines
        if not intensity > 0:
            raise traitlets.TraitError(f"intensity={intensity}: give a number above zero")
        super().__init__(
            machines=machines,
            own=own.name if own else "",
            machine=machine,
            arithmetic=arithmetic,
            step=round(STEPS * math.log2(intensity)),
        )

    @traitlets.validate("machine")
    def _check_machine(self, proposal):
        self._kinds(proposal.value)
        return proposal.value

    @traitlets.validate("arithmetic")
    def _check_arithmetic(self, proposal):
        known = self._kinds(self.machine)
        if proposal.value not in known:
            raise traitlets.TraitError(
                f"{proposal.value!r}: {self.machine} has {', '.join(known)} in the table"
            )
        return proposal.value

    def _kinds(self, machine):
        """What a machine computes in, if there is such a machine."""
        if machine not in self.machines:
            raise traitlets.TraitError(f"{machine!r}: choose one of {', '.join(self.machines)}")
        return [kind for kind in KINDS if kind in self.machines[machine]]

    @traitlets.observe("machine")
    def _stay_inside(self, _):
        if self.arithmetic not in self._kinds(self.machine):
            self.arithmetic = "fp32"

    @property
    def intensity(self):
        """FLOP per byte."""
        return 2 ** (self.step / STEPS)

    def roof(self, name, arithmetic="fp32"):
        """The Roof of one of the machines."""
        rates = self.machines[name]
        words = name if name == self.own else f"{name}, {arithmetic}"
        return Roof(words, rates[arithmetic], rates["bytes"])

    def still(self):
        """Draw the same roof as SVG."""
        roofs = [self.roof(self.machine, self.arithmetic)]
        if self.own and self.own != self.machine:
            roofs.append(self.roof(self.own))
        return show_roofline(roofs, {"here": self.intensity})

    def __repr__(self):
        roof = self.roof(self.machine, self.arithmetic)
        here = describe("here", self.intensity, roof.attainable(self.intensity), roof)
        return f"RooflineExplorer, {roof.name}: {here}"


def _rates(gpu):
    rates = {kind: getattr(gpu, f"{kind}_flop_per_s") for kind in KINDS}
    rates = {kind: rate for kind, rate in rates.items() if rate is not None}
    return {"bytes": gpu.memory_bytes_per_s} | rates
