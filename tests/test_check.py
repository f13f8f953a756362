"""A check trusts nothing, says what is wrong in a sentence, and explains only what is so."""

from functools import partial

import nbformat.v4 as v4
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.lib.stride_tricks import sliding_window_view

from dlcourse.course.answers import WRITTEN_OUT, complaint, is_right
from dlcourse.course.cases import cases, grids, one_of, sequences, whole
from dlcourse.course.check import CheckFailed, check
from dlcourse.course.diagnosis import diagnose
from dlcourse.course.products import four_products_a_tile, products
from dlcourse.draw.compare import show_difference
from dlcourse.grading.notebooks import NotebookFailed, execute

SERIES = [(np.array([1, 2, 4]),), (np.array([3, 5, 9, 2]),), (np.array([7, 0, 1, 1, 8]),)]
WHOLE = st.integers(-50, 50).map(float)
ARRAYS = hnp.arrays(float, hnp.array_shapes(max_dims=2, max_side=5), elements=WHOLE)


def double(x):
    return 2 * x


def verdict(function, against=double, on=SERIES, **more):
    with pytest.raises(CheckFailed) as failed:
        check(function, against, on, name="double", **more)
    return str(failed.value)


def test_right_answers_get_a_tick(capsys):
    check(lambda x: x + x, against=double, on=SERIES, name="double")
    assert capsys.readouterr() == ("✓ double: 3 inputs, all as expected\n", "")


def test_the_smallest_input_stands_beside_both_answers():
    assert verdict(lambda x: x * x) == (
        "✗ double goes wrong on 3 of 3 inputs. The smallest:\n"
        "    double(np.array([1, 2, 4]))\n"
        "It should return [2, 4, 8]; yours returns [1, 4, 16]."
    )


def test_the_call_can_be_pasted_and_numbers_have_names():
    words = verdict(
        lambda image, stride, padding: image,
        against=lambda image, stride, padding: image + stride,
        on=[(np.array([[0.5]]), 2, 1)],
    )
    assert "\n    double(np.array([[0.5]]), stride=2, padding=1)\n" in words


def test_large_numbers_in_the_call_have_a_power_of_ten():
    words = verdict(lambda x, rate: x, against=lambda x, rate: x / rate, on=[(4e6, 1.2e10)])
    assert "\n    double(x=4e+06, rate=1.2e+10)\n" in words


def returns_nan(x):
    return 0 * x / (0 * x)


def raises(x):
    raise KeyError("seven")


def changes_its_input(x):
    x *= 2
    return x


class Tensor(list):
    """Stands for whatever another library returns."""


WORDS = {
    "nothing": (lambda x: None, "yours returns None: is a `return` missing?"),
    "list": (
        lambda x: [2, 4, 8],
        "an array; yours returns [2, 4, 8], a list: wrap it in np.array(...).",
    ),
    "tuple": (lambda x: (2, 4), "yours returns (2, 4), a tuple: wrap it in np.array(...)."),
    "scalar": (lambda x: 2.0, "an array; yours returns 2.0, a number."),
    "tensor": (lambda x: Tensor([2]), "yours returns [2], a Tensor."),
    "text": (lambda x: "2 4 8", "yours returns '2 4 8', a str."),
    "complex": (
        lambda x: 2 * x + 0j,
        "an array; yours returns [2+0j, 4+0j, 8+0j], an array of complex128.",
    ),
    "bool": (lambda x: x > 0, "yours returns [True, True, True], an array of bool."),
    "objects": (lambda x: x.astype(object), "yours returns [1, 2, 4], an array of object."),
    "shape": (
        lambda x: 2 * x[:, None],
        "[2, 4, 8] of shape (3,); yours returns [[2], [4], [8]] of shape (3, 1).",
    ),
    "empty": (lambda x: x[:0], "yours returns [] of shape (0,)."),
    "nan": (returns_nan, "yours returns [nan, nan, nan] (0/0 and inf - inf give nan)."),
    "error": (raises, "It raises KeyError: 'seven', in line "),
    "own line": (raises, 'raise KeyError("seven")'),
    "arguments": (lambda: 1, "() takes 0 positional arguments but 1 was given."),
    "spoiled": (
        changes_its_input,
        "It changes its input, [1, 2, 4] became [2, 4, 8]: work on a copy.",
    ),
}


