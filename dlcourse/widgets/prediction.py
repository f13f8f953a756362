"""A question that waits for a guess before it shows the answer."""

from dataclasses import dataclass
from html import escape
from numbers import Real

import numpy as np
import traitlets

from dlcourse.draw.svg import number
from dlcourse.widgets.base import CourseWidget, module


class Prediction(CourseWidget):
    """Ask for a guess, then show it beside the answer; `dlcourse.course.predict` is its door.

    Args:
        question: what is asked; a question mark is added where there is none.
        answer: a number, or one of the choices.
        unit: of the number.
        choices: list of str to choose from, instead of typing a number.
        within: how far off a guess may be to count as close, relative to the answer.

    Raises:
        TraitError: if the answer is neither a finite number nor one of the choices.

    >>> widget = Prediction("pairs that sum to 7", 6)
    >>> widget
    pairs that sum to 7: 6
    >>> widget.guess = 5
    >>> widget.outcome
    'you said 5; it is 6: off by 17 %'
    """

    _esm = module("prediction.js")
    question = traitlets.Unicode().tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    choices = traitlets.List(traitlets.Unicode()).tag(sync=True)
    within = traitlets.Float(0.1).tag(sync=True)
    answer = traitlets.Any().tag(sync=True)
    guess = traitlets.Any(None, allow_none=True).tag(sync=True)
    told = traitlets.Bool(False).tag(sync=True)  # the student asked for the answer

    def __init__(self, question, answer, unit="", choices=None, within=0.1):
        kind = {"unit": unit, "choices": list(choices or []), "within": within}
        super().__init__(question=question, answer=answer, **kind)

    @property
    def outcome(self):
        """The sentence that compares guess and answer; None before either is known."""
        if self.guess is None:
            return f"it is {self._say(self.answer)}" if self.told else None
        words = verdict(self.guess, self.answer, self.within)
        return f"you said {self._say(self.guess)}; it is {self._say(self.answer)}: {words}"

    @traitlets.validate("answer")
    def _check(self, proposal):
        value = proposal.value
        if self.choices and value in self.choices:
            return value
        if self.choices:
            raise traitlets.TraitError(f"{value!r} is none of the choices {self.choices}")
        if not isinstance(value, Real | np.generic) or not np.isfinite(value):
            raise traitlets.TraitError(f"{value!r}: give one finite number, or choices")
        return float(value)

    @traitlets.validate("guess")
    def _check_guess(self, proposal):
        return None if proposal.value is None else self._check(proposal)

    def _say(self, value):
        return value if self.choices else f"{amount(value)} {self.unit}".strip()

    def still(self):
        """Write question and answer as HTML, the answer folded away."""
        return Folded(f"{self.question.rstrip('?')}?", self._say(self.answer))

    def __repr__(self):
        return f"{self.question}: {self._say(self.answer)}"


@dataclass(frozen=True)
class Folded:
    """Words, and more words that show when the reader asks.

    >>> Folded("1 + 1?", "2")._repr_html_()
    '<p>1 + 1?</p><details><summary>show the answer</summary>2</details>'
    """

    shown: str
    hidden: str

    def _repr_html_(self):
        answer = f"<details><summary>show the answer</summary>{escape(self.hidden)}</details>"
        return f"<p>{escape(self.shown)}</p>{answer}"


def amount(value):
    """Print a number: whole ones below a million in full, others to four significant digits.

    Args:
        value: a real number.

    Returns:
        str.

    >>> amount(16384.0), amount(1 / 6)
    ('16384', '0.1667')
    """
    whole = value == round(value) and abs(value) < 1e6
    return str(round(value)) if whole else number(value)


def verdict(guess, answer, within):
    """Compare a guess with the answer, kindly.

    Args:
        guess, answer: two numbers, or two choices.
        within: how far off a number may be to count as close, relative to the answer.

    Returns:
        str.

    >>> [verdict(guess, 6, within=0.1) for guess in (6, 6.5, 5, 800, -1)]
    ['right', 'close (within 10 %)', 'off by 17 %', 'off by a factor of 130', 'off by 7']
    >>> verdict("it shrinks", "it grows", within=0.1)
    'not this time'
    """
    if isinstance(answer, str):
        return "right" if guess == answer else "not this time"
    if amount(guess) == amount(answer):
        return "right"
    error = abs(guess - answer)
    if error <= within * abs(answer):
        return f"close (within {number(100 * within)} %)"
    if guess * answer <= 0:
        return f"off by {amount(error)}"
    factor = max(guess / answer, answer / guess)
    if factor < 2:
        return f"off by {number(100 * error / abs(answer), 2)} %"
    return f"off by a factor of {amount(float(number(factor, 2)))}"
