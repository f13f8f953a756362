"""Lessons as web pages that need neither a kernel nor a network, widgets alive."""

import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATIC = Path(__file__).parents[1] / "widgets" / "static"
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"


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
    from traitlets.config import Config

    models = notebook.metadata.pop("widgets", {}).get(STATE, {}).get("state", {})
    alive = {key: model["state"] for key, model in models.items() if "_esm" in model["state"]}
    shown = [key for output in _outputs(notebook) if (key := _mount(output, alive))]
    off = {"mathjax_url": "", "require_js_url": "", "jupyter_widgets_base_url": ""}
    exporter = HTMLExporter(config=Config(HTMLExporter=off | {"embed_images": True}))
    resources = {"metadata": {"name": path.stem, "path": str(path.parent)}}
    body, _ = exporter.from_notebook_node(notebook, resources=resources)
    return body.replace("</body>", _script({key: alive[key] for key in shown}) + "</body>")


def _outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def _mount(output, alive):
    """Swap a widget's view for a place to mount it, its still picture inside; its id or None."""
    data = output.get("data", {})
    key = data.pop(VIEW, {}).get("model_id")
    if key not in alive:
        return None
    still = data.get("image/svg+xml") or data.get("text/html") or f"<pre>{data['text/plain']}</pre>"
    output["data"] = {"text/html": f'<div class="dl-place" data-model="{key}">{still}</div>'}
    return key


def _script(states):
    """The page's script: each widget's module once, the saved states, and the model over them."""
    modules = sorted({state["_esm"] for state in states.values()})
    styles = sorted({state["_css"] for state in states.values()})
    models = {
        key: {
            "module": modules.index(state["_esm"]),
            "state": {k: v for k, v in state.items() if not k.startswith("_")},
        }
        for key, state in states.items()
    }
    saved = json.dumps({"sources": modules, "models": models}).replace("</", "<\\/")
    shim = (STATIC / "model.js").read_text(encoding="utf8")
    return f"<style>{''.join(styles)}</style>\n<script type=module>\n{shim}mountAll({saved});\n</script>\n"
