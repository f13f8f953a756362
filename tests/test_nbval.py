"""Running the notebooks catches a kernel that dies and any number that is not the stored one."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
from nbformat import v4
from run import NBVAL

ROOT = Path(__file__).parent.parent
NOT_COMPARED = {"image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json"}
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="{}"/></svg>'
DRAW = f"from IPython.display import SVG\nSVG('{SVG.format(31)}')"
DIE = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"


def failures(folder, *options):
    """Run a folder's notebooks as the tests do; return {(notebook, cell): (message, seconds)}."""
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml"]
    command += [*NBVAL, *options, f"--rootdir={folder}", f"--junitxml={report}", folder]
    subprocess.run(command, stdout=subprocess.DEVNULL, timeout=300)
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        for failure in case.iter("failure"):
            key = (case.get("classname"), int(case.get("name").removeprefix("Cell ")))
            found[key] = (failure.text, float(case.get("time")))
    return found


def cell(source, **shown):
    """A code cell that was run, and the text or the drawing that it showed."""
    data = {"text/plain": "<IPython.core.display.SVG object>"} if "svg" in shown else {}
    data |= {{"svg": "image/svg+xml", "text": "text/plain"}[k]: v for k, v in shown.items()}
    outputs = [v4.new_output("execute_result", data, execution_count=1)] if data else []
    return v4.new_code_cell(source, execution_count=1, outputs=outputs)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """What fails of two small notebooks, one of which kills its kernel."""
    folder = tmp_path_factory.mktemp("small")
    numbers = [
        cell("6 * 7", text="42"),
        cell("6 * 7", text="43"),
        cell(DRAW, svg=SVG.format(31)),
        cell(DRAW, svg=SVG.format(32)),
    ]
    nbformat.write(v4.new_notebook(cells=numbers), folder / "numbers.ipynb")
    nbformat.write(v4.new_notebook(cells=[cell(DIE), cell("1", text="1")]), folder / "dead.ipynb")
    return failures(folder, "--nbval-cell-timeout=2")


def test_a_changed_number_fails_in_text_and_in_a_drawing(small):
    assert {cell for name, cell in small if name == "numbers.ipynb"} == {1, 3}


def test_a_dead_kernel_is_reported_in_time(small):
    (dead,) = (found for (name, _), found in small.items() if name == "dead.ipynb")
    assert "Timeout of 2 seconds" in dead[0]
    assert dead[1] < 2 + 10  # 50 s, the limit of the real run, plus as much is a minute


def next_number(text):
    """Return the text with its last digit changed, or None where it has none."""
    at = max(text.rfind(digit) for digit in "0123456789")
    return None if at < 0 else f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}"


def compared(cell):
    """Return (holder, key) of each text or drawing of a cell that nbval compares."""
    places = [(out.data, key) for out in cell.outputs if "data" in out for key in sorted(out.data)]
    places += [(out, "text") for out in cell.outputs if "text" in out]
    places = [(holder, key) for holder, key in places if key not in NOT_COMPARED]
    return [(holder, key) for holder, key in places if next_number(holder[key])]


def altered(lesson):
    """Yield copies of a lesson with one output of each cell changed, and these cells' numbers.

    A cell that shows a text and a drawing has to fail for either: the first copy changes the
    first output of each cell, the second copy the second, until no cell has one left.
    """
    for turn in range(100):
        copy = nbformat.read(lesson, as_version=4)
        changed = set()
        for number, cell in enumerate(c for c in copy.cells if c.cell_type == "code"):
            ignored = "nbval-ignore-output" in cell.metadata.get("tags", [])
            for holder, key in [] if ignored else compared(cell)[turn : turn + 1]:
                holder[key] = next_number(holder[key])
                changed.add(number)
        if not changed:
            return
        yield copy, changed


def test_each_number_of_the_first_lesson_is_compared(tmp_path):
    (lesson,) = ROOT.glob("lessons/01_*.ipynb")
    expected = set()
    for turn, (copy, changed) in enumerate(altered(lesson)):
        nbformat.write(copy, tmp_path / f"copy{turn}.ipynb")
        expected |= {(f"copy{turn}.ipynb", number) for number in changed}
    assert len(expected) > 20
    assert set(failures(tmp_path)) == expected
