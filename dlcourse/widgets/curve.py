"""Training as it happens: the loss of each step and the accuracy after each epoch."""

from dlcourse.draw.plots import lines
from dlcourse.draw.svg import number
from dlcourse.widgets.base import Array, CourseWidget, module


class TrainingCurve(CourseWidget):
    """Watch a network learn: give `curve.watch` to dlcourse.conv.train.train.

    The plain twin is `dlcourse.draw.plots.lines` of the history's losses.

    >>> from dlcourse.conv.train import History
    >>> curve = TrainingCurve()
    >>> curve
    TrainingCurve: no step yet
    >>> curve.watch(History(losses=[2.3, 0.5], accuracies=[0.875]))
    >>> curve
    TrainingCurve: 2 steps, loss 0.5, accuracy 87.5 %
    """

    _esm = module("curve.js")
    losses = Array(axes=1)
    accuracies = Array(axes=1)

    def __init__(self):
        super().__init__(losses=[1.0], accuracies=[0.0])  # one step alone is not drawn

    def watch(self, history):
        """Show how far a training run has come.

        Args:
            history: dlcourse.conv.train.History with at least one epoch.
        """
        with self.hold_sync():  # one message, so that both curves always belong together
            self.losses, self.accuracies = history.losses, history.accuracies

    def still(self):
        """Draw the loss so far."""
        return lines(range(1, len(self.losses) + 1), {"loss": self.losses}, xlabel="step")

    def __repr__(self):
        if len(self.losses) == 1:
            return "TrainingCurve: no step yet"
        told = f"loss {number(self.losses[-1])}, accuracy {number(100 * self.accuracies[-1])} %"
        return f"TrainingCurve: {len(self.losses)} steps, {told}"
