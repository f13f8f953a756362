"""Recognise a wrong answer: the mistakes that explain every one of a student's wrong answers."""

from types import MappingProxyType

import numpy as np

from dlcourse.course.answers import same

MISTAKES = MappingProxyType(
    {
        "the expected one, transposed": lambda y, e: e.ndim == 2 and same(y, e.T),
        "the expected one, back to front": lambda y, e: e.ndim == 1 and same(y, e[::-1]),
        "the expected one, turned by half a turn": lambda y, e: same(y, np.flip(e)),
        "the expected one, flipped top to bottom": lambda y, e: same(y, e[::-1]),
        "the expected one, flipped left to right": lambda y, e: same(y, e[..., ::-1]),
        "the expected one with its end missing": lambda y, e: same(y, _start(e, y)),
        "the expected one with its start missing": lambda y, e: same(y, _end(e, y)),
        "the expected one with something added at its end": lambda y, e: same(_start(y, e), e),
        "the expected one with something added at its start": lambda y, e: same(_end(y, e), e),
        "the right numbers in another shape": lambda y, e: same(y.ravel(), e.ravel()),
        "the expected one, moved on by one place": lambda y, e: _fits(y, e) and same(y[1:], e[:-1]),
        "the expected one, moved back by one place": lambda y, e: (
            _fits(y, e) and same(y[:-1], e[1:])
        ),
        "the expected one with its fractions cut off": lambda y, e: _fits(y, e) and _cut(y, e),
        "the expected one, rounded": lambda y, e: same(y, np.round(e)),
        "right to about seven digits only, as with float32": lambda y, e: (
            _fits(y, e) and np.allclose(y, e, rtol=1e-5, atol=1e-6)
        ),
    }
)


def diagnose(wrong, slips=()):
    """Find one mistake that explains every wrong answer.

    Args:
        wrong: list of (arguments, yours, expected); answers are arrays, numbers or tuples of them.
        slips: dict from words that follow "what comes out when" to a function of the arguments
            that makes this mistake.

    Returns:
        str to follow "every wrong answer is", or "" if nothing explains them all.

    >>> diagnose([((), [3, 2, 1], [1, 2, 3]), ((), [5, 4], [4, 5])])
    'the expected one, back to front'
    >>> diagnose([((), [4, 6, 2], [2, 3, 1])])
    'the expected one times 2'
    >>> diagnose([((2,), 4, 8), ((3,), 9, 27), ((5,), 25, 125)], {"x is squared": lambda x: x**2})
    'what comes out when x is squared'
    """
    wrong = [(arguments, np.asarray(y), np.asarray(e)) for arguments, y, e in wrong]
    if sum(expected.size for *_, expected in wrong) < 3:
        return ""  # two numbers are explained by too much
    for words, slip in dict(slips).items():
        if all(same(yours, np.asarray(slip(*arguments))) for arguments, yours, _ in wrong):
            return f"what comes out when {words}"
    pairs = [pair for _, *pair in wrong]
    if not any(yours.any() for yours, _ in pairs):
        return ""  # zeros come of too much
    for words, explains in MISTAKES.items():
        if all(_holds(explains, *pair) for pair in pairs):
            return words
    return _constant(pairs)


def _holds(explains, yours, expected):
    return yours.size > 0 and yours.ndim == expected.ndim > 0 and explains(yours, expected)


def _start(array, other):
    return array[tuple(slice(n) for n in other.shape)]


def _end(array, other):
    return array[tuple(slice(-n, None) for n in other.shape)]


def _fits(yours, expected):
    return yours.shape == expected.shape


def _cut(yours, expected):
    whole = np.all(yours == np.trunc(yours)) and np.all(np.abs(yours) <= np.abs(expected) + 1e-9)
    return whole and np.all(np.abs(expected - yours) < 1)


def _constant(pairs):
    """One factor or one difference for all answers."""
    if not all(_fits(*pair) for pair in pairs):
        return ""
    yours, expected = (np.concatenate([np.ravel(p[i]) for p in pairs]) for i in (0, 1))
    largest = np.argmax(np.abs(expected))
    factor = yours[largest] / (expected[largest] or 1)
    if factor and same(yours, factor * expected):
        return f"the expected one times {factor:.4g}"
    offset = yours[0] - expected[0]
    if same(yours - offset, expected):
        return f"too {'large' if offset > 0 else 'small'} by {abs(offset):.4g}"
    return ""
