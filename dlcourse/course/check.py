"""Check a student's function against a second one, and say in a sentence what is wrong."""

import copy
import inspect
import sys
import traceback
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import partial
from io import StringIO

import numpy as np

from dlcourse.course.answers import comparable, complaint, is_right, text, typed
from dlcourse.course.diagnosis import diagnose
from dlcourse.draw.compare import show_difference

LARGEST_DRAWN = 200  # values
LONGEST_TYPED = 100


class CheckFailed(AssertionError):
    """What is wrong with a student's function; a notebook shows these words and no traceback."""

    def _render_traceback_(self):
        return str(self).splitlines()


class Complaint(Exception):
    """What the function under check itself found wrong, in words for the student."""


@dataclass(frozen=True)
class Failure:
    """An input on which a function goes wrong, what it printed, what is wrong, both answers."""

    arguments: tuple
    printed: StringIO
    complaint: str
    answers: tuple = ()  # yours and the expected one, unless there is none
    right: bool = False  # the answer is; it is not enough


def check(
    function,
    against,
    on,
    name=None,
    slips=(),
    also=lambda function, *arguments: "",
    through=None,
):
    """Try a function on many inputs and compare it with a reference.

    Prints a tick if all is well. Otherwise the smallest failing input is shown with both answers,
    with the mistake that explains all of the wrong answers, if there is one. What the function
    prints is shown for that input only.

    Args:
        function: the student's; it gets copies of the inputs and is trusted in nothing.
        against: the reference, called with the same arguments.
        on: list of argument tuples, smallest first, as `dlcourse.course.cases.cases` draws them.
        name: what to call the function; its own name if left out.
        slips: dict of likely mistakes, from words that follow "what comes out when" to the
            function that makes this mistake.
        also: what a right answer is not enough for: called as also(function, *arguments), it
            returns a sentence about what is still wrong, or "".
        through: how to call the function, where it is not simply called: what is compared is
            through(function, *arguments), as with `dlcourse.course.rank_check.on_ranks`.

    Raises:
        CheckFailed: if any answer is wrong.
        ValueError: if there are no inputs.

    >>> check(lambda x: x + x, against=lambda x: 2 * x, on=[(1,), (2,)], name="double")
    ✓ double: 2 inputs, all as expected
    >>> check(lambda x: x ** 2, against=lambda x: 2 * x, on=[(2,), (5,)], name="double")
    Traceback (most recent call last):
    dlcourse.course.check.CheckFailed: ✗ double goes wrong on 1 of 2 inputs. The smallest:
        double(x=5)
    It should return 10; yours returns 25.
    """
    if not callable(function):
        raise CheckFailed(f"check needs the function itself, not what it returned: {function!r}")
    if not on:
        raise ValueError("on is empty: a check without inputs proves nothing")
    name = name or getattr(function, "__name__", "your function")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the answer tells more
        trial = partial(_try, function, through, against, also)
        failures = [failure for arguments in on if (failure := trial(arguments))]
        explanation = _explanation(failures, slips)
    if not failures:
        print(f"✓ {name}: {len(on)} inputs, all as expected")
        return
    first = min(failures, key=lambda failure: failure.right)  # wrong comes before not enough
    print(first.printed.getvalue(), end="")
    _draw(first)
    raise CheckFailed(
        f"✗ {name} goes wrong on {len(failures)} of {len(on)} inputs. The smallest:\n"
        f"    {_call(function, through, name, first.arguments)}\n{first.complaint}{explanation}"
    )


def _try(function, through, against, also, arguments):
    """The failure of a function on one input, or None."""
    expected = against(*copy.deepcopy(arguments))
    given, printed = copy.deepcopy(arguments), StringIO()
    fail = partial(Failure, arguments, printed)
    try:
        with redirect_stdout(printed):
            yours = through(function, *given) if through else function(*given)
    except Exception as error:
        return fail(_raised(function, error))
    for before, after in zip(arguments, given, strict=True):
        if not np.array_equal(before, after):
            words = f"It changes its input, {text(before)} became {text(after)}: work on a copy."
            return fail(words)
    if not is_right(yours, expected):
        return fail(complaint(yours, expected), (yours, expected))
    with redirect_stdout(StringIO()):  # heard above already
        words = also(function, *copy.deepcopy(arguments))
    return fail(words, right=True) if words else None


def _raised(function, error):
    """What was raised, and at which line of the student's."""
    if isinstance(error, Complaint):
        return str(error)
    words = f"It raises {type(error).__name__}: {error}".removesuffix(": ")
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    steps = [step for step in traceback.extract_tb(error.__traceback__) if step.filename == file]
    return f"{words}, in line {steps[-1].lineno}: {steps[-1].line}" if steps else f"{words}."


def _call(function, through, name, arguments):
    """The call as one would type it, numbers behind the last array by name."""
    written = [_typed(argument) for argument in arguments]
    arrays = [i for i, argument in enumerate(arguments) if np.ndim(argument)]
    names = _parameters(function)
    if not through and len(names) >= len(written):
        for i in range(max(arrays, default=-1) + 1, len(written)):
            written[i] = f"{names[i]}={written[i]}"
    call = f"{name}(" if through is None else f"{through.__name__}({name}, "
    return f"{call}{', '.join(written)})"


def _parameters(function):
    """Names that arguments can be given by; none for a function written in C."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return []
    return [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]


def _typed(argument):
    if isinstance(argument, float):
        return typed(argument)
    if not isinstance(argument, np.ndarray):
        return repr(argument)
    if argument.size > LONGEST_TYPED:
        return f"<array {argument.shape}>"
    return f"np.array({argument.tolist()})"


def _explanation(failures, slips):
    """The one mistake behind all wrong answers, where there is one."""
    wrong = [(failure.arguments, *failure.answers) for failure in failures if failure.answers]
    if not all(comparable(yours, expected) for _, yours, expected in wrong):
        return ""
    words = diagnose(wrong, slips)
    return words and f"\nEvery wrong answer is {words}."


def _draw(failure):
    """Show the difference, in a notebook and where there is one to look at."""
    if not failure.answers or not comparable(*failure.answers) or "IPython" not in sys.modules:
        return
    from IPython import get_ipython
    from IPython.display import display

    yours, expected = map(np.asarray, failure.answers)
    drawable = yours.ndim == expected.ndim in (1, 2) and 3 <= expected.size <= LARGEST_DRAWN
    if get_ipython() and drawable:
        display(show_difference(yours, expected))
