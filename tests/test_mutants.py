"""The checks of the exercises reject what students get wrong, and accept every right way.

tests/mutants/NAME.py, or NAME.cu for kernels, holds solutions of exercise NAME: those called
right_* are right, the others are wrong, helpers begin with an underscore. An exercise has two
checks, one that the student sees and one that is hidden; a wrong solution passes neither.
"""

import inspect
import re
import runpy
from functools import cache, partial
from pathlib import Path

import pytest

from dlcourse.course.check import CheckFailed, check
from dlcourse.course.kernel_check import check_kernel
from dlcourse.gpu.kernel import Kernel
from dlcourse.grading.notebooks import ROOT, load
from dlcourse.grading.release import exercise

FILES = sorted(Path(__file__).parent.glob("mutants/*.[cp][uy]"))
MUTANTS = {path.stem: path for path in FILES}
KERNELS = {path.stem for path in FILES if path.suffix == ".cu"}
SOLUTIONS = sorted(ROOT.glob("solutions/*.ipynb"))


def functions(name):
    """The functions or kernels that a file of mutants defines itself, helpers left out."""
    if name in KERNELS:
        macros, *bodies = re.split(r'^(?=extern "C")', MUTANTS[name].read_text("utf8"), flags=re.M)
        found = [Kernel(macros + body) for body in bodies]  # alone each compiles much faster
        return {kernel.entry: kernel for kernel in found}
    space = runpy.run_path(str(MUTANTS[name]))
    found = {k: f for k, f in space.items() if inspect.isfunction(f) and not k.startswith("_")}
    return {k: f for k, f in found.items() if f.__code__.co_filename == str(MUTANTS[name])}


def label(value):
    return value if isinstance(value, str) else getattr(value, "entry", None) or value.__name__


WRITTEN = [(name, function) for name in MUTANTS for function in functions(name).values()]
WRONG = [pair for pair in WRITTEN if not label(pair[1]).startswith("right_")]
RIGHT = [pair for pair in WRITTEN if label(pair[1]).startswith("right_")]
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
    "shift": {
        "the_other_way": "rows move the other way",
        "always_the_next": "the distance is taken to be 1",
    },
    "stuck_ranks": {
        "all_who_wait": "all who wait are counted",
        "circles_only": "those who only wait for a stuck rank are left out",
    },
    "tree_broadcast": {"rank_0_is_the_root": "rank 0 is taken for the root"},
    "ring_all_reduce": {
        "the_mean": "the sum is divided by the number of ranks",
        "leaves_its_own_out": "a rank's own row is left out",
        "rebinds_both": "nothing that arrives is written into the row",
        "rebinds_what_it_keeps": (
            "the second half writes nothing into the row: rank r has only part r + 1 complete"
        ),
        "the_lessons_loop_only": (
            "the second half writes nothing into the row: rank r has only part r complete"
        ),
        "begins_again_with_its_first_part": (
            "the second half begins with an incomplete part: part j comes from rank j alone"
        ),
        "the_lessons_loop_twice": (
            "the second half begins with an incomplete part: part j comes from rank j + 1 alone"
        ),
        "rebinds_the_sums": (
            "the first half writes no sums into the row: part j comes from rank j - 1 alone"
        ),
    },
    "halving_doubling": {"the_mean": "the sum is divided by the number of ranks"},
    "hierarchical_all_reduce": {"within_nodes_only": "only the rows of one node are added"},
    "second_node": {
        "steps_not_samples": "steps are compared, not samples",
        "each_byte_once": "the ring sends each byte once, not 2 (p - 1) / p times",
    },
    "fit_alpha_beta": {
        "ordinary": "errors are not divided by the times",
        "square_roots": "errors are divided by the square roots of the times",
    },
    "mean_gradient": {
        "mean_of_means": "every rank counts the same, whatever its rows",
        "not_divided": "the sum over all rows is not divided",
    },
    "stop_together": {
        "never_stops": "training never stops early",
        "rank_0_decides": "rank 0's loss decides for all",
        "sum_of_losses": "the sum of the ranks' losses is compared",
    },
    "train_like_one": {
        "as_it_was": "each gradient is too small by the number of ranks",
        "never_averaged": "each gradient is too large by the number of ranks",
        "larger_rate": "the decay is too strong by the number of ranks",
    },
    "exchange_seconds": {
        "card_for_each_gpu": "each GPU has a network card of its own",
        "neighbours_over_the_card": "neighbours are reached through the network card, too",
    },
    "bucket_numbers": {
        "first_tensor_first": "the first tensor is taken first",
        "below_the_limit": "a bucket must stay below its limit",
    },
    "exposed_seconds": {
        "all_at_once": "messages don't wait for one another",
        "first_layer_first": "backward begins with the first layer",
    },
    "read_byte": {
        "no_sign": "the sign is left out",
        "root_in_the_middle": "0.55 is where the halves meet",
        "lower_end": "a cell's lower end is taken",
    },
    "quantise": {
        "never_scaled_again": "the result is not multiplied by the scale",
        "zeros_like_the_rest": "an array of zeros is not left as it is",
        "nothing_scaled": "nothing is scaled",
    },
    "one_bit": {
        "nothing_kept": "nothing is kept",
        "keeps_of_the_last_only": "only what the last gradient lost is kept",
    },
    "cluster_speedups": {
        "nothing_hides": "messages hide nothing",
        "waited_for_once": "each message is waited for once",
    },
    "stack_columns": {
        "adds_the_parts": "the parts are added, not stacked",
        "one_below_the_other": "the parts stand one below the other",
    },
    "add_rows": {
        "bias_in_every_rank": "every rank adds the bias to its term",
        "no_bias": "the bias is left out",
        "always_the_first_columns": "every rank multiplies x's first columns",
    },
    "train_in_step": {
        "sums_what_goes_around_too": (
            "the gradient that goes around the block is counted once for each rank"
        ),
        "the_mean_of_the_terms": "only the mean of what the ranks send back is used",
    },
    "copy_or_split": {
        "one_way_for_all": "one way is chosen for the whole network",
        "forward_only": "the forward direction alone is counted for the split",
        "a_share_of_the_batch": "the split is counted with a rank's share of the batch",
    },
    "bubble_share": {
        "over_the_work": "the bubble is divided by the work and not by the whole time",
        "no_chunks": "the chunks are left out",
    },
    "expert_places": {
        "rounds_down": "the room is rounded down",
        "from_the_back": "the last tokens are kept and not the first",
        "no_factor": "the capacity factor is left out",
    },
}


