"""The pipeline schedule explorer: stages, micro-batches and messages against the bubble."""

import traitlets

from dlcourse.draw.schedule import show_schedule
from dlcourse.plan.schedules import NAMES, schedule
from dlcourse.plan.simulate import Times, simulate
from dlcourse.widgets.base import CourseWidget, module

PASS = 10  # milliseconds of T_F, T_B and T_W each


class PipelineExplorer(CourseWidget):
    """Change a pipeline and its schedule, and see where its stages wait.

    Every pass takes 10 ms: T_F = T_B = T_W. Interleaving has two chunks a stage and takes a
    multiple of the stages as micro-batches: the next one above. The plain twin is
    `dlcourse.draw.schedule.show_schedule(explorer.simulated)`.

    Args:
        name: of the schedule, one of dlcourse.plan.schedules.NAMES.
        stages: 1 to 8.
        micro_batches: 1 to 16.
        t_comm: in milliseconds, 0 to 20.

    Raises:
        TraitError: for another schedule, and numbers out of range.

    >>> explorer = PipelineExplorer("1F1B", stages=4, micro_batches=8)
    >>> explorer
    PipelineExplorer: 1F1B, 4 stages, 8 micro-batches: 330 ms, bubble 27.27 %, 90 ms; stages keep \
at most 4, 3, 2, 1 micro-batches
    >>> explorer.name = "ZB-H1"
    >>> explorer
    PipelineExplorer: ZB-H1, 4 stages, 8 micro-batches: 270 ms, bubble 11.11 %, 30 ms; each stage \
keeps at most 4 micro-batches
    """

    _esm = module("pipeline.js", "units.js")
    name = traitlets.Enum(NAMES).tag(sync=True)
    names = traitlets.List(list(NAMES)).tag(sync=True)
    stages = traitlets.Int(4, min=1, max=8).tag(sync=True)
    micro_batches = traitlets.Int(8, min=1, max=16).tag(sync=True)
    t_comm = traitlets.Int(0, min=0, max=20).tag(sync=True)

    def __init__(self, name="1F1B", stages=4, micro_batches=8, t_comm=0):
        super().__init__(name=name, stages=stages, micro_batches=micro_batches, t_comm=t_comm)

    @property
    def simulated(self):
        """The schedule at the present settings, on a clock."""
        count = self.micro_batches
        if self.name == "interleaved 1F1B":
            count += -count % self.stages
        times = Times(*(PASS * 1e-3,) * 3, self.t_comm * 1e-3)
        return simulate(schedule(self.name, self.stages, count), times)

    def still(self):
        """Draw the same chart as SVG."""
        return show_schedule(self.simulated)

    def __repr__(self):
        return f"PipelineExplorer: {self.still()!r}"
