"""The feature-map viewer: what the channels of a network make of example images."""

import base64

import numpy as np
import traitlets

from dlcourse.draw.maps import show_maps
from dlcourse.widgets.base import CourseWidget, module, pack


def pack_maps(maps):
    """Turn stacks of maps into JSON for the browser, a byte for each pixel.

    Each map is scaled by itself: 0 stands for its lowest value, 255 for its highest.

    Args:
        maps: array (N, C, h, w).

    Returns:
        dict with "shape", "data", and the packed arrays "low" and "high" of shape (N, C).

    >>> pack_maps(np.arange(4.0).reshape(1, 1, 2, 2))["data"]         # 0, 85, 170, 255
    'AFWq/w=='
    """
    low, high = maps.min((2, 3)), maps.max((2, 3))
    scale = 255 / np.where(high > low, high - low, 1)
    levels = np.rint((maps - low[..., None, None]) * scale[..., None, None]).astype(np.uint8)
    data = base64.b64encode(np.ascontiguousarray(levels)).decode()
    return {"shape": list(maps.shape), "low": pack(low), "high": pack(high), "data": data}


class FeatureMaps(CourseWidget):
    """Look at what each layer and channel makes of an image.

    The plain twin is `dlcourse.draw.maps.show_maps(image, maps, channel, name)`. A notebook
    keeps a byte for each pixel of each map, times 4/3: choose few images.

    Args:
        activations: dict layer's name -> array (N, C, h, w), for N images.
        images: array (N, C, H, W) or (N, H, W); colours are averaged.
        labels: what each image shows, N words or numbers.
        image: index of the image looked at.
        layer: name; the first if left out.
        channel: index of the map looked at.

    Raises:
        TraitError: if the arrays do not fit each other, or there is no such image, layer, channel.

    >>> widget = FeatureMaps({"conv1": np.arange(16).reshape(1, 4, 2, 2)}, np.zeros((1, 3, 3)))
    >>> widget.channel = 2
    >>> widget
    FeatureMaps, image 0: conv1, 2 × 2, channel 2 of 4: 8 to 11; all channels 0 to 15
    """

    _esm = module("features.js")
    layers = traitlets.List(traitlets.Unicode()).tag(sync=True)  # a saved dict forgets its order
    maps = traitlets.Dict().tag(sync=True)
    pictures = traitlets.Dict().tag(sync=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    image = traitlets.Int(0).tag(sync=True)
    layer = traitlets.Unicode().tag(sync=True)
    channel = traitlets.Int(0).tag(sync=True)

    def __init__(self, activations, images, labels=None, image=0, layer=None, channel=0):
        images = _stack(images, "images", (3, 4))
        self.images = images if images.ndim == 3 else images.mean(1)
        self.activations = {k: _stack(maps, k, (4,)) for k, maps in activations.items()}
        labels = [""] * len(images) if labels is None else [str(word) for word in labels]
        counts = {k: len(maps) for k, maps in self.activations.items()}
        if not counts or {*counts.values(), len(labels)} != {len(images)}:
            raise traitlets.TraitError(
                f"{len(images)} images, {len(labels)} labels, maps for {counts}: "
                "give at least one layer, and one entry for each image everywhere"
            )
        super().__init__(
            layers=list(counts),
            maps={name: pack_maps(maps) for name, maps in self.activations.items()},
            pictures=pack_maps(self.images[:, None]),
            labels=labels,
            image=image,
            layer=next(iter(counts)) if layer is None else layer,
            channel=channel,
        )

    @traitlets.validate("image")
    def _check_image(self, proposal):
        return self._within("image", proposal.value, len(self.images))

    @traitlets.validate("layer")
    def _check_layer(self, proposal):
        if proposal.value not in self.activations:
            names = ", ".join(self.activations)
            raise traitlets.TraitError(f"no layer {proposal.value!r}: take one of {names}")
        return proposal.value

    @traitlets.validate("channel")
    def _check_channel(self, proposal):
        maps = self.activations.get(self.layer)  # None: the layer's own check says so
        return (
            proposal.value
            if maps is None
            else self._within("channel", proposal.value, maps.shape[1])
        )

    @staticmethod
    def _within(name, value, count):
        if not 0 <= value < count:
            raise traitlets.TraitError(f"{name}={value}: there are {count}, counted from 0")
        return value

    @traitlets.observe("layer")
    def _stay_inside(self, _):
        self.channel = min(self.channel, self.activations[self.layer].shape[1] - 1)

    def _maps(self):
        return self.activations[self.layer][self.image]

    def still(self):
        """Draw the same maps as SVG."""
        return show_maps(self.images[self.image], self._maps(), self.channel, self.layer)

    def __repr__(self):
        label = self.labels[self.image]
        image = f"image {self.image}{f' ({label})' if label else ''}"
        return f"FeatureMaps, {image}: {self.still()!r}"


def _stack(values, name, axes):
    """An array in the browser's precision, checked."""
    array = np.asarray(values, np.float32)
    if array.ndim not in axes or not array.size or not np.isfinite(array).all():
        wanted = " or ".join(map(str, axes))
        raise traitlets.TraitError(
            f"{name} have shape {array.shape}: give {wanted} axes, not empty, finite numbers only"
        )
    return array
