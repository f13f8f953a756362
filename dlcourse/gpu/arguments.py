"""Are a launch's shape and arguments what the kernel expects? Asked before anything runs.

A GPU takes arguments as bits: a float where the kernel reads an int becomes a huge number, and
nobody complains. Here the launch is refused, with the argument, the rule and the way out.
"""

import math

import numpy as np

from dlcourse.gpu.errors import LaunchError
from dlcourse.gpu.occupancy import MAX_THREADS

# CUDA C++ Programming Guide, "Compute Capabilities", table of technical specifications
MAX_BLOCK = (1024, 1024, 64)
MAX_GRID = (2**31 - 1, 65535, 65535)
MAX_SHARED_BYTES = 48 * 1024  # a block, for a kernel that asks for no more


def extent(name, given):
    """Check a grid or a block.

    Args:
        name: "grid" or "block".
        given: tuple of one to three ints, x first.

    Returns:
        tuple of three ints.

    Raises:
        LaunchError: naming the limit.

    >>> extent("block", (16, 16))
    (16, 16, 1)
    """
    if not isinstance(given, tuple | list) or not 1 <= len(given) <= 3:
        way = f"write a tuple of one to three ints, such as ({given},)"
        raise LaunchError(f"{name}={given!r} is no {name}: {way}")
    for value in given:
        if isinstance(value, bool) or not isinstance(value, int | np.integer):
            way = "use // where you divide, and round up: (n + 255) // 256"
            raise LaunchError(f"{name}={given!r} holds {value!r}, which is no int: {way}")
    full = (*map(int, given), 1, 1)[:3]
    limits = MAX_BLOCK if name == "block" else MAX_GRID
    for axis, value, most in zip("xyz", full, limits, strict=True):
        if not 1 <= value <= most:
            raise LaunchError(f"{name}={given!r}: its {axis} must lie between 1 and {most:,}")
    if name == "block" and math.prod(full) > MAX_THREADS:
        way = "use a smaller block and more of them"
        rule = f"has {math.prod(full):,} threads, a GPU allows {MAX_THREADS:,}"
        raise LaunchError(f"block={given!r} {rule}: {way}")
    return full


def shared_bytes(asked, static=0):
    """Check a block's shared memory.

    Args:
        asked: bytes of dynamic shared memory.
        static: bytes that the kernel declares.

    Returns:
        bytes of dynamic shared memory, an int.

    Raises:
        LaunchError: if that is more than a block may have.

    >>> shared_bytes(4096)
    4096
    """
    if isinstance(asked, bool) or not isinstance(asked, int | np.integer) or asked < 0:
        raise LaunchError(f"shared_mem={asked!r}: give a number of bytes, an int from 0 on")
    if asked + static > MAX_SHARED_BYTES:
        declared = f" and the kernel's own {static:,}" if static else ""
        rule = f"a block may have {MAX_SHARED_BYTES:,} bytes of shared memory"
        raise LaunchError(f"shared_mem={asked:,}{declared}: {rule}; use smaller tiles")
    return int(asked)


def check(signature, given):
    """Check arguments against a signature and convert Python's numbers.

    Args:
        signature: Signature.
        given: tuple of arrays, NumPy scalars, and Python's ints, floats and bools.

    Returns:
        tuple of arrays, as they are, and NumPy scalars of the parameters' types.

    Raises:
        LaunchError: naming the argument, the rule and the way out.

    >>> from dlcourse.gpu.signature import parse
    >>> signature = parse("__global__ void f(float* x, int n) {}")
    >>> check(signature, (np.zeros(3, "f4"), 3))[1]
    np.int32(3)
    >>> check(signature, (np.zeros(3, "f4"), 2.5))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    dlcourse.gpu.errors.LaunchError: argument 2 (n) is int, you passed float 2.5: ...
    """
    if not isinstance(given, tuple | list):
        raise LaunchError(f"arguments come as a tuple, not as {_kind(given)}: write (x, y, n)")
    if len(given) != len(signature.parameters):
        rule = f"{signature} takes {len(signature.parameters)} arguments"
        raise LaunchError(f"{rule}, you passed {len(given)}")
    pairs = enumerate(zip(signature.parameters, given, strict=True), start=1)
    return tuple(_argument(f"argument {i} ({p.name})", p, value) for i, (p, value) in pairs)