@pytest.mark.parametrize(("function", "words"), WORDS.values(), ids=WORDS)
def test_what_is_wrong_is_said(function, words):
    assert words in verdict(function, on=SERIES[:1])


def test_numbers_that_look_alike_are_written_out():
    words = verdict(lambda x: np.float32(2 * x), on=[(np.array([0.1, 0.2, 0.3]),)])
    assert "[0.2, 0.4, 0.6]; yours returns [0.20000000298, 0.40000000596, 0.600000023842]" in words
    assert words.endswith(
        "Every wrong answer is right to about seven digits only, as with float32."
    )


def test_a_whole_number_is_not_a_float():
    assert not is_right(3.0, 3) and is_right(3, 3.0) and is_right(np.int64(3), 3)
    way_out = "use // to divide whole numbers."
    number = "It should return 3, a whole number; yours returns 3.0, a number"
    assert complaint(3.0, 3) == f"{number}: {way_out}"
    pair = "It should return (0, 1), a tuple; yours returns (0, 1.0), a tuple"
    assert complaint((0, np.float64(1)), (0, 1)) == f"{pair}: {way_out}"
    assert complaint("3", 3) == "It should return 3, a whole number; yours returns '3', a str."


def test_large_answers_are_told_by_their_first_difference():
    x = np.arange(WRITTEN_OUT + 2)
    words = verdict(lambda x: np.where(x == 5, 0, 2 * x), on=[(x,)])
    assert "1 of 32 values differ, the first at [5], which should be 10; yours has 0." in words


def test_the_function_never_sees_the_original_input():
    kept = [(np.array([1, 2, 4]),)]
    verdict(changes_its_input, on=kept)
    assert kept[0][0].tolist() == [1, 2, 4]


def test_a_check_needs_inputs():
    with pytest.raises(ValueError, match="on is empty"):
        check(double, against=double, on=[])


@pytest.mark.parametrize("function", [partial(np.multiply, 3), np.square, lambda *x: x[0], max])
def test_all_kinds_of_functions_can_be_called(function):
    assert "double(np.array([1, 2, 4]))" in verdict(function)


def test_a_result_is_no_function():
    with pytest.raises(CheckFailed, match="check needs the function itself"):
        check(double(SERIES[0][0]), against=double, on=SERIES)


def test_warnings_of_the_function_stay_silent(capsys):
    verdict(lambda x: np.exp(1e6 * x))  # overflows
    assert capsys.readouterr().err == ""


def talks(x):
    print("I got", x)
    return x + x


def test_a_function_that_prints_is_heard_on_the_smallest_failing_input_only(capsys):
    verdict(talks, against=lambda x: 2 * x + (len(x) > 3))
    assert capsys.readouterr().out == "I got [3 5 9 2]\n"
    check(talks, against=double, on=SERIES)
    assert capsys.readouterr().out == "✓ talks: 3 inputs, all as expected\n"


def test_a_function_that_is_run_again_is_not_heard_again(capsys):
    verdict(talks, also=lambda function, x: f"Wasteful: {function(x)}")
    assert capsys.readouterr().out == "I got [1 2 4]\n"


def test_a_function_that_raises_is_heard(capsys):
    verdict(lambda x: print("before") or raises(x))
    assert capsys.readouterr().out == "before\n"


