"""Lessons and exercises as web pages that need neither a kernel nor a network, widgets alive."""

import json
import os
import re
from html import escape
from pathlib import Path

from dlcourse.course.formulas import markdown
from dlcourse.widgets.base import STATIC

ROOT = Path(__file__).parents[2]
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
LINK = re.compile(r"(?<=\]\()([^()\s#]+\.ipynb)(?=[)#])")
TEMPLATE = Path(__file__).parent / "page.html.j2"


def export(out, notebooks=None):
    """Write each notebook as one self-contained HTML page.

    The pages hold the stored outputs; nothing is executed. Widgets run their own JavaScript over
    the state saved in the notebook. Lessons lie in the folder, others in one of their own name
    below it; links from one to another become links between pages.

    Args:
        out: folder to write to; made if missing.
        notebooks: paths; every lesson and exercise if left out.

    Returns:
        list of the written paths.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     export(Path(folder), notebooks=[])
    []
    """
    import nbformat

    if notebooks is None:
        notebooks = sorted([*ROOT.glob("lessons/*.ipynb"), *ROOT.glob("exercises/*.ipynb")])
    pages = {path.resolve(): out / _place(path) for path in notebooks}
    for path, target in pages.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        text = page(nbformat.read(path, as_version=4), path, pages)
        target.write_text(text, encoding="utf8")
    return list(pages.values())


def page(notebook, path, pages=None):
    """Turn a notebook into a page.

    Args:
        notebook: nbformat notebook; changed in place.
        path: where it lies; its name is the title, and pictures are found beside it.
        pages: dict resolved path of a notebook -> where its page will lie, this one's too. A link
            to a notebook that has no page is left as it is.

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
        if cell.cell_type == "markdown":
            cell.source = _linked(cell.source, path, pages or {})
        _mount(cell, alive)
    prompts = {"exclude_input_prompt": True, "exclude_output_prompt": True}
    exporter = HTMLExporter(raw_template=TEMPLATE.read_text(encoding="utf8"), **prompts)
    exporter.register_filter("markdown2html", markdown(path.parent))
    resources = {"metadata": {"name": path.stem}, "program": _program(alive)}
    return exporter.from_notebook_node(notebook, resources=resources)[0]


def _place(path):
    """A page's place below the folder of pages."""
    folder = path.resolve().parent.name
    return Path("" if folder == "lessons" else folder, f"{path.stem}.html")


def _linked(words, path, pages):
    """Point links at pages where there are any."""

    def replace(found):
        notebook = (path.parent / found[1]).resolve()
        if notebook not in pages:
            return found[1]
        here = pages[path.resolve()].parent
        return Path(os.path.relpath(pages[notebook], here)).as_posix()

    return LINK.sub(replace, words)


def _mount(cell, alive):
    """Make places for widgets."""
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        key = data.get(VIEW, {}).get("model_id")
        if key in alive:
            output["data"] = {"text/html": _still(key, data)}


def _still(key, data):
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
