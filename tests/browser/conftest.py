"""One Chromium and one JupyterLab for all browser tests, on copies of the notebooks."""

import os
import shutil
from pathlib import Path

import nbformat
import nbformat.v4 as v4
import pytest
from nbformat.sign import NotebookNotary

from benchmarks.browser import ROOT, Lab, chromium, chromium_path, jupyterlab

STEM = "01_what_convolution_is"
STATE = """\
from dlcourse.course.predict import predict
from dlcourse.widgets.slide import SlideAndFlip
widget = SlideAndFlip([1, 1, 1], [1, 1, 1])
widget

widget.shift  # read

widget.shift = 2

predict("a small question", of="it shrinks", choices=["it grows", "it shrinks"])"""
NETWORK = """\
import numpy as np
from dlcourse.widgets.features import FeatureMaps
from dlcourse.widgets.race import AlgorithmRace
from dlcourse.widgets.receptive import ReceptiveField
maps = np.random.default_rng(1).random((3, 6, 8, 8))

ReceptiveField([(3, 1), (2, 2), (3, 1)])

race = AlgorithmRace(channels=16, image=8, kernel=3)
race

sorted(race.measured["16 8 1"])

FeatureMaps({"conv1": maps, "pool1": maps[:, :, ::2, ::2]}, maps[:, 0], labels="abc")"""


def pytest_collection_modifyitems(items):
    missing = pytest.mark.skip(reason="no Chromium: install it, or set CHROMIUM to where it is")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if chromium_path() is None:
                item.add_marker(missing)


@pytest.fixture(scope="session")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """JupyterLab over copies of the first lesson and its exercises, and small notebooks."""
    work, home = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("home")
    for room in ("lessons", "exercises"):
        shutil.copy(ROOT / room / f"{STEM}.ipynb", work / f"{room}.ipynb")
    write_trusted(nbformat.read(work / "lessons.ipynb", 4), work / "trusted.ipynb", home / "data")
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    for name, sources in (("state", STATE), ("network", NETWORK)):
        cells = [v4.new_code_cell(source) for source in sources.split("\n\n")]
        nbformat.write(v4.new_notebook(cells=cells, metadata=metadata), work / f"{name}.ipynb")
    with jupyterlab(work, home) as address:
        yield address


def write_trusted(notebook, path, data):
    """Write a notebook of which Jupyter knows that its outputs may be shown."""
    notebook.metadata["title"] = "trusted"  # or its twin would be trusted too
    nbformat.write(notebook, path)
    data.mkdir()
    NotebookNotary(data_dir=str(data)).sign(notebook)


@pytest.fixture
def lab(browser):
    """A fresh page; nothing may go wrong on it, and it may ask this machine only."""
    lab = Lab(browser)
    yield lab
    errors, strangers = lab.errors[:], lab.strangers[:]  # before closing cuts connections
    lab.page.close()
    assert strangers == [], "requests left the machine"
    assert errors == [], "the console shows errors"


@pytest.fixture
def keep(request):
    """A function that saves a picture of a page where DLCOURSE_SCREENSHOTS points, if anywhere."""
    folder = os.environ.get("DLCOURSE_SCREENSHOTS")

    def keep(place, name):
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            place.screenshot(path=Path(folder) / f"{name}.png")

    return keep
