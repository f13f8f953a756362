"""The receptive-field tracer: a unit moved by the arrow keys, and all that it sees lit."""

from dataclasses import asdict

import traitlets

from dlcourse.conv.receptive import Window, enough_pixels, layer_sizes, windows
from dlcourse.draw.receptive import check_depth, show_receptive_field
from dlcourse.widgets.base import CourseWidget, module


class Layers(traitlets.TraitType):
    """A trait that holds a tuple of `Window`, from what `receptive.windows` reads."""

    def __init__(self):
        super().__init__()
        to_json = lambda value, _: [asdict(window) for window in value]  # noqa: E731
        from_json = lambda value, _: [Window(**window) for window in value]  # noqa: E731
        self.tag(sync=True, to_json=to_json, from_json=from_json)

    def validate(self, widget, value):
        return _checked(windows, value)


class ReceptiveField(CourseWidget):
    """Move over the units of a network, along one axis, and see what each depends on.

    The plain twin is `dlcourse.draw.receptive.show_receptive_field(layers, at, depth, length)`.

    Args:
        layers: as `dlcourse.conv.receptive.windows` reads them, the first one next to the input.
        at: index of the unit; the middle one if left out.
        depth: layer it stands in, 1 is next to the input; the last if left out.
        length: of the input, in pixels; enough for five units of the last layer if left out.

    Raises:
        TraitError: if a window does not fit or there is no such layer or unit.

    >>> widget = ReceptiveField([(3, 1), (2, 2), (3, 1)], at=1)
    >>> widget
    ReceptiveField: unit 1 of layer 3 sees input pixels 2 to 9: 8; on the way 3 of layer 2, \
6 of layer 1
    >>> widget.depth = 2
    >>> widget
    ReceptiveField: unit 1 of layer 2 sees input pixels 2 to 5: 4; on the way 2 of layer 1
    """

    _esm = module("receptive.js")
    layers = Layers()
    length = traitlets.Int(1).tag(sync=True)
    depth = traitlets.Int(1).tag(sync=True)
    at = traitlets.Int(0).tag(sync=True)

    def __init__(self, layers, at=None, depth=None, length=None):
        layers = _checked(windows, layers)
        length = enough_pixels(layers, 5) if length is None else length
        depth = len(layers) if depth is None else depth
        sizes = _checked(layer_sizes, layers, length)
        at = (sizes[_checked(check_depth, layers, depth)] - 1) // 2 if at is None else at
        super().__init__(layers=layers, length=length, depth=depth, at=at)

    def _sizes(self, **changes):
        """Units of each row, as they are or as they would be with some traits changed."""
        now = {"layers": self.layers, "length": self.length} | changes
        return _checked(layer_sizes, **now)

    @traitlets.validate("layers", "length")
    def _check_fit(self, proposal):
        self._sizes(**{proposal.trait.name: proposal.value})
        return proposal.value

    @traitlets.validate("depth")
    def _check_depth(self, proposal):
        return _checked(check_depth, self.layers, proposal.value)

    @traitlets.validate("at")
    def _check_unit(self, proposal):
        units = self._sizes()[self.depth]
        if not 0 <= proposal.value < units:
            name = self.layers[self.depth - 1].name
            raise traitlets.TraitError(
                f"at={proposal.value}: {name} has {units} units, counted from 0"
            )
        return proposal.value

    @traitlets.observe("layers", "length", "depth")
    def _stay_inside(self, _):
        self.depth = min(self.depth, len(self.layers))
        self.at = min(self.at, self._sizes()[self.depth] - 1)

    def still(self):
        """Draw the same moment as SVG."""
        return show_receptive_field(self.layers, self.at, self.depth, self.length)

    def __repr__(self):
        return f"ReceptiveField: {self.still()!r}"


def _checked(function, *arguments, **named):
    """Call a function of the library; its ValueError becomes a TraitError."""
    try:
        return function(*arguments, **named)
    except ValueError as error:
        raise traitlets.TraitError(str(error)) from None
