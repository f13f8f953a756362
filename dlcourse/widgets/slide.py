"""Slide and flip: one sequence moved past another with the arrow keys."""

import traitlets

from dlcourse.draw.sliding import slide_and_flip
from dlcourse.widgets.base import Array, CourseWidget, module


class SlideAndFlip(CourseWidget):
    """Move g, flipped, past f: the products that meet add up to one output of the convolution.

    The plain twin is `dlcourse.draw.sliding.slide_and_flip(f, g, shift)`.

    Args:
        f: array (n,).
        g: array (k,).
        shift: output index, 0 to n + k - 2.

    Raises:
        TraitError: if an array has no values or the shift lies outside the output.

    >>> widget = SlideAndFlip([1, 2, 3], [1, 10], shift=1)
    >>> widget
    SlideAndFlip at shift 1: overlap of 2 products, sum 12
    >>> widget.shift = 2
    >>> widget
    SlideAndFlip at shift 2: overlap of 2 products, sum 23
    """

    _esm = module("slide.js")
    f = Array(axes=1)
    g = Array(axes=1)
    shift = traitlets.Int(0).tag(sync=True)

    def __init__(self, f, g, shift=0):
        super().__init__(f=f, g=g, shift=shift)

    @traitlets.validate("shift")
    def _check_shift(self, proposal):
        last = len(self.f) + len(self.g) - 2
        if not 0 <= proposal.value <= last:
            raise traitlets.TraitError(
                f"shift={proposal.value}: an output of length {last + 1} has shifts 0 to {last}"
            )
        return proposal.value

    @traitlets.observe("f", "g")
    def _stay_inside(self, _):
        self.shift = min(self.shift, len(self.f) + len(self.g) - 2)

    def still(self):
        """Draw the same moment as SVG."""
        return slide_and_flip(self.f, self.g, self.shift)

    def __repr__(self):
        return f"SlideAndFlip at shift {self.shift}: {self.still()!r}"
