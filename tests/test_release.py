"""Exercises are their solutions without the marked lines, and nbgrader knows them as its own."""

import ast
import copy
import re

import nbformat.v4 as v4
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from dlcourse.grading.notebooks import ROOT, dumps, load
from dlcourse.grading.release import (
    HIDDEN,
    SOLUTION,
    STUB,
    MarkerError,
    checksum,
    exercise,
    mark,
    release,
)

SOLUTIONS = sorted(ROOT.glob("solutions/*.ipynb"))
SOLVED = ["def double(x):", "    'Twice x.'", f"    {SOLUTION[0]}", "    return 2 * x"]
SOLVED += [f"    {SOLUTION[1]}"]
CHECK = ["assert double(1) == 2", HIDDEN[0], "assert double(2) == 4", HIDDEN[1]]
PYTHON = TransformerManager()  # turns magics into Python
SCHEMA_3 = {"grade", "grade_id", "locked", "schema_version", "solution", "task", "cell_type"}


def notebook(*cells):
    return v4.new_notebook(cells=[v4.new_code_cell("\n".join(lines)) for lines in cells])


def is_part_of(few, many):
    """Whether the lines of `few` stand in `many` in the same order."""
    rest = iter(many)
    return all(line in rest for line in few)


def test_exercises_are_up_to_date():
    stale = release(check=True)
    assert not stale, f"run `python course.py refresh`: {', '.join(map(str, stale))}"


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_solving_only_adds_lines(path):
    solved = load(path)
    for whole, cell in zip(solved.cells, exercise(copy.deepcopy(solved), path).cells, strict=True):
        assert is_part_of(
            [k for k in cell.source.split("\n") if STUB not in k], whole.source.split("\n")
        )
        assert "### BEGIN" not in cell.source and "### END" not in cell.source
        if cell.cell_type == "code":
            assert not cell.outputs and cell.execution_count is None
            ast.parse(PYTHON.transform_cell(cell.source))


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_every_exercise_has_words_hints_and_a_check(path):
    cells = exercise(load(path), path).cells
    for i, cell in enumerate(cells):
        if cell.metadata.get("nbgrader", {}).get("solution"):
            assert cells[i - 1].source.count("<details><summary>Hint ") == 3
            assert STUB in cell.source
            first = cell.source.split("\n")[1]
            assert first.strip().startswith(('"""', "// ")), "the skeleton says what it is to do"
            assert re.match(r"check(_kernel)?\(", cells[i + 1].source)
            title = [c.source for c in cells[:i] if c.source.startswith("## ")][-1]
            assert "**By hand.**" in title and "| result |" in title
            assert cell.metadata.nbgrader.grade_id in cell.source


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_a_sheet_says_what_a_result_is_and_promises_no_lesson_that_is_not_there(path):
    words = "\n".join(cell.source for cell in load(path).cells if cell.cell_type == "markdown")
    assert "Results are NumPy arrays, unless the task says otherwise." in words
    lessons = {lesson.name[:2] for lesson in ROOT.glob("lessons/*.ipynb")}
    assert set(re.findall(r"[Ll]esson (\d\d)", words)) <= lessons


def test_making_an_exercise_twice_gives_the_same_bytes():
    first = dumps(exercise(notebook(SOLVED, CHECK), "demo.ipynb"), "demo")
    assert first == dumps(exercise(notebook(SOLVED, CHECK), "demo.ipynb"), "demo")


def test_metadata_are_those_of_nbgrader():
    solution, check = exercise(notebook(SOLVED, CHECK), "demo.ipynb").cells
    assert solution.source == "def double(x):\n    'Twice x.'\n    # your code here"
    assert check.source == "assert double(1) == 2"
    assert set(solution.metadata.nbgrader) == SCHEMA_3 | {"checksum"}
    assert set(check.metadata.nbgrader) == SCHEMA_3 | {"checksum", "points"}
    assert solution.metadata.nbgrader.solution and not solution.metadata.nbgrader.locked
    assert check.metadata.nbgrader.grade and check.metadata.nbgrader.locked
    assert (solution.metadata.deletable, check.metadata.editable) == (False, False)


def test_a_kernel_keeps_its_frame_and_gets_a_comment_of_its_language():
    frame = ["%%cuda zero", "__global__ void zero(float* x) {", "}"]
    lines = [*frame[:2], f"    // {SOLUTION[0]}", "    x[0] = 0;", f"    // {SOLUTION[1]}", "}"]
    cell = exercise(notebook(lines, CHECK), "demo.ipynb").cells[0]
    assert cell.source.split("\n") == [*frame[:2], "    // your code here", "}"]
    assert cell.metadata.nbgrader.grade_id == "zero"


def test_points_given_in_the_solution_are_kept():
    solved = notebook(SOLVED, CHECK)
    solved.cells[1].metadata.nbgrader = {"points": 3}
    assert mark(solved, "demo.ipynb").cells[1].metadata.nbgrader.points == 3


GRADE = {"grade": True, "locked": True, "solution": False}
CODE = {"grade": False, "locked": False, "solution": True}
BY_NBGRADER = [  # compute_checksum of nbgrader 0.9.6, run on these cells
    ("assert True", GRADE | {"grade_id": "a", "points": 1}, "d4f06a85dfc24458a2249e7e8ceb3b31"),
    (
        "x = 'é'\n",
        GRADE | {"grade_id": "check_conv2d", "points": 2.5},
        "65ad2d16b5a36a0cac71981320585a0e",
    ),
    (
        "def f(x):\n    # your code here",
        CODE | {"grade_id": "conv2d"},
        "d06f44a901418f68ca5489cfff11f99f",
    ),
]


@pytest.mark.parametrize(("source", "about", "expected"), BY_NBGRADER)
def test_checksum_is_that_of_nbgrader(source, about, expected):
    assert checksum(v4.new_code_cell(source, metadata={"nbgrader": about})) == expected


BEGIN, END = SOLUTION
BROKEN = {
    "solution never ends": ([[*SOLVED[:-1]], CHECK], f"cell 1: {BEGIN} without {END}"),
    "solution ends twice": ([[*SOLVED, END], CHECK], f"cell 1: {END} where {BEGIN} is due"),
    "solution begins twice": (
        [[*SOLVED[:3], *SOLVED[2:]], CHECK],
        f"cell 1: {BEGIN} where {END} is due",
    ),
    "tests never end": ([SOLVED, CHECK[:-1]], f"cell 2: {HIDDEN[0]} without {HIDDEN[1]}"),
    "no check": ([SOLVED], f"no cell with {HIDDEN[0]} follows the solution of double"),
    "check of nothing": ([CHECK], "cell 1: hidden tests without a solution"),
    "two solutions": (
        [SOLVED, SOLVED, CHECK],
        "cell 2: a second solution before the hidden tests of double",
    ),
    "nothing left": (
        [[SOLVED[0], *SOLVED[2:]], CHECK],
        "cell 1: a solution cell must define a function",
    ),
    "no function": (
        [[BEGIN, "x = 1", END], CHECK],
        "cell 1: a solution cell must define a function",
    ),
}


@pytest.mark.parametrize(("cells", "words"), BROKEN.values(), ids=BROKEN)
def test_broken_markers_are_named(cells, words):
    with pytest.raises(MarkerError) as error:
        exercise(notebook(*cells), "demo.ipynb")
    assert str(error.value).startswith("demo.ipynb") and words in str(error.value)
