"""Exercises from solutions: the marked lines go, everything else stays.

Markers and metadata are nbgrader's, so that its tools take solutions/ as the source of an
assignment and exercises/ as its release (schema 3, checked against nbgrader 0.9.6).
"""

import ast
import hashlib
import re

from dlcourse.grading.notebooks import ROOT, dumps, load, write

STUB = "your code here"  # after the comment sign of the cell's language
SOLUTION = ("### BEGIN SOLUTION", "### END SOLUTION")
HIDDEN = ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")


class MarkerError(ValueError):
    """A solution notebook whose markers make no exercise; names notebook, cell and marker."""


def release(check=False):
    """Write the exercise of every solution notebook.

    Args:
        check: only look, write nothing.

    Returns:
        list of Path: the exercises that were not what their solutions make of them.

    Raises:
        MarkerError: from the first notebook whose markers are wrong.

    >>> release(check=True)
    []
    """
    solutions = sorted(ROOT.glob("solutions/*.ipynb"))
    made = {path.name: dumps(exercise(load(path), path), path.stem) for path in solutions}
    kept = {path.name: path.read_text(encoding="utf8") for path in ROOT.glob("exercises/*.ipynb")}
    stale = [ROOT / "exercises" / name for name in sorted(made.keys() | kept.keys())]
    stale = [path for path in stale if made.get(path.name) != kept.get(path.name)]
    for path in [] if check else stale:
        if path.name in made:
            write(made[path.name], path)
        else:
            path.unlink()
    return stale


def exercise(notebook, path):
    """Make the exercise out of a solution notebook.

    Args:
        notebook: as `load` gives it; changed in place.
        path: of the solution, for messages.

    Returns:
        The same notebook without solutions, hidden tests and outputs, its cells locked.

    Raises:
        MarkerError: if markers are missing, unbalanced or cut the code apart.

    >>> import nbformat.v4 as v4
    >>> lines = ["def double(x):", "    'Twice x.'", SOLUTION[0], "    return 2 * x", SOLUTION[1]]
    >>> cells = [v4.new_code_cell("\\n".join(source)) for source in (lines, HIDDEN)]
    >>> print(exercise(v4.new_notebook(cells=cells), "demo.ipynb").cells[0].source)
    def double(x):
        'Twice x.'
    # your code here
    """
    mark(notebook, path)
    notebook.metadata.pop("widgets", None)
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code":
            continue
        where = f"{path}, cell {number}"
        cell.source = _without(_without(cell.source, SOLUTION, where, stub=True), HIDDEN, where)
        cell.outputs, cell.execution_count = [], None
        if "nbgrader" in cell.metadata:
            _lock(cell, where)
    return notebook


def mark(notebook, path):
    """Give solution cells and check cells the metadata that nbgrader reads.

    A solution cell is called after the first function it defines; the cell with hidden tests that
    follows checks it, for one point unless its metadata already says otherwise.

    Args:
        notebook: as `load` gives it; changed in place.
        path: for messages.

    Returns:
        The same notebook.

    Raises:
        MarkerError: if solutions and hidden tests do not come in turn.

    >>> import nbformat.v4 as v4
    >>> mark(v4.new_notebook(cells=[v4.new_code_cell("\\n".join(HIDDEN))]), "demo.ipynb")
    Traceback (most recent call last):
    dlcourse.grading.release.MarkerError: demo.ipynb, cell 1: hidden tests without a solution
    """
    name = None
    for number, cell in enumerate(notebook.cells, 1):
        where = f"{path}, cell {number}"
        if cell.cell_type == "code" and SOLUTION[0] in cell.source:
            if name:
                raise MarkerError(f"{where}: a second solution before the hidden tests of {name}")
            name = _function(cell.source, where)
            cell.metadata.nbgrader = _metadata(name)
        elif cell.cell_type == "code" and HIDDEN[0] in cell.source:
            if not name:
                raise MarkerError(f"{where}: hidden tests without a solution")
            points = cell.metadata.get("nbgrader", {}).get("points", 1)
            cell.metadata.nbgrader = _metadata(f"check_{name}", grade=True, points=points)
            name = None
    if name:
        raise MarkerError(f"{path}: no cell with {HIDDEN[0]} follows the solution of {name}")
    return notebook


def checksum(cell):
    """Compute the checksum by which nbgrader notices a changed cell.

    Source: nbgrader 0.9.6, nbgrader/utils.py, compute_checksum.

    >>> import nbformat.v4 as v4
    >>> about = {"grade": True, "grade_id": "a", "locked": True, "points": 1, "solution": False}
    >>> cell = v4.new_code_cell("assert True", metadata={"nbgrader": about})
    >>> checksum(cell)
    'd4f06a85dfc24458a2249e7e8ceb3b31'
    """
    about = cell.metadata.nbgrader
    parts = [cell.source, cell.cell_type, about.grade, about.solution, about.locked, about.grade_id]
    if about.grade:
        parts.append(float(about.points))
    return hashlib.md5("".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def _metadata(grade_id, grade=False, **more):
    kind = {"grade": grade, "locked": grade, "solution": not grade, "task": False}
    return {"grade_id": grade_id, **kind, **more, "cell_type": "code", "schema_version": 3}


def _lock(cell, where):
    """Keep a cell that nbgrader knows from being deleted, and a check from being edited too."""
    cell.metadata.deletable = False
    if cell.metadata.nbgrader.grade:
        cell.metadata.editable = False
    else:
        _function(cell.source, where)
    cell.metadata.nbgrader.checksum = checksum(cell)


def _function(source, where):
    """Name of the first function that a solution cell defines, or of its kernel."""
    if kernel := re.match(r"%%cuda +(\w+)", source):
        return kernel[1]
    try:
        return next(n.name for n in ast.parse(source).body if isinstance(n, ast.FunctionDef))
    except (SyntaxError, StopIteration) as error:
        raise MarkerError(f"{where}: a solution cell must define a function: {error}") from None


def _without(source, markers, where, stub=False):
    """Source without the regions between two markers, a comment in place of each if asked."""
    begin, end = markers
    kept, open_since = [], None
    for line in source.split("\n"):
        text = line.strip().removeprefix("// ")  # the comment sign of CUDA C
        if text in markers and (text == begin) == (open_since is not None):
            raise MarkerError(f"{where}: {text} where {end if text == begin else begin} is due")
        if text == begin:
            open_since = line
            sign = "" if "// " in line else "# "
            kept += [line.replace(begin, sign + STUB)] if stub else []
        elif text == end:
            open_since = None
        elif open_since is None:
            kept.append(line)
    if open_since is not None:
        raise MarkerError(f"{where}: {begin} without {end}")
    return "\n".join(kept)
