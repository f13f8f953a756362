"""Predict, run, explain: ask for a guess before an answer is shown."""


def predict(question, of, unit="", choices=None, within=0.1):
    """Ask the reader for a guess, then show it beside the answer.

    The question appears where `predict` is called, anywhere in a cell. Nothing is returned, so
    that no echo of the cell's last value can give the answer away.

    Args:
        question: what is asked; a question mark is added where there is none.
        of: the answer: a number, or one of the choices.
        unit: of the number.
        choices: list of str to choose from, instead of typing a number.
        within: how far off a guess may be to count as close, relative to the answer.

    Raises:
        TraitError: if the answer is neither a finite number nor one of the choices.

    >>> predict("pairs that sum to 7", of=6)
    pairs that sum to 7: 6
    """
    from IPython.display import display

    from dlcourse.widgets.prediction import Prediction

    display(Prediction(question, of, unit, choices, within))
