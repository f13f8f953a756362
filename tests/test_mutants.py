"""The checks of the exercises reject what students get wrong, and accept every right way.

tests/mutants/NAME.py holds solutions of exercise NAME: those called right_* are right, the others
are wrong, helpers begin with an underscore. An exercise has two checks, one that the student sees
and one that is hidden; neither may be passed by a wrong solution.
"""

import inspect
import runpy
from functools import cache
from pathlib import Path

import pytest

from dlcourse.course.check import CheckFailed, check
from dlcourse.grading.notebooks import ROOT, load
from dlcourse.grading.release import exercise

MUTANTS = {path.stem: path for path in sorted(Path(__file__).parent.glob("mutants/*.py"))}
SOLUTIONS = sorted(ROOT.glob("solutions/*.ipynb"))


def functions(name):
    """The functions that a file of mutants defines itself, helpers left out."""
    space = runpy.run_path(str(MUTANTS[name]))
    found = {k: f for k, f in space.items() if inspect.isfunction(f) and not k.startswith("_")}
    return {k: f for k, f in found.items() if f.__code__.co_filename == str(MUTANTS[name])}


WRITTEN = [(name, function) for name in MUTANTS for function in functions(name).values()]
WRONG = [pair for pair in WRITTEN if not pair[1].__name__.startswith("right_")]
RIGHT = [pair for pair in WRITTEN if pair[1].__name__.startswith("right_")]
RECOGNISED = {
    "conv2d": {
        "flips": "the kernel is turned by half a turn",
        "ignores_stride": "the stride is ignored",
        "strides_rows_only": "the stride moves the window down but not right",
    },
    "convolve_by_columns": {
        "flips": "the filters are turned by half a turn",
        "ignores_stride": "the stride is ignored",
        "reshapes_the_product_without_moving_axes": (
            "(K, N P Q) is reshaped to (N, K, P, Q) and no axis moved"
        ),
    },
    "convolve_by_fft": {
        "wraps_around": "the end wraps around, for want of zeros",
        "correlates": "the second spectrum is conjugated, which correlates",
    },
    "echo": {
        "equally_loud": "every echo is as loud as the first",
        "leaves_the_sound_out": "the sound itself is left out",
    },
    "find_patch": {"correlation_alone": "the correlation alone is searched"},
    "flip_and_filter": {
        "does_not_flip": "the kernel is not turned by half a turn",
        "flips_rows_only": "the kernel is flipped top to bottom only",
        "flips_columns_only": "the kernel is flipped left to right only",
        "transposes_and_flips": "the kernel is transposed",
    },
    "input_gradient": {"turns_the_filters": "the filters are turned by half a turn first"},
    "layer_size": {
        "forgets_the_biases": "the biases are not counted",
        "multiplications_only": "a product and its addition count as one",
    },
    "moving_average": {
        "forgets_to_divide": "the sum is not divided by n",
        "mode_same": "zeros are averaged in at the ends",
        "mode_full": "the ends are kept where the kernel hangs over",
    },
    "output_size": {
        "pads_one_end": "padding is added at one end only",
        "rounds_up": "the division is rounded up",
    },
    "pixel_behind": {
        "forgets_the_padding": "the padding is not taken off again",
        "width_before_height": "h and w have changed places",
    },
    "pool_backward": {
        "all_that_equal_the_maximum": "every pixel that equals the maximum gets the gradient",
        "last_of_equals": "the last of equal pixels gets the gradient",
        "overwrites": "a pixel that wins again keeps the last gradient only",
    },
    "sum_of_dice": {
        "does_not_flip": "g is slid along f without being flipped",
        "overwrites_earlier_pairs": "a later product replaces an earlier one",
    },
    "transform_filter": {"halves_missing": "the halves are missing"},
    "weight_gradient": {
        "averages_over_the_images": "the sum over the images is divided by N",
        "turns_the_taps": "the taps are turned by half a turn",
    },
    "winograd_row": {"flips": "the filter is flipped"},
}


def label(value):
    return value if isinstance(value, str) else value.__name__


@cache
def exercises():
    """Of each exercise: its skeleton, and what its visible and its hidden check are called with."""
    found = {}
    for path in SOLUTIONS:
        solved = [cell for cell in load(path).cells if cell.cell_type == "code"]
        released = [cell for cell in exercise(load(path), path).cells if cell.cell_type == "code"]
        space, calls = {}, []
        exec(solved[0].source, space)
        space["check"] = lambda function, calls=calls, **how: calls.append(how)
        for whole, cleared in zip(solved, released, strict=True):
            about = whole.metadata.get("nbgrader", {})
            if about.get("solution"):
                name, skeleton = about.grade_id, cleared.source
                space[name] = None
            elif about.get("grade"):
                assert len([line for line in cleared.source.split("\n") if line == "check("]) <= 1
                calls.clear()
                exec(whole.source, space)
                found[name] = skeleton, *calls
    return found


@pytest.mark.parametrize("part", ["visible", "hidden"])
@pytest.mark.parametrize(("name", "mutant"), WRONG, ids=label)
def test_wrong_solution_is_rejected(name, mutant, part):
    _, visible, hidden = exercises()[name]
    with pytest.raises(CheckFailed, match=f"^✗ {name} goes wrong on "):
        check(mutant, **(visible if part == "visible" else hidden), name=name)


@pytest.mark.parametrize(("name", "variant"), RIGHT, ids=label)
def test_right_solution_is_accepted(name, variant, capsys):
    _, visible, hidden = exercises()[name]
    check(variant, **visible, name=name)
    check(variant, **hidden, name=name)
    assert capsys.readouterr().out.count(f"✓ {name}: ") == 2


@pytest.mark.parametrize("name", MUTANTS)
def test_untouched_exercise_says_what_is_missing(name):
    skeleton, visible, _ = exercises()[name]
    space = {}
    exec(skeleton, space)
    with pytest.raises(CheckFailed, match="yours returns None: is a `return` missing"):
        check(space[name], **visible)


def test_every_exercise_has_ten_mutants_and_three_variants():
    assert set(exercises()) == set(MUTANTS)
    for name in exercises():
        assert sum(n == name for n, _ in WRONG) >= 10
        assert sum(n == name for n, _ in RIGHT) >= 3


@pytest.mark.parametrize("name", RECOGNISED)
def test_slip_is_recognised_in_the_mutant_that_makes_it(name):
    _, visible, _ = exercises()[name]
    assert set(visible["slips"]) == set(RECOGNISED[name].values())
    for mutant, words in RECOGNISED[name].items():
        with pytest.raises(CheckFailed) as failed:
            check(functions(name)[mutant], **visible)
        assert str(failed.value).endswith(f"is what comes out when {words}.")
