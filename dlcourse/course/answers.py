"""Is an answer right, and if not, how do we say so?"""

import numpy as np

from dlcourse.course.diagnosis import same

WRITTEN_OUT = 40  # arrays with more values are described by their shape


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
    if is_numeric(expected):
        return bool(same(np.asarray(yours), np.asarray(expected)))
    return np.array_equal(yours, expected)


def is_numeric(value):
    """Say whether a value is a real number, an array of them, or a tuple of numbers.

    >>> is_numeric(np.ones(3)), is_numeric((1, 2)), is_numeric("1"), is_numeric(True)
    (True, True, False, False)
    """
    if isinstance(value, tuple):
        return bool(value) and all(is_numeric(v) and np.ndim(v) == 0 for v in value)
    return kind(value) in ("a whole number", "a number", "an array")


def complaint(yours, expected):
    """Put a wrong answer beside the expected one, in a sentence.

    >>> complaint(np.array([1.0, 2.5]), np.array([1, 2]))
    'It should return [1, 2]; yours returns [1, 2.5].'
    >>> complaint([1, 2], np.array([1, 2]))
    'It should return [1, 2], an array; yours returns [1, 2], a list.'
    >>> complaint(None, 7)
    'It should return 7; yours returns None: is a `return` missing?'
    """
    ours, theirs = text(expected), text(yours)
    if yours is None:
        theirs = "None: is a `return` missing?"
    elif not _kinds_agree(yours, expected):
        ours, theirs = f"{ours}, {kind(expected)}", f"{theirs}, {kind(yours)}"
    elif isinstance(expected, np.ndarray) and yours.shape != expected.shape:
        ours, theirs = f"{ours} of shape {expected.shape}", f"{theirs} of shape {yours.shape}"
    elif ours == theirs:
        ours, theirs = text(expected, digits=12), text(yours, digits=12)
    elif "nan" in theirs:
        theirs += " (0/0 and inf - inf give nan)"
    return f"It should return {ours}; yours returns {theirs}{'' if theirs.endswith('?') else '.'}"


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
    if isinstance(value, np.ndarray) and value.ndim:
        return f"[{', '.join(text(v, digits) for v in value)}]"
    if isinstance(value, float | complex):
        return f"{value + 0.0:.{digits}g}"
    words = repr(value)
    return words if len(words) <= 100 else f"{words[:97]}..."


def _kinds_agree(yours, expected):
    return kind(yours) == kind(expected) or (kind(yours), kind(expected)) == (
        "a whole number",
        "a number",
    )