def without_magics(source):
    return "\n".join(line for line in source.split("\n") if not line.startswith("%"))


@cache
def exercises():
    """Of each exercise: its skeleton, its visible check and its hidden one, as functions."""
    found = {}
    for path in SOLUTIONS:
        solved = [cell for cell in load(path).cells if cell.cell_type == "code"]
        released = [cell for cell in exercise(load(path), path).cells if cell.cell_type == "code"]
        space, calls = {}, []
        exec(without_magics(solved[0].source), space)
        space["check"] = lambda _, calls=calls, **how: calls.append(partial(check, **how))
        space["check_kernel"] = lambda _, task, on, calls=calls: calls.append(
            partial(check_kernel, task=task, on=on)
        )
        for whole, cleared in zip(solved, released, strict=True):
            about = whole.metadata.get("nbgrader", {})
            if about.get("solution"):
                name, skeleton = about.grade_id, without_magics(cleared.source)
                space[name] = None
            elif about.get("grade"):
                assert len([line for line in cleared.source.split("\n") if line == "check("]) <= 1
                calls.clear()
                exec(whole.source, space)
                found[name] = skeleton, *calls
    return found


def named(trial, name):
    """A check that calls the solution by the exercise's name; a kernel keeps its own."""
    return trial if name in KERNELS else partial(trial, name=name)


@pytest.mark.parametrize("part", ["visible", "hidden"])
@pytest.mark.parametrize(("name", "mutant"), WRONG, ids=label)
def test_wrong_solution_is_rejected(name, mutant, part):
    _, visible, hidden = exercises()[name]
    trial = named(visible if part == "visible" else hidden, name)
    with pytest.raises(CheckFailed, match=r"^✗ \w+ goes wrong on ") as failed:
        trial(mutant)
    assert "CompileError" not in str(failed.value)


@pytest.mark.parametrize(("name", "variant"), RIGHT, ids=label)
def test_right_solution_is_accepted(name, variant, capsys):
    for trial in exercises()[name][1:]:
        named(trial, name)(variant)
    title = variant.entry if name in KERNELS else name
    assert capsys.readouterr().out.count(f"✓ {title}: ") == 2


@pytest.mark.parametrize("name", MUTANTS)
def test_untouched_exercise_says_what_is_missing(name):
    skeleton, visible, _ = exercises()[name]
    missing = "It leaves|It should return" if name in KERNELS else "is a `return` missing"
    with pytest.raises(CheckFailed, match=missing):
        visible(untouched(name, skeleton))


def untouched(name, skeleton):
    """The exercise as it is handed out."""
    if name in KERNELS:
        return Kernel(skeleton)
    space = {}
    exec(skeleton, space)
    return space[name]


def test_every_exercise_has_ten_mutants_and_three_variants():
    assert set(exercises()) == set(MUTANTS)
    for name in exercises():
        assert sum(n == name for n, _ in WRONG) >= 10
        assert sum(n == name for n, _ in RIGHT) >= 3


@pytest.mark.parametrize("name", RECOGNISED)
def test_slip_is_recognised_in_the_mutant_that_makes_it(name):
    _, visible, _ = exercises()[name]
    assert set(visible.keywords["slips"]) == set(RECOGNISED[name].values())
    for mutant, words in RECOGNISED[name].items():
        with pytest.raises(CheckFailed) as failed:
            visible(functions(name)[mutant])
        assert str(failed.value).endswith(f"is what comes out when {words}.")
