"""What a kernel is given before it runs: macros for its compiler, and its constant memory."""

import math
import re

import numpy as np

from dlcourse.gpu.signature import constant_memory


def texts(constants):
    """Write the macros among some constants in C.

    Args:
        constants: dict of name to int, float, bool, a type's name or an array; or None.

    Returns:
        dict of name to C text, arrays left out. A float is a float there too, not a double.

    Raises:
        ValueError: for a name that C does not allow, or a value that it cannot have.

    >>> texts({"TILE": 16, "SCALE": 0.5, "T": "float", "weights": np.ones(3)})
    {'TILE': '16', 'SCALE': '0.5f', 'T': 'float'}
    """
    macros = {n: v for n, v in (constants or {}).items() if not isinstance(v, np.ndarray)}
    return {_name(name): _text(name, value) for name, value in macros.items()}


def arrays(constants):
    """Pick what fills constant memory.

    Args:
        constants: dict of name to anything; or None.

    Returns:
        dict of name to array.

    >>> arrays({"TILE": 16, "weights": np.ones(3)})
    {'weights': array([1., 1., 1.])}
    """
    return {n: v for n, v in (constants or {}).items() if isinstance(v, np.ndarray)}


def check(source, constants):
    """Refuse constants that a source has no use for, or that C cannot have.

    Args:
        source: CUDA C.
        constants: dict of name to int, float, bool, a type's name or an array.

    Raises:
        ValueError: naming the constant, the rule and the way out.

    >>> check("__constant__ float w[3];", {"w": np.ones(3, np.float32)})
    """
    texts(constants)
    declared = constant_memory(source)
    for name, array in arrays(constants).items():
        if name not in declared:
            way = f"declare it, `__constant__ float {name}[{array.size}];`"
            raise ValueError(f"constant {name} is an array, the source has none such: {way}")
        dtype = declared[name]
        if dtype is not None and dtype != array.dtype:
            way = f'convert it, {name}.astype("{dtype}")'
            rule = f"constant {name} is {dtype} in the source, you gave {array.dtype}"
            raise ValueError(f"{rule}: {way}")


def _name(name):
    """A name that a macro can have."""
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
    way = "use an int, a finite float, a bool, a type's name, or an array for constant memory"
    raise ValueError(f"constant {name}={value!r} has no form in C: {way}")