def test_errors_that_stop_a_program_are_not_swallowed():
    def stop(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(stop, against=double, on=SERIES)


@given(ARRAYS)
def test_the_expected_answer_is_right(array):
    assert is_right(array.copy(), array) and is_right(array * (1 + 1e-12), array)
    assert not is_right(array + 1, array) and not is_right(array.tolist(), array)


SLIPS = {
    "the expected one, back to front": lambda e: e[::-1],
    "the expected one with its end missing": lambda e: e[:-1],
    "the expected one with its start missing": lambda e: e[1:],
    "the expected one with something added at its end": lambda e: np.append(e, 0),
    "the expected one with something added at its start": lambda e: np.append(0, e),
    "the expected one, moved on by one place": lambda e: np.append(99, e[:-1]),
    "the expected one, moved back by one place": lambda e: np.append(e[1:], 99),
    "the expected one times 3": lambda e: 3 * e,
    "the expected one times -1": lambda e: -e,
    "too small by 2": lambda e: e - 2,
}
ROWS = hnp.arrays(float, st.integers(3, 9), elements=WHOLE, unique=True)


@pytest.mark.parametrize(("words", "slip"), SLIPS.items(), ids=SLIPS)
@given(rows=st.lists(ROWS, min_size=2, max_size=4))
def test_slips_in_sequences_are_recognised(words, slip, rows):
    wrong = [((), slip(row), row) for row in rows]
    assume(all(not is_right(yours, expected) for _, yours, expected in wrong))
    assert diagnose(wrong) == words


@given(rows=st.lists(ROWS, min_size=2, max_size=4))
def test_fractions_cut_off_are_recognised(rows):
    wrong = [((), row.astype(int), row + np.copysign(0.25, row)) for row in rows]
    assert diagnose(wrong) == "the expected one with its fractions cut off"


@given(rows=st.lists(ROWS, min_size=2, max_size=4))
def test_zeros_are_not_explained(rows):
    assert diagnose([((), 0 * row, row / 128 + 0.4) for row in rows]) == ""


GRIDS = hnp.arrays(
    float, st.tuples(st.integers(2, 5), st.integers(2, 5)), elements=WHOLE, unique=True
)
TURNS = {
    "the expected one, transposed": lambda e: e.T,
    "the expected one, turned by half a turn": lambda e: e[::-1, ::-1],
    "the expected one, flipped top to bottom": lambda e: e[::-1],
    "the expected one, flipped left to right": lambda e: e[:, ::-1],
}


@pytest.mark.parametrize(("words", "slip"), TURNS.items(), ids=TURNS)
@given(grid=GRIDS)
def test_slips_in_grids_are_recognised(words, slip, grid):
    assert diagnose([((), slip(grid), grid)]) == words


@given(rows=st.lists(ROWS, min_size=1, max_size=3), noise=ROWS)
def test_one_answer_that_does_not_fit_spoils_an_explanation(rows, noise):
    wrong = [((), row[::-1], row) for row in rows]
    strange = noise * 1.5 + np.arange(len(noise)) ** 2 + 0.125
    assert diagnose([*wrong, ((), strange, noise)]) == ""


def test_two_numbers_explain_nothing():
    assert diagnose([((), np.array([2, 1]), np.array([1, 2]))]) == ""


def test_known_slips_come_before_general_ones():
    words = verdict(lambda x: 4 * x, slips={"it is doubled twice": lambda x: 4 * x})
    assert words.endswith("\nEvery wrong answer is what comes out when it is doubled twice.")


def test_errors_do_not_hide_what_explains_the_answers():
    def wrong_and_fragile(x):
        return 2 * x[::-1] if len(x) < 5 else x[9]

    assert verdict(wrong_and_fragile).endswith(
        "Every wrong answer is the expected one, back to front."
    )


def test_a_right_answer_can_be_not_enough():
    wasteful = verdict(lambda x: x + x, also=lambda function, x: f"It is right: {function(x)}.")
    assert wasteful.endswith(
        "The smallest:\n    double(np.array([1, 2, 4]))\nIt is right: [2 4 8]."
    )
    assert "yours returns" in verdict(lambda x: x, also=lambda function, x: "not asked")


WAYS = {  # of three taps on a row of five pixels: how many products each makes
    "correlate": (np.correlate, 9),
    "convolve": (lambda x, w: np.convolve(x, w[::-1], "valid"), 9),
    "matrix": (lambda x, w: sliding_window_view(x, 3) @ w, 9),
    "einsum": (lambda x, w: np.einsum("ij,j->i", sliding_window_view(x, 3), w), 9),
    "sums": (lambda x, w: (sliding_window_view(x, 3) * w).sum(1), 9),
    "taps": (lambda x, w: sum(w[i] * x[i : i + 3] for i in range(3)), 9),
    "mirrored": (lambda x, w: sum(x[i : i + 3] * w[i] for i in range(3)), 9),
    "into floats": (lambda x, w: np.array([x[i : i + 3] @ w for i in range(3)], float), 9),
    "constants": (lambda x, w: np.eye(5) @ x / 2 - 3 * x + w[0] / np.float64(2), 0),
    "differences": (lambda x, w: (x[1:] - x[:-1]) * -w[0], 4),
}


@pytest.mark.parametrize(("way", "count"), WAYS.values(), ids=WAYS)
def test_products_are_counted_however_they_are_made(way, count):
    assert products(way, np.arange(5), np.arange(3)) == count


def test_what_cannot_be_counted_is_said():
    words = four_products_a_tile(lambda x, w: np.fft.fft(x), np.arange(5), np.arange(3))
    assert words.startswith("It is right, but its products cannot be counted (")


def test_cases_are_the_same_again_and_smallest_first():
    drawn = cases(grids(5), sequences(4), whole(1, 3), one_of("a", "b"), seed=3)
    again = cases(grids(5), sequences(4), whole(1, 3), one_of("a", "b"), seed=3)
    assert repr(drawn) == repr(again) != repr(cases(grids(5), sequences(4), whole(1, 3), seed=3))
    sizes = [grid.size + row.size + number for grid, row, number, _ in drawn]
    assert sizes == sorted(sizes)


def test_cases_have_awkward_shapes_and_all_kinds_of_numbers():
    drawn = [image for (image,) in cases(grids(4), count=96)]
    shapes = {image.shape for image in drawn}
    assert {(1, 1), (1, 4), (4, 1), (2, 2), (2, 3), (3, 2), (4, 4)} <= shapes
    assert {image.dtype.kind for image in drawn} == {"i", "f"}
    assert any((image != np.round(image)).any() for image in drawn)
    assert all(np.array_equal(image * 10, np.round(image * 10)) for image in drawn), "readable"


def test_a_condition_nothing_meets_is_named():
    with pytest.raises(ValueError, match=r"where\(\) kept 0 of 4800 draws, 48 are needed"):
        cases(whole(1, 3), where=lambda n: n > 3)


@given(ARRAYS)
def test_the_drawing_counts_the_cells_that_differ(array):
    other = array.copy()
    other.flat[0] += 1
    drawn = repr(show_difference(other, array))
    assert drawn == f"yours differs from the expected array in 1 of {array.size} cells"
    assert show_difference(other, array).svg == show_difference(other, array).svg


def test_a_drawing_needs_the_same_number_of_axes():
    with pytest.raises(ValueError, match="give two sequences or two grids"):
        show_difference(np.ones(3), np.ones((3, 1)))


def test_a_notebook_shows_the_sentence_and_a_drawing_and_no_traceback(tmp_path):
    cell = """from dlcourse.course.cases import cases, grids
from dlcourse.course.check import check
check(lambda x: x, against=lambda x: x + 1, on=cases(grids(3, smallest=2)), name="next")"""
    notebook = v4.new_notebook(cells=[v4.new_code_cell(cell)])
    with pytest.raises(NotebookFailed, match="✗ next goes wrong on 48 of 48 inputs"):
        execute(notebook, tmp_path / "wrong.ipynb")
    drawing, error = notebook.cells[0].outputs
    assert drawing.data["text/plain"] == "yours differs from the expected array in 4 of 4 cells"
    assert drawing.data["image/svg+xml"].startswith("<svg")
    assert error.traceback[0].startswith("✗ next goes wrong on 48 of 48 inputs. The smallest:")
    assert error.traceback[-1] == "Every wrong answer is too small by 1."
    assert len(error.traceback) == 4 and "Traceback" not in str(error)
