"""Lessons as web pages that need neither a kernel nor a network, widgets alive."""

import json
import re
from html import escape
from pathlib import Path

from dlcourse.course.formulas import markdown
from dlcourse.widgets.base import STATIC

ROOT = Path(__file__).parents[2]
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
LESSON_LINK = re.compile(r"\((\d\d_\w+)\.ipynb\)")  # beside this one, so it becomes a page too
TEMPLATE = Path(__file__).parent / "page.html.j2"


def export(out, notebooks=None):
    """Write each lesson as one self-contained HTML page.

    The pages hold the stored outputs; nothing is executed. Widgets run their own JavaScript over
    the state saved in the notebook.

    Args:
        out: folder to write to; made if missing.
        notebooks: paths; every lesson if left out.

    Returns:
        list of the written paths.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     export(Path(folder), notebooks=[])
    []
    """
    import nbformat

    out.mkdir(parents=True, exist_ok=True)
    written = []
    for path in sorted((ROOT / "lessons").glob("*.ipynb")) if notebooks is None else notebooks:
        target = out / f"{path.stem}.html"
        target.write_text(page(nbformat.read(path, as_version=4), path), encoding="utf8")
        written.append(target)
    return written


def page(notebook, path):
    """Turn a notebook into a page.

    Args:
        notebook: nbformat notebook; changed in place.
        path: where it lies; its name is the title, and pictures are found beside it.

    Returns:
        str: HTML that loads nothing.

    >>> import nbformat.v4 as v4
    >>> "1 + 1" in page(v4.new_notebook(cells=[v4.new_markdown_cell("1 + 1")]), Path("a.ipynb"))
    True
    """
    from nbconvert import HTMLExporter

    models = notebook.metadata.pop("widgets", {}).get(STATE, {}).get("state", {})
    alive = {key: model["state"] for key, model in models.items() if "_esm" in model["state"]}
    for cell in notebook.cells:
        _prepare(cell, alive)
    prompts = {"exclude_input_prompt": True, "exclude_output_prompt": True}
    exporter = HTMLExporter(raw_template=TEMPLATE.read_text(encoding="utf8"), **prompts)
    exporter.register_filter("markdown2html", markdown(path.parent))
    resources = {"metadata": {"name": path.stem}, "program": _program(alive)}
    return exporter.from_notebook_node(notebook, resources=resources)[0]


def _prepare(cell, alive):
    """Point links at pages, make places for widgets."""
    if cell.cell_type == "markdown":
        cell.source = LESSON_LINK.sub(r"(\1.html)", cell.source)
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        key = data.get(VIEW, {}).get("model_id")
        if key in alive:
            output["data"] = {"text/html": _place(key, data)}


def _place(key, data):
    """Where a widget will be mounted; until then, or without JavaScript, its still picture."""
    words = escape(data["text/plain"])
    png = f'<img alt="{words}" src="data:image/png;base64,{data.get("image/png")}">'
    still = data.get("image/svg+xml") or data.get("text/html") or png
    return f'<div data-model="{key}">{still}</div>'


def _program(states):
    """JavaScript: each widget's module once, the saved states, and a model over them."""
    sources = sorted({state["_esm"] for state in states.values()})
    models = {
        key: {
            "module": sources.index(state["_esm"]),
            "state": {name: value for name, value in state.items() if not name.startswith("_")},
        }
        for key, state in states.items()
    }
    saved = json.dumps({"sources": sources, "models": models}).replace("</", "<\\/")
    return (STATIC / "model.js").read_text(encoding="utf8") + f"mountAll({saved});"