def machine(value):
    """Say which machine's memory an array lies in.

    Args:
        value: anything.

    Returns:
        "numpy", "cupy", or None for what is no array of theirs.

    >>> machine(np.zeros(3)), machine(np.float32(3))
    ('numpy', None)
    """
    if isinstance(value, np.ndarray):
        return "numpy"
    return "cupy" if type(value).__module__ == "cupy" and hasattr(value, "dtype") else None


def _argument(where, parameter, value):
    """Check one argument; return what is passed."""
    if parameter.pointer:
        _array(f"{where} is {parameter}", parameter, value)
        return value
    return _number(f"{where} is {parameter}", parameter, value)


def _array(rule, parameter, array):
    """Refuse what is no array that the kernel could read, or write, element by element."""
    if machine(array) is None:
        way = "pass a NumPy array to emulate a GPU, a CuPy array to use one"
        raise LaunchError(f"{rule}, you passed {_kind(array)}: {way}")
    if parameter.dtype is not None and array.dtype != parameter.dtype:
        way = f'convert it, x.astype("{parameter.dtype}"), or change the kernel'
        raise LaunchError(f"{rule}, you passed an array of {array.dtype}: {way}")
    if not array.flags.c_contiguous:
        way = "pass numpy.ascontiguousarray(x), a copy whose elements lie in order"
        raise LaunchError(f"{rule}, you passed an array that is not contiguous: {way}")
    if machine(array) == "numpy" and not (parameter.const or array.flags.writeable):
        way = "pass a copy, or write const in the kernel if it only reads"
        raise LaunchError(f"{rule}, you passed an array that is read-only: {way}")
    if parameter.lanes > 1:
        _aligned(rule, parameter, array)


def _aligned(rule, parameter, array):
    """Refuse an array that a vector type does not divide, or that begins between two of them."""
    width = array.dtype.itemsize * (parameter.lanes if parameter.lanes != 3 else 1)
    address = array.ctypes.data if machine(array) == "numpy" else array.data.ptr
    if array.size % parameter.lanes or address % width:
        way = f"pass a multiple of {parameter.lanes} elements from the start of an array"
        what = f"an array of {array.size} elements at address {address % width} modulo {width}"
        raise LaunchError(f"{rule}, you passed {what}: {way}")


def _number(rule, parameter, value):
    """Convert a number to the parameter's type, unless that would change it."""
    dtype = parameter.dtype
    if dtype is None or parameter.lanes > 1:
        way = "pass its parts as numbers, or a pointer to an array of them"
        raise LaunchError(f"{rule}, which cannot be passed by value from Python: {way}")
    if isinstance(value, np.generic):
        if value.dtype != dtype:
            way = f"pass numpy.{dtype}({value})"
            raise LaunchError(f"{rule}, you passed numpy.{value.dtype}({value}): {way}")
        return value
    if not isinstance(value, int | float):
        raise LaunchError(f"{rule}, you passed {_kind(value)}: pass a number")
    if dtype.kind == "f":
        return _float(rule, dtype, value)
    return _integer(rule, dtype, value)


def _float(rule, dtype, value):
    """A float of that type, rounded; refuse an int it cannot hold, and what would overflow."""
    with np.errstate(over="ignore"):
        converted = dtype.type(value)
    if np.isinf(converted) and not math.isinf(value):
        raise LaunchError(f"{rule}, you passed {value!r}: the largest is {np.finfo(dtype).max}")
    if isinstance(value, int) and int(converted) != value:
        way = f"pass numpy.{dtype}({value}) if the nearest will do"
        raise LaunchError(f"{rule}, which cannot hold {value} exactly: {way}")
    return converted


def _integer(rule, dtype, value):
    """An int or bool of that type; refuse a float, and an int out of range."""
    if isinstance(value, float):
        way = f"pass numpy.{dtype}({value:.0f}), or divide by //" if math.isfinite(value) else ""
        raise LaunchError(f"{rule}, you passed float {value}: {way or 'pass an int'}")
    low, high = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    if not low <= value <= high:
        raise LaunchError(f"{rule}, you passed {value}: it holds {low} to {high}")
    return dtype.type(value)


def _kind(value):
    """What something is, in words."""
    if value is None or isinstance(value, str | int | float):
        return f"{type(value).__name__} {value!r}"
    module = type(value).__module__.split(".")[0]
    return " ".join(["a", *[module] * (module != "builtins"), type(value).__name__])
