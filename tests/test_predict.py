"""Predictions: what they accept, what they say, and that they give nothing away."""

import re

import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.course.predict import predict
from dlcourse.widgets.prediction import Prediction, amount, verdict

numbers = st.floats(-1e9, 1e9).map(lambda x: float(f"{x:.3g}"))


def test_shows_one_line_and_returns_nothing(capsys):
    assert predict("pairs that sum to 7", of=6, unit="pairs") is None
    assert capsys.readouterr().out == "pairs that sum to 7: 6 pairs\n"


def test_the_answer_is_folded_away_where_no_widget_shows():
    shown = Prediction("is 1 < 2?", "yes", choices=["yes", "no"])._repr_mimebundle_()[0]
    before, after = shown["text/html"].split("<details>")
    assert before == "<p>is 1 &lt; 2?</p>"
    assert "yes" in after and "open" not in after


@pytest.mark.parametrize("answer", [6, 6.0, np.int64(6), np.float32(6), np.bool_(True)])
def test_any_kind_of_number_will_do(answer):
    assert Prediction("n", answer).answer == float(answer)


@pytest.mark.parametrize("answer", ["six", None, [6], np.ones(2), np.nan, np.inf, 6j])
def test_anything_else_is_refused(answer):
    with pytest.raises(traitlets.TraitError, match="give one finite number, or choices"):
        Prediction("n", answer)


def test_an_answer_must_be_among_the_choices():
    with pytest.raises(traitlets.TraitError, match="'maybe' is none of the choices"):
        Prediction("n", "maybe", choices=["yes", "no"])


def test_guess_and_answer_are_compared():
    widget = Prediction("time", 0.12345, unit="ms")
    assert widget.outcome is None
    widget.guess = 0.12
    assert widget.outcome == "you said 0.12 ms; it is 0.1235 ms: close (within 10 %)"


def test_a_choice_is_compared():
    widget = Prediction("it", "grows", choices=["grows", "shrinks"])
    widget.guess = "shrinks"
    assert widget.outcome == "you said shrinks; it is grows: not this time"


def test_who_only_wants_to_see_is_told():
    widget = Prediction("pairs", 6)
    widget.told = True
    assert widget.outcome == "it is 6"


@given(numbers)
def test_the_answer_itself_is_always_right(answer):
    assert verdict(answer, answer, within=0.1) == "right"


@given(numbers, st.sampled_from([0.01, 0.1, 0.3]))
def test_close_means_within_the_given_share(answer, within):
    for guess in (answer * (1 + 0.9 * within), answer * (1 - 0.9 * within)):
        assert verdict(guess, answer, within) in ("right", f"close (within {within * 100:g} %)")


@given(st.floats(1e-3, 1e6), st.floats(2.001, 999))
def test_factors_are_named_in_either_direction(answer, factor):
    for guess in (answer * factor, answer / factor):
        named = re.fullmatch(r"off by a factor of ([0-9.]+)", verdict(guess, answer, 0.1))
        assert float(named[1]) == pytest.approx(factor, rel=0.051)


@given(st.integers(-999_999, 999_999))
def test_counts_are_printed_in_full(count):
    assert amount(float(count)) == str(count)
