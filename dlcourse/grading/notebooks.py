"""Execute notebooks in place, and store them so that running twice gives the same bytes."""

import json
import re
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).parents[2]
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
METADATA = MappingProxyType(
    {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"file_extension": ".py", "name": "python", "pygments_lexer": "ipython3"},
    }
)
KEPT_CELL_METADATA = {"tags", "nbgrader", "deletable", "editable", "jupyter"}


class NotebookFailed(Exception):
    """A notebook stopped before its end; the message names notebook, cell and error."""


def refresh(paths=()):
    """Execute and normalise notebooks in place, then write the exercises anew.

    Args:
        paths: notebooks; without any, all of lessons/ and solutions/.

    Raises:
        NotebookFailed: a cell raised, hung or killed its kernel; the file stays as it was.

    >>> refresh(["no_such.ipynb"])
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] No such file or directory: 'no_such.ipynb'
    """
    from dlcourse.grading.release import mark, release

    chosen = [Path(path) for path in paths]
    for path in chosen or sorted([*ROOT.glob("lessons/*.ipynb"), *ROOT.glob("solutions/*.ipynb")]):
        write(dumps(mark(execute(load(path), path), path), path.stem), path)
    release()


def load(path):
    """Read a notebook in nbformat 4.

    >>> load(ROOT / "solutions" / "01_what_convolution_is.ipynb").nbformat
    4
    """
    import nbformat

    return nbformat.reads(Path(path).read_text(encoding="utf8"), as_version=4)


def trust(paths):
    """Sign notebooks as trusted, so that JupyterLab shows their drawings before they are run.

    Args:
        paths: notebooks that you have reason to trust, such as the course's own lessons.

    >>> trust([])
    """
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary()
    for path in paths:
        notary.sign(load(path))


def write(text, path):
    r"""Write text with the same line ends on every system.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write("a\nb\n", Path(folder) / "two.txt")
    ...     (Path(folder) / "two.txt").read_bytes()
    b'a\nb\n'
    """
    path.write_text(text, encoding="utf8", newline="\n")


def execute(notebook, path, timeout=120):
    """Run every cell in a fresh kernel, in the folder of `path`; outputs replace the old ones.

    Args:
        notebook: as `load` gives it; changed in place.
        path: where it lives.
        timeout: seconds a cell may take.

    Returns:
        The same notebook.

    Raises:
        NotebookFailed: a cell raised, ran past `timeout`, or its kernel died.

    >>> import nbformat.v4 as v4
    >>> notebook = v4.new_notebook(cells=[v4.new_code_cell("1 + 1")])
    >>> execute(notebook, ROOT / "two.ipynb").cells[0].outputs[0].data["text/plain"]
    '2'
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    last = {}
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name=METADATA["kernelspec"]["name"],
        resources={"metadata": {"path": str(Path(path).resolve().parent)}},
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
        on_cell_execute=lambda **started: last.update(started),
    )
    notebook.metadata.pop("widgets", None)
    try:
        return client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        where = f"{Path(path).name}, cell {last['cell_index'] + 1}"
        raise NotebookFailed(f"{where}: {error}") from None


def dumps(notebook, stem):
    """The notebook as text that depends on its content only.

    Cells are numbered `stem-001`...; timing, versions of the machine, memory addresses, random
    widget ids and widget models that no output shows are gone.

    >>> import nbformat.v4 as v4
    >>> cell = v4.new_code_cell("1 + 1", metadata={"collapsed": True})
    >>> text = dumps(v4.new_notebook(cells=[cell]), "two")
    >>> '"id": "two-001"' in text, "collapsed" in text
    (True, False)
    """
    import nbformat

    notebook = nbformat.from_dict(notebook)
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"{stem}-{number:03d}"
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in KEPT_CELL_METADATA}
    states = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    shown = _shown(notebook, states)
    notebook.metadata = {**METADATA, **_widgets({key: states[key] for key in shown})}
    notebook.nbformat_minor = 5
    text = _renumber(json.dumps(notebook), shown)
    return nbformat.writes(nbformat.reads(text, as_version=4)).rstrip("\n") + "\n"


def _shown(notebook, states):
    """Ids of the widget models that the outputs show, in order of appearance."""
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", [])]
    views = [o["data"][WIDGET_VIEW] for o in outputs if WIDGET_VIEW in o.get("data", {})]
    waiting, found = [view["model_id"] for view in views], []
    while waiting:
        key = waiting.pop(0)
        if key in states and key not in found:
            found.append(key)
            waiting += re.findall(r"IPY_MODEL_(\w+)", json.dumps(states[key], sort_keys=True))
    return found


def _widgets(states):
    """Notebook metadata with these models; what a Jupyter model takes for None is left out."""
    for model in states.values():
        if model["model_module"].startswith("@jupyter-widgets/"):
            model["state"] = {k: v for k, v in model["state"].items() if v is not None}
    page = {"state": states, "version_major": 2, "version_minor": 0}
    return {"widgets": {WIDGET_STATE: page}} if states else {}


def _renumber(text, widget_ids):
    """Widget ids, then memory addresses in reprs, numbered by appearance."""
    new = {key: f"{number:032x}" for number, key in enumerate(widget_ids, 1)}
    if new:
        text = re.sub("|".join(new), lambda hit: new[hit[0]], text)
    seen = {}
    address = re.compile(r"(?<= at 0x)[0-9a-f]{8,}")
    return address.sub(lambda hit: f"{seen.setdefault(hit[0], len(seen) + 1):012x}", text)
