"""What a run of a rank program gives back, whichever machine ran it."""

from dataclasses import dataclass, field

from dlcourse.cluster.output import by_rank, counted
from dlcourse.trace import ClusterTrace
from dlcourse.units import show


@dataclass(frozen=True, repr=False)
class Run:
    """What the ranks returned and printed, and how long they took.

    Attributes:
        machine: where they ran, in words.
        results: what the program returned, by rank.
        outputs: what it printed, by rank.
        seconds: on the virtual cluster the latest of its clocks, elsewhere real time.
        trace: ClusterTrace of the virtual cluster, else None.

    >>> Run("two processes", [1, 2], ["hello\\n", ""], 0.5)
    two processes: 500 ms
    rank 0: hello
    """

    machine: str
    results: list
    outputs: list = field(default_factory=list)
    seconds: float = 0.0
    trace: ClusterTrace | None = None

    def __repr__(self):
        text = f"{self.machine}: {show(self.seconds, 's')}"
        if self.trace and self.trace.messages:
            lengths = self.trace.messages.rows["bytes"]
            text += f", {counted(len(lengths), 'message')}, {show(int(lengths.sum()), 'B')}"
        return "\n".join(filter(None, [text, by_rank(self.outputs)]))
