"""Is an answer right, and if not, how do we say so?"""

from types import MappingProxyType

import numpy as np

WRITTEN_OUT = 30  # arrays with more values are described by their shape
WAYS_OUT = MappingProxyType(  # from what kind to what kind
    {
        ("a list", "an array"): ": wrap it in np.array(...)",
        ("a tuple", "an array"): ": wrap it in np.array(...)",
        ("a number", "a whole number"): ": use // to divide whole numbers",
    }
)


def same(yours, expected):
    """Say whether two arrays agree to about ten digits, shapes included.

    >>> same(np.array([0.1 + 0.2]), np.array([0.3])), same(np.float32(0.1), np.array(0.1))
    (True, False)
    """
    if yours.shape != expected.shape:
        return False
    scale = np.abs(expected).max(initial=0) or 1
    return np.allclose(yours, expected, rtol=1e-10, atol=1e-10 * scale)


def is_right(yours, expected):
    """Say whether an answer is the expected one: of the same kind, and equal to ten digits.

    >>> is_right(np.array([2]), np.array([2.0])), is_right([2], np.array([2]))
    (True, False)
    >>> is_right(3.0, 3), is_right(3, 3.0), is_right((1, 2), (1, 2))
    (False, True, True)
    """
    if not _kinds_agree(yours, expected):
        return False
    if isinstance(expected, tuple):
        return len(yours) == len(expected) and all(map(is_right, yours, expected))
    if _is_numeric(expected):
        return bool(same(np.asarray(yours), np.asarray(expected)))
    return np.array_equal(yours, expected)


def comparable(yours, expected):
    """Say whether two answers are numbers of the same kind, so that one can compare them.

    >>> comparable(np.ones(3), np.zeros(2)), comparable((1, 2), (2, 1)), comparable([1], np.ones(1))
    (True, True, False)
    """
    return _kinds_agree(yours, expected) and _is_numeric(yours) and _is_numeric(expected)


def complaint(yours, expected):
    """Put a wrong answer beside the expected one, in a sentence.

    >>> complaint(np.array([1.0, 2.5]), np.array([1, 2]))
    'It should return [1, 2]; yours returns [1, 2.5].'
    >>> complaint([1, 2], np.array([1, 2]))
    'It should return [1, 2], an array; yours returns [1, 2], a list: wrap it in np.array(...).'
    >>> complaint(None, 7)
    'It should return 7; yours returns None: is a `return` missing?'
    """
    ours, theirs = text(expected), text(yours)
    if yours is None:
        return f"It should return {ours}; yours returns None: is a `return` missing?"
    if not _kinds_agree(yours, expected):
        ours, theirs = _with_kind(expected), _with_kind(yours) + _way_out(yours, expected)
    elif isinstance(expected, np.ndarray) and yours.shape != expected.shape:
        ours, theirs = _with_shape(expected), _with_shape(yours)
    elif isinstance(expected, np.ndarray) and expected.size > WRITTEN_OUT:
        return _first_difference(yours, expected)
    elif ours == theirs:
        ours, theirs = text(expected, digits=12), text(yours, digits=12)
    nan = " (0/0 and inf - inf give nan)" if "nan" in theirs else ""
    return f"It should return {ours}; yours returns {theirs}{nan}."


def kind(value):
    """Name what sort of thing a value is.

    >>> kind(np.float64(1)), kind(2), kind(np.zeros(2)), kind(np.zeros(2, bool)), kind({})
    ('a number', 'a whole number', 'an array', 'an array of bool', 'a dict')
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, np.ndarray):
        return "an array" if value.dtype.kind in "iuf" else f"an array of {value.dtype.name}"
    names = {bool | np.bool_: "a truth value", int | np.integer: "a whole number"}
    names[float | np.floating] = "a number"
    name = type(value).__name__
    plain = f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
    return next((words for types, words in names.items() if isinstance(value, types)), plain)


def text(value, digits=4):
    """Write a value in a few words.

    >>> text(np.array([[1.0, 1 / 3], [2, -0.0]])), text(np.ones((9, 9))), text((1, "a"))
    ('[[1, 0.3333], [2, 0]]', 'an array of shape (9, 9)', "(1, 'a')")
    """
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        value = value.item()
    if isinstance(value, tuple):
        return f"({', '.join(text(v, digits) for v in value)})"
    if isinstance(value, np.ndarray) and value.size > WRITTEN_OUT:
        return f"an array of shape {value.shape}"
    if isinstance(value, np.ndarray | list) and len(value) <= WRITTEN_OUT:
        return f"[{', '.join(text(v, digits) for v in value)}]"
    if isinstance(value, float | complex):
        return f"{value + 0.0:.{digits}g}"
    words = repr(value)
    return words if len(words) <= 100 else f"{words[:97]}..."


def typed(value):
    """Write a number as one would type it: exactly, a large one with its power of ten.

    >>> typed(3.0), typed(1.2e10), typed(1234567.5)
    ('3.0', '1.2e+10', '1234567.5')
    """
    short = f"{value:g}"
    return short if abs(value) >= 1e6 and float(short) == value else str(value)


def _is_numeric(value):
    """A real number, an array of them, or a tuple of numbers."""
    if isinstance(value, tuple):
        return all(kind(v) in ("a whole number", "a number") for v in value)
    return kind(value) in ("a whole number", "a number", "an array")


def _kinds_agree(yours, expected):
    if isinstance(expected, tuple) and isinstance(yours, tuple) and len(yours) == len(expected):
        return all(map(_kinds_agree, yours, expected))
    whole_for_real = (kind(yours), kind(expected)) == ("a whole number", "a number")
    return kind(yours) == kind(expected) or whole_for_real


def _with_kind(value):
    if value is None:
        return "None"
    return f"{_literal(value)}, {kind(value)}"


def _literal(value):
    """Like text, but 3.0 is not 3."""
    if isinstance(value, tuple):
        return f"({', '.join(map(_literal, value))})"
    return typed(value) if kind(value) == "a number" else text(value)


def _way_out(yours, expected):
    """How to get from one kind to the other, where one can tell; of tuples, for the first such."""
    if isinstance(yours, tuple) and isinstance(expected, tuple):
        return next(filter(None, map(_way_out, yours, expected)), "")
    return WAYS_OUT.get((kind(yours), kind(expected)), "")


def _with_shape(array):
    words = text(array)
    return words if array.size > WRITTEN_OUT else f"{words} of shape {array.shape}"


def _first_difference(yours, expected):
    wrong = np.argwhere(~np.isclose(yours, expected, rtol=1e-10, atol=1e-12))
    at = tuple(int(i) for i in wrong[0])
    numbers = f"{text(expected[at], 12)}; yours has {text(yours[at], 12)}"
    place = f"{len(wrong)} of {expected.size} values differ, the first at [{text(at)[1:-1]}]"
    return f"It should return another array of this shape: {place}, which should be {numbers}."
