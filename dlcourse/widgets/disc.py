"""The disc filter: what an image keeps when a disc chooses its frequencies."""

import numpy as np
import traitlets

from dlcourse.conv.fourier import disc, disc_filter, psnr, spectrum
from dlcourse.draw.plots import pictures
from dlcourse.draw.svg import number
from dlcourse.widgets.base import Array, CourseWidget, module


class DiscFilter(CourseWidget):
    """Keep the frequencies of an image inside a disc, or those outside.

    The plain twin is `dlcourse.conv.fourier.disc_filter(image, radius, keep)`.

    Args:
        image: array (H, W) from 0 to 1; the browser's transform wants sides of 2, 4, 8, ...
        radius: of the disc, in frequency steps; 0 keeps the mean alone.
        keep: "low" for what lies in the disc, "high" for the rest.

    Raises:
        TraitError: if a side is not a power of two, or radius or keep is out of range.

    >>> widget = DiscFilter([[0, 1], [1, 1]], radius=0)
    >>> widget
    DiscFilter: radius 0, low pass: 1 of 4 frequencies kept (25 %, 4 : 1), PSNR 7.27 dB
    >>> widget.keep = "high"
    >>> widget
    DiscFilter: radius 0, high pass: 3 of 4 frequencies kept (75 %, 1.33 : 1), PSNR 2.499 dB
    """

    _esm = module("disc.js")
    image = Array(axes=2)
    radius = traitlets.Int(16, min=0).tag(sync=True)
    keep = traitlets.Enum(["low", "high"], "low").tag(sync=True)

    def __init__(self, image, radius=16, keep="low"):
        super().__init__(image=image, radius=radius, keep=keep)

    @traitlets.validate("image")
    def _check_sides(self, proposal):
        if any(side < 2 or side & (side - 1) for side in proposal.value.shape):
            raise traitlets.TraitError(
                f"image has shape {proposal.value.shape}: the sides must be 2, 4, 8, ...; "
                "picture(name, size=(128, 128)) shrinks to fit"
            )
        return proposal.value

    def still(self):
        """Draw image, spectrum and result as a plot."""
        result = disc_filter(self.image, self.radius, self.keep)
        mask = disc(self.image.shape, self.radius) ^ (self.keep == "high")
        kept = np.where(mask, spectrum(self.image), np.nan)
        words = f"radius {self.radius}, {self.keep} pass"
        return pictures({"image": self.image, "frequencies kept": kept, words: result})

    def __repr__(self):
        mask = disc(self.image.shape, self.radius) ^ (self.keep == "high")
        quality = psnr(self.image, disc_filter(self.image, self.radius, self.keep))
        ratio = f", {number(mask.size / mask.sum(), 3)} : 1" if mask.any() else ""
        kept = f"{mask.sum()} of {mask.size} frequencies kept ({number(100 * mask.mean(), 3)} %"
        words = f"radius {self.radius}, {self.keep} pass: {kept}{ratio})"
        return f"DiscFilter: {words}, PSNR {number(quality)} dB"
