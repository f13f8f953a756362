"""The rules for notebooks. A rule yields what is wrong; each has a notebook here that breaks it."""

import re

import nbformat.v4 as v4
import pytest

from dlcourse.grading.notebooks import (
    ROOT,
    WIDGET_STATE,
    WIDGET_VIEW,
    NotebookFailed,
    dumps,
    execute,
    load,
    refresh,
)

RUN = sorted([*ROOT.glob("lessons/*.ipynb"), *ROOT.glob("solutions/*.ipynb")])
LESSONS = [p for p in RUN if p.parent.name == "lessons" and p.stem != "00_start_here"]
EXERCISES = sorted(ROOT.glob("exercises/*.ipynb"))
LONGEST = 25  # lines of a code cell in a lesson
LARGEST = 3e6  # bytes
MEASURES = re.compile(r"perf_counter|best_seconds|%time|timeit|time\.time")
MACHINE = {
    "a memory address": re.compile(r"\b0x[0-9a-f]{8,}"),
    "an absolute path": re.compile(r"""(?:^|[\s'"(=])(?:/[\w.-]+){3,}|\b[A-Z]:\\\w"""),
    "a warning": re.compile(r"\w+Warning: "),
}


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    return [output for cell in code(notebook) for output in cell.outputs]


def words(output):
    """What an output says as text; an error as its message."""
    return output.get("text", output.get("evalue", output.get("data", {}).get("text/plain", "")))


def asserts_soon(cells, i):
    return any("assert " in cell.source for cell in cells[i : i + 2])


def every_cell_was_run_in_order(notebook):
    for expected, cell in enumerate(code(notebook), 1):
        if cell.execution_count != expected:
            yield f"{cell.id} was run as number {cell.execution_count}, it is number {expected}"


def nothing_failed(notebook):
    for output in outputs(notebook):
        if output.output_type == "error" or output.get("name") == "stderr":
            yield f"an error is stored: {words(output)}"


def outputs_are_the_same_elsewhere(notebook):
    for cell in code(notebook):
        for what, pattern in MACHINE.items():
            for found in filter(None, (pattern.search(words(output)) for output in cell.outputs)):
                yield f"{cell.id} stores {what}: {found[0]}"


def times_are_not_compared(notebook):
    for cell in code(notebook):
        tagged = "nbval-ignore-output" in cell.metadata.get("tags", [])
        if MEASURES.search(cell.source) and cell.outputs and not tagged:
            yield f"{cell.id} measures time: tag it nbval-ignore-output and assert what must hold"


def what_is_not_compared_is_asserted(notebook):
    cells = code(notebook)
    for i, cell in enumerate(cells):
        tags = cell.metadata.get("tags", [])
        if "nbval-skip" in tags:
            yield f"{cell.id} is skipped"
        if "nbval-ignore-output" in tags and not asserts_soon(cells, i):
            yield f"{cell.id} ignores its output and asserts nothing, nor does the next cell"


def pictures_come_with_numbers(notebook):
    """The text beside a picture is compared, the picture is not."""
    cells = code(notebook)
    for i, cell in enumerate(cells):
        for output in cell.outputs:
            silent = not re.search(r"\d", words(output))
            if "image/png" in output.get("data", {}) and silent and not asserts_soon(cells, i):
                yield f"{cell.id} shows a picture, but no number that a test could compare"


def widgets_can_be_shown_without_a_kernel(notebook):
    views = [o.data[WIDGET_VIEW] for o in outputs(notebook) if WIDGET_VIEW in o.get("data", {})]
    saved = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {"state": {}})
    if "state" not in saved:
        yield "the widget metadata lack `state`"
    for view in views:
        if view.model_id not in saved.get("state", {}):
            yield f"no state is stored for widget {view.model_id}"


def begins_with_title_and_aim(notebook):
    first = notebook.cells[0]
    if first.cell_type != "markdown" or not first.source.startswith("# "):
        yield "the first cell is no title"
    for phrase in ("**After this you can**", "**Builds on**", "**Takes**", "**A GPU**"):
        if phrase not in first.source:
            yield f"the first cell lacks {phrase}"


def is_not_too_large(notebook):
    size = len(dumps(notebook, "x").encode())
    if size > LARGEST:
        yield f"{size / 1e6:.1f} MB, more than {LARGEST / 1e6:.0f} MB"


def cells_are_short(notebook):
    for cell in code(notebook):
        if cell.source.count("\n") >= LONGEST:
            yield f"{cell.id} has {cell.source.count(chr(10)) + 1} lines, more than {LONGEST}"


def asks_for_guesses(notebook):
    count = sum(cell.source.count("predict(") for cell in code(notebook))
    if count < 3:
        yield f"{count} times predict(), fewer than 3"


RULES = [
    every_cell_was_run_in_order,
    nothing_failed,
    outputs_are_the_same_elsewhere,
    times_are_not_compared,
    what_is_not_compared_is_asserted,
    pictures_come_with_numbers,
    widgets_can_be_shown_without_a_kernel,
    begins_with_title_and_aim,
    is_not_too_large,
]
FOR_LESSONS = [cells_are_short, asks_for_guesses]


def name(value):
    return getattr(value, "stem", None) or getattr(value, "__name__", None)


