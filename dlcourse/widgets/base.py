"""What all widgets share: one JavaScript module each, arrays as traits, a still picture."""

import base64
import json
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from dlcourse.draw.style import COLORS, FONT

STATIC = Path(__file__).parent / "static"
REPRS = (("image/svg+xml", "_repr_svg_"), ("image/png", "_repr_png_"), ("text/html", "_repr_html_"))


def module(name, *shared):
    """Put a widget's program together: palette, style sheets, base.js, shared files and its own.

    The result imports nothing, so that it runs wherever the notebook is shown.

    Args:
        name: of a file in static/; a style sheet of the same name is added if there is one.
        shared: names of files that its program needs before itself.

    Returns:
        str: the source of one ES module.

    >>> module("slide.js").startswith("const STYLE = {")
    True
    """
    style = json.dumps({"colors": dict(COLORS), "font": FONT})
    own = (STATIC / name).with_suffix(".css")
    css = json.dumps(_read("base.css") + (_read(own.name) if own.exists() else ""))
    programs = [_read(file) for file in ("base.js", *shared, name)]
    return "\n".join([f"const STYLE = {style}, CSS = {css};", *programs])


def pack(array, _widget=None):
    """Turn an array into JSON for the browser: its shape, and float32 values in base64.

    Args:
        array: array of any shape.

    Returns:
        dict with "shape" and "data".

    >>> pack(np.zeros(3))
    {'shape': [3], 'data': 'AAAAAAAAAAAAAAAA'}
    """
    values = np.ascontiguousarray(array, "<f4")
    return {"shape": list(values.shape), "data": base64.b64encode(values).decode()}


def unpack(value, _widget=None):
    """Read an array that came from the browser, as `pack` wrote it.

    Args:
        value: dict with "shape" and "data".

    Returns:
        float array.

    >>> unpack(pack([[1, 2]]))
    array([[1., 2.]])
    """
    values = np.frombuffer(base64.b64decode(value["data"]), "<f4")
    return values.reshape(value["shape"]).astype(float)


class Array(traitlets.TraitType):
    """A trait that holds a float array with a given number of axes.

    Assign anything NumPy can read; the array is a copy, and frozen, since a change inside it
    would not be noticed. Assign a new one instead.
    """

    def __init__(self, axes, **options):
        self.axes = axes
        super().__init__(**options)
        self.tag(sync=True, to_json=pack, from_json=unpack)

    def validate(self, widget, value):
        array = np.array(value, float)
        if array.ndim != self.axes or not array.size or not np.isfinite(array).all():
            raise traitlets.TraitError(
                f"{self.name} has shape {array.shape}: give {self.axes} axes, "
                "not empty, and finite numbers only"
            )
        array.flags.writeable = False
        return array


class CourseWidget(anywidget.AnyWidget):
    """A widget with a stable text and a still picture for readers without a kernel.

    A subclass gives `_esm = module("its.js")`, its traits, `__repr__` and `still`.
    """

    def still(self):
        """Draw the present state without JavaScript, as something Jupyter can show."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **_):
        bundle, metadata = super()._repr_mimebundle_()
        still = self.still()
        shown = {mime: getattr(still, name)() for mime, name in REPRS if hasattr(still, name)}
        return bundle | shown, metadata


def _read(name):
    return (STATIC / name).read_text(encoding="utf8")
