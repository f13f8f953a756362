"""Compile-time constants of a kernel, as the compiler reads them."""

import math
import re

import numpy as np


def texts(constants):
    """Write constants in C.

    Args:
        constants: dict of name to int, float, bool, a sequence of those, or a type's name; or None.

    Returns:
        dict of name to C text. A float is a float there too, not a double.

    Raises:
        ValueError: for a name that C does not allow, or a value that it cannot have.

    >>> texts({"TILE": 16, "SCALE": 0.5, "TAPS": (1.0, 2.0), "T": "float"})
    {'TILE': '16', 'SCALE': '0.5f', 'TAPS': '{1.0f, 2.0f}', 'T': 'float'}
    """
    return {_name(name): _text(name, value) for name, value in (constants or {}).items()}


def _name(name):
    """A name that `#define` takes."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_]\w*", name):
        raise ValueError(f"constant {name!r}: use letters, digits and _, a letter first")
    return name


def _text(name, value):
    """One value in C."""
    if isinstance(value, bool | np.bool):
        return "true" if value else "false"
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating) and math.isfinite(value):
        return f"{float(value)!r}f"
    if isinstance(value, str) and re.fullmatch(r"[\w ]+", value):
        return value
    if isinstance(value, tuple | list | np.ndarray) and len(value):
        return "{" + ", ".join(_text(name, item) for item in value) + "}"
    way = "use an int, a finite float, a bool, a type's name, or a sequence of numbers"
    raise ValueError(f"constant {name}={value!r} has no form in C: {way}")
