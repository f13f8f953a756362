"""The algorithm race: sizes in, bars out for what each method should take, and what it takes."""

from itertools import product

import numpy as np
import traitlets

from dlcourse.conv.cost import REFERENCE
from dlcourse.conv.methods import METHODS
from dlcourse.conv.race import affordable, measured_seconds, predicted_seconds
from dlcourse.conv.shape import conv_shape
from dlcourse.draw.race import show_race
from dlcourse.units import show
from dlcourse.widgets.base import CourseWidget, module, pack, unpack

BATCH = 8
CHANNELS = (1, 4, 16, 64, 128)  # in and out
IMAGES = (8, 16, 32, 64)  # pixels on a side
KERNELS = (1, 3, 5, 7, 11, 15)


class AlgorithmRace(CourseWidget):
    """Choose a convolution, see which method should be fastest, and let them race.

    The plain twin is `dlcourse.draw.race.show_race(predicted, measured)`, with times from
    `dlcourse.conv.race`.

    Args:
        channels: of the input and of the output: one of CHANNELS.
        image: pixels on a side: one of IMAGES.
        kernel: taps on a side: one of KERNELS; padding keeps the image's size.
        machine: cost.Machine that the predictions are for.

    Attributes:
        measured: dict "channels image kernel" -> dict method -> seconds, for what was measured.

    Raises:
        TraitError: if a size is not one of those.

    >>> race = AlgorithmRace(channels=16, image=8, kernel=1)
    >>> race.predicted["direct"] > race.predicted["im2col"], race.predicted["winograd4"]
    (True, None)
    >>> sorted(race.measure()) == sorted(affordable(race.predicted))
    True
    """

    _esm = module("race.js")
    channels = traitlets.Enum(CHANNELS).tag(sync=True)
    image = traitlets.Enum(IMAGES).tag(sync=True)
    kernel = traitlets.Enum(KERNELS).tag(sync=True)
    sizes = traitlets.Dict().tag(sync=True)
    methods = traitlets.List(traitlets.Unicode()).tag(sync=True)
    table = traitlets.Any().tag(sync=True, to_json=pack, from_json=unpack)
    basis = traitlets.Unicode().tag(sync=True)
    measured = traitlets.Dict().tag(sync=True)
    measuring = traitlets.Unicode("").tag(sync=True)  # the method that is running

    def __init__(self, channels=16, image=32, kernel=3, machine=REFERENCE):
        speeds = show(machine.flop_per_s, "FLOP/s", 2), show(machine.bytes_per_s, "B/s", 2)
        super().__init__(
            channels=channels,
            image=image,
            kernel=kernel,
            sizes={"channels": [*CHANNELS], "image": [*IMAGES], "kernel": [*KERNELS]},
            methods=list(METHODS),
            table=_table(machine),
            basis=f"{speeds[0]} and {speeds[1]}",
        )
        self.on_msg(self._hear)

    @property
    def predicted(self):
        """dict method -> seconds for the present sizes, or None where it does not apply."""
        sizes = (CHANNELS, self.channels), (IMAGES, self.image), (KERNELS, self.kernel)
        times = self.table[tuple(values.index(value) for values, value in sizes)]
        return {
            name: None if np.isnan(seconds) else float(seconds)
            for name, seconds in zip(METHODS, times, strict=True)
        }

    def measure(self):
        """Time the methods on the present sizes, except those expected to take too long.

        Returns:
            dict method -> seconds.
        """
        sizes, times = (self.channels, self.image, self.kernel), {}
        try:
            for method in affordable(self.predicted):
                self.measuring = method
                times[method] = measured_seconds(_shape(*sizes), method)
                self.measured = self.measured | {" ".join(map(str, sizes)): dict(times)}
        finally:
            self.measuring = ""
        return times

    def _hear(self, _, message, __):
        if message == "measure":
            self.measure()

    def still(self):
        """Draw the same bars as SVG."""
        key = f"{self.channels} {self.image} {self.kernel}"
        return show_race(self.predicted, self.measured.get(key))

    def __repr__(self):
        sizes = f"{self.channels} channels, {self.image} × {self.image} pixels"
        return f"AlgorithmRace: {sizes}, {self.kernel} × {self.kernel} taps: {self.still()!r}"


def _shape(channels, image, kernel):
    x, w = (BATCH, channels, image, image), (channels, channels, kernel, kernel)
    return conv_shape(x, w, padding="same")


def _table(machine):
    """Predicted seconds of every method for all sizes, in the browser's precision."""
    points = product(CHANNELS, IMAGES, KERNELS)
    times = [list(predicted_seconds(_shape(*point), machine).values()) for point in points]
    table = np.array(times, np.float32).reshape(len(CHANNELS), len(IMAGES), len(KERNELS), -1)
    return table.astype(float)
