"""One Chromium and one JupyterLab for all browser tests, on copies of the notebooks."""

import os
import shutil
from pathlib import Path

import pytest

from benchmarks.browser import ROOT, Lab, chromium, chromium_path, jupyterlab

STEM = "01_what_convolution_is"


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
    """JupyterLab over copies of the first lesson and its exercises."""
    work, home = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("home")
    shutil.copy(ROOT / "lessons" / f"{STEM}.ipynb", work / "lesson.ipynb")
    shutil.copy(ROOT / "exercises" / f"{STEM}.ipynb", work / "exercises.ipynb")
    with jupyterlab(work, home) as address:
        yield address


@pytest.fixture
def open_lab(browser, address):
    """A function that opens a notebook; afterwards nothing may have gone wrong on its page."""
    labs = []

    def open_lab(name):
        labs.append(Lab(browser).open(address, name))
        return labs[-1]

    yield open_lab
    for lab in labs:
        lab.page.close()
        assert lab.strangers == [], "requests left the machine"
        assert lab.errors == [], "the console shows errors"


@pytest.fixture
def keep(request):
    """A function that saves a picture of a page where DLCOURSE_SCREENSHOTS points, if anywhere."""
    folder = os.environ.get("DLCOURSE_SCREENSHOTS")

    def keep(place, name):
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            place.screenshot(path=Path(folder) / f"{name}.png")

    return keep
