"""The kernel explorer: a kernel moved over an image with the arrow keys."""

import traitlets

from dlcourse.conv.image import KERNELS, output_size
from dlcourse.draw.window import show_window
from dlcourse.widgets.base import Array, CourseWidget, module, pack

SHAPING = ("image", "kernel", "stride", "padding", "dilation")  # what the output's size depends on
LARGEST = 9  # sides of a kernel whose numbers still fit


class Kernel(Array):
    """A trait for a kernel: an array (R, S), or a name from `KERNELS`."""

    def validate(self, widget, value):
        if isinstance(value, str):
            if value not in KERNELS:
                raise traitlets.TraitError(f"no kernel {value!r}: take one of {', '.join(KERNELS)}")
            value = KERNELS[value]
        kernel = super().validate(widget, value)
        if max(kernel.shape) > LARGEST:
            raise traitlets.TraitError(
                f"kernel has shape {kernel.shape}: up to {LARGEST} × {LARGEST} can be shown; "
                "filter2d takes any"
            )
        return kernel


class KernelExplorer(CourseWidget):
    """See how `filter2d` makes each output pixel: window × kernel = products, added up.

    The plain twin is `dlcourse.draw.window.show_window(image, kernel, at)`.

    Args:
        image: array (H, W), best up to 64 × 64.
        kernel: array (R, S), or a name from `KERNELS`.
        stride, padding, dilation: as for `filter2d`.
        at: (p, q), the output pixel.

    Raises:
        TraitError: if the kernel does not fit or the output has no such pixel.

    >>> widget = KernelExplorer([[1, 2, 3], [4, 5, 6], [7, 8, 9]], kernel="sobel x")
    >>> widget
    KernelExplorer: output pixel (0, 0) of a 1 × 1 output: 9 products, sum 8
    >>> widget.kernel = "identity"
    >>> widget.padding = 1
    >>> widget.at = (2, 2)
    >>> widget
    KernelExplorer: output pixel (2, 2) of a 3 × 3 output: 9 products, sum 9
    """

    _esm = module("explore.js")
    image = Array(axes=2)
    kernel = Kernel(axes=2)
    stride = traitlets.Int(1).tag(sync=True)
    padding = traitlets.Int(0).tag(sync=True)
    dilation = traitlets.Int(1).tag(sync=True)
    at = traitlets.Tuple(traitlets.Int(), traitlets.Int()).tag(sync=True)
    kernels = traitlets.Dict({name: pack(k) for name, k in KERNELS.items()}).tag(sync=True)

    def __init__(self, image, kernel="sobel x", stride=1, padding=0, dilation=1, at=(0, 0)):
        steps = {"stride": stride, "padding": padding, "dilation": dilation}
        super().__init__(image=image, kernel=kernel, at=at, **steps)

    def _output_shape(self, **changes):
        """(P, Q), as it is or as it would be with some traits changed."""
        now = {name: getattr(self, name) for name in SHAPING} | changes
        steps = now["stride"], now["padding"], now["dilation"]
        sizes = zip(now["image"].shape, now["kernel"].shape, strict=True)
        try:
            return tuple(output_size(n, k, *steps) for n, k in sizes)
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None

    @traitlets.validate(*SHAPING)
    def _check_fit(self, proposal):
        self._output_shape(**{proposal.trait.name: proposal.value})
        return proposal.value

    @traitlets.validate("at")
    def _check_place(self, proposal):
        P, Q = self._output_shape()
        p, q = proposal.value
        if not (0 <= p < P and 0 <= q < Q):
            raise traitlets.TraitError(f"at={(p, q)}: the output is {P} × {Q}, counted from 0")
        return proposal.value

    @traitlets.observe(*SHAPING)
    def _stay_inside(self, _):
        ends = self._output_shape()
        self.at = tuple(min(place, n - 1) for place, n in zip(self.at, ends, strict=True))

    def still(self):
        """Draw the same moment as SVG."""
        return show_window(
            self.image, self.kernel, self.at, self.stride, self.padding, self.dilation
        )

    def __repr__(self):
        return f"KernelExplorer: {self.still()!r}"
