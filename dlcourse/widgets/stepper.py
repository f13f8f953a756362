"""Steppers: a row of drawings moved through with the arrow keys."""

import traitlets

from dlcourse.cluster.collectives.ring_steps import last_step
from dlcourse.draw.ring import show_ring
from dlcourse.widgets.base import CourseWidget, module


class Stepper(CourseWidget):
    """Step through drawings: messages on a topology, a sum that grows, anything with frames.

    The plain twin is the drawing itself: `drawings[at]`.

    Args:
        drawings: sequence of Drawing, one a step.
        noun: what a step is called beside the slider.
        at: index of the first to be shown.

    Raises:
        TraitError: if there are no drawings, or none of that index.

    >>> from dlcourse.draw.svg import document
    >>> stepper = Stepper([document(9, 9, [], text) for text in ("one", "two")], noun="word")
    >>> stepper.at = 1
    >>> stepper
    Stepper at word 1 of 1: two
    """

    _esm = module("stepper.js")
    frames = traitlets.List(traitlets.Unicode()).tag(sync=True)
    texts = traitlets.List(traitlets.Unicode()).tag(sync=True)
    noun = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    at = traitlets.Int(0).tag(sync=True)

    def __init__(self, drawings, noun="step", at=0):
        self.drawings = tuple(drawings)
        super().__init__(
            frames=[drawing.svg for drawing in self.drawings],
            texts=[repr(drawing) for drawing in self.drawings],
            noun=noun,
            title=type(self).__name__,
            at=at,
        )

    @traitlets.validate("at")
    def _check_at(self, proposal):
        last = len(self.drawings) - 1
        if not 0 <= proposal.value <= last:
            raise traitlets.TraitError(
                f"at={proposal.value}: there are {last + 1} drawings, counted from 0"
            )
        return proposal.value

    def still(self):
        """The drawing of the present step."""
        return self.drawings[self.at]

    def __repr__(self):
        last = len(self.drawings) - 1
        return f"{self.title} at {self.noun} {self.at} of {last}: {self.still()!r}"


class RingStepper(Stepper):
    """The ring all-reduce, step by step: which rank holds which terms of which part.

    The plain twin is `dlcourse.draw.ring.show_ring(ranks, step)`.

    Args:
        ranks: 2 to 8.
        step: 0 to 2 (ranks - 1).

    Raises:
        TraitError: for other numbers.

    >>> ring = RingStepper(3)
    >>> ring.at = 4
    >>> ring
    RingStepper at step 4 of 4, all-gather done: 9 of 9 cells hold the sum of all 3 ranks
    """

    def __init__(self, ranks=4, step=0):
        try:
            drawings = [show_ring(ranks, i) for i in range(last_step(ranks) + 1)]
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None
        super().__init__(drawings, at=step)

    def __repr__(self):
        return f"RingStepper at {self.still()!r}"