@pytest.mark.parametrize("rule", RULES, ids=name)
@pytest.mark.parametrize("path", RUN, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_notebook(path, rule):
    assert not list(rule(load(path)))


@pytest.mark.parametrize("rule", FOR_LESSONS, ids=name)
@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_lesson(path, rule):
    assert not list(rule(load(path)))


@pytest.mark.parametrize(
    "path", [*RUN, *EXERCISES], ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_notebook_is_stored_in_normal_form(path):
    text = path.read_text(encoding="utf8")
    assert text == dumps(load(path), path.stem), "run `python course.py refresh` on it"
    assert str(ROOT) not in text


def cell(source, *outputs, count=1, **metadata):
    return v4.new_code_cell(source, outputs=list(outputs), execution_count=count, metadata=metadata)


def shown(text="7", **more):
    return v4.new_output("execute_result", {"text/plain": text, **more}, execution_count=1)


TITLE = "# T\n**After this you can** a. **Builds on** b. **Takes** c. **A GPU** d."
GUESSES = "predict(1)\npredict(2)\npredict(3)"
SOUND = [v4.new_markdown_cell(TITLE), cell(GUESSES, shown())]
FAULTS = {
    every_cell_was_run_in_order: [cell("1", count=2)],
    nothing_failed: [cell("1", v4.new_output("stream", name="stderr", text="oh"))],
    outputs_are_the_same_elsewhere: [
        cell("1", shown("<object at 0x7f00deadbeef>")),
        cell("1", shown("read '/home/me/data.txt'")),
        cell("1", v4.new_output("stream", text="UserWarning: careful")),
    ],
    times_are_not_compared: [cell("best_seconds(f)", shown())],
    what_is_not_compared_is_asserted: [
        cell("1", shown(), tags=["nbval-ignore-output"]),
        cell("assert True", tags=["nbval-skip"]),
    ],
    pictures_come_with_numbers: [cell("plot()", shown("<Figure>", **{"image/png": "iVBO"}))],
    widgets_can_be_shown_without_a_kernel: [
        cell("w", shown(**{WIDGET_VIEW: {"model_id": "1", "version_major": 2}}))
    ],
    begins_with_title_and_aim: [v4.new_markdown_cell("## Later")],
    is_not_too_large: [cell("#" * 3_000_001)],
    cells_are_short: [cell("x = 1\n" * 25 + "x")],
    asks_for_guesses: [cell("predict(1)")],
}


@pytest.mark.parametrize("rule", [*RULES, *FOR_LESSONS], ids=name)
def test_rule_accepts_a_sound_notebook_and_rejects_a_faulty_one(rule):
    assert not list(rule(v4.new_notebook(cells=SOUND)))
    for fault in FAULTS[rule]:
        assert list(rule(v4.new_notebook(cells=[fault])))


WIDGETS = """import ipywidgets as widgets
print("one")
print("two")
slider = widgets.IntSlider(value=3)
widgets.VBox([slider, widgets.HTML("text")])"""


def test_running_twice_gives_the_same_bytes(tmp_path):
    path = tmp_path / "demo.ipynb"
    cells = [
        v4.new_markdown_cell("# Demo"),
        v4.new_code_cell(WIDGETS),
        v4.new_code_cell("object()"),
    ]
    text = dumps(v4.new_notebook(cells=cells), "demo")
    path.write_text(text, encoding="utf8")
    stored = [dumps(execute(load(path), path), "demo") for _ in range(2)]
    assert stored[0] == stored[1] != text
    path.write_text(stored[0], encoding="utf8")
    notebook = load(path)
    assert [c.id for c in notebook.cells] == ["demo-001", "demo-002", "demo-003"]
    assert not list(widgets_can_be_shown_without_a_kernel(notebook))
    states = notebook.metadata.widgets[WIDGET_STATE].state
    assert sorted(model.model_name for model in states.values())[:2] == [
        "HTMLModel",
        "HTMLStyleModel",
    ]
    assert str(tmp_path) not in stored[0]


def test_a_failing_cell_is_named_and_nothing_is_written(tmp_path):
    path = tmp_path / "demo.ipynb"
    cells = [v4.new_code_cell("x = 1"), v4.new_code_cell("x / 0")]
    path.write_text(dumps(v4.new_notebook(cells=cells), "demo"), encoding="utf8")
    before = path.read_bytes()
    with pytest.raises(NotebookFailed, match=r"^demo\.ipynb, cell 2:(.|\n)*x / 0(.|\n)*ZeroDiv"):
        refresh([path])
    assert path.read_bytes() == before


def test_a_hanging_cell_is_stopped(tmp_path):
    notebook = v4.new_notebook(cells=[v4.new_code_cell("import time\ntime.sleep(60)")])
    with pytest.raises(NotebookFailed, match=r"^demo\.ipynb, cell 1:(.|\n)*timed out"):
        execute(notebook, tmp_path / "demo.ipynb", timeout=1)


def test_a_dead_kernel_is_noticed(tmp_path):
    notebook = v4.new_notebook(cells=[v4.new_code_cell("import os\nos._exit(1)")])
    with pytest.raises(NotebookFailed, match=r"^demo\.ipynb, cell 1:(.|\n)*died"):
        execute(notebook, tmp_path / "demo.ipynb")
