"""Gradients that travel while backward computes: layers, ranks and a network to play with."""

import traitlets

from dlcourse.cluster.collectives.costs import AlphaBeta
from dlcourse.draw.overlap import show_overlap
from dlcourse.plan.overlap import MIB25, Layer, alexnet, train_step
from dlcourse.widgets.base import CourseWidget, module


class GradientOverlap(CourseWidget):
    """Change network, buckets and ranks, and see how much of the messages backward hides.

    The plain twin is `dlcourse.draw.overlap.show_overlap(widget.step)`.

    Args:
        layers: Layers, or rows (name, gradient bytes, backward seconds[, forward seconds]), first
            to last, 64 at most, which take some time; AlexNet as timed in 2015 if left out.
        ranks: 1 to 256.
        bandwidth: of a rank's port in bytes/s, 10^6 to 10^12.
        latency: of a message in seconds, 0 to 0.01.
        bucket: bytes of gradients that share a message, 10^12 at most; a longer one has its own.
        overlapped: send while backward computes, rather than afterwards.

    Raises:
        TraitError: for numbers out of range, and layers that take no time.

    >>> widget = GradientOverlap(ranks=4, bandwidth=4e9, latency=50e-6)
    >>> round(widget.step.seconds, 4)
    0.0985
    >>> widget.overlapped = False
    >>> round(widget.step.seconds, 4)
    0.1606
    """

    _esm = module("overlap.js", "units.js", "picture.js")
    layers = traitlets.List(minlen=1, maxlen=64).tag(sync=True)
    ranks = traitlets.Int(4, min=1, max=256).tag(sync=True)
    bandwidth = traitlets.Float(4e9, min=1e6, max=1e12).tag(sync=True)
    latency = traitlets.Float(50e-6, min=0, max=0.01).tag(sync=True)
    bucket = traitlets.Float(MIB25, min=0, max=1e12).tag(sync=True)
    overlapped = traitlets.Bool(True).tag(sync=True)

    def __init__(
        self,
        layers=None,
        ranks=4,
        bandwidth=4e9,
        latency=50e-6,
        bucket=MIB25,
        overlapped=True,
    ):
        super().__init__(
            layers=alexnet() if layers is None else layers,
            ranks=ranks,
            bandwidth=bandwidth,
            latency=latency,
            bucket=bucket,
            overlapped=overlapped,
        )

    @traitlets.validate("layers")
    def _read_layers(self, proposal):
        """Rows of plain numbers, which the browser can store."""
        try:
            layers = [row if isinstance(row, Layer) else Layer(*row) for row in proposal.value]
        except (TypeError, ValueError) as error:
            rule = "rows are (name, gradient bytes, backward seconds[, forward seconds])"
            raise traitlets.TraitError(f"layers: {error}; {rule}") from None
        if not any(layer.forward + layer.backward for layer in layers):
            raise traitlets.TraitError("layers: none takes any time: give seconds of one at least")
        return [[layer.name, layer.nbytes, layer.backward, layer.forward] for layer in layers]

    @property
    def step(self):
        """The step at the present settings, on a clock."""
        net = AlphaBeta(self.latency, 1 / self.bandwidth)
        return train_step(self.layers, self.ranks, net, self.bucket, self.overlapped)

    def still(self):
        """Draw the present step as SVG."""
        return show_overlap(self.step)

    def __repr__(self):
        return f"GradientOverlap: {self.still()!r}"
