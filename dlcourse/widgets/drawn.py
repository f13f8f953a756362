"""Widgets whose picture the kernel draws, so that all arithmetic stays in Python."""

import traitlets

from dlcourse.widgets.base import CourseWidget


class DrawnWidget(CourseWidget):
    """Draws itself again when one of its traits changes; a stored page keeps the last picture.

    A subclass gives `_esm = module("its.js", "drawn.js")`, `still`, and `changing`: the names of
    the traits that its picture depends on.
    """

    changing = ()
    picture = traitlets.Tuple(traitlets.Unicode(), traitlets.Unicode()).tag(sync=True)  # SVG, text

    def __init__(self, **state):
        super().__init__(**state)
        self.observe(self._draw, [*self.changing])

    @property
    def text(self):
        """What the picture says."""
        return self.picture[1]

    @traitlets.default("picture")
    def _first(self):
        drawing = self.still()
        return drawing.svg, repr(drawing)

    def _draw(self, _):
        self.picture = self._first()

    def __repr__(self):
        return f"{type(self).__name__}: {self.text}"
