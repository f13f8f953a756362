"""A real JupyterLab and a real Chromium, for the browser tests and the widget benchmark."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (  # quiet: nothing but the pages under test asks for anything
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
STARTING = 60  # seconds that JupyterLab may take


def chromium_path():
    """Find Chromium: the environment variable CHROMIUM, or a usual name; None if there is none."""
    usual = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    found = os.environ.get("CHROMIUM", usual)
    return found if found and Path(found).exists() else None


@contextmanager
def chromium():
    """Start Chromium with a fresh profile; yields Playwright's browser."""
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    if path is None:
        raise RuntimeError("no Chromium found: install it, or set CHROMIUM to where it is")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def jupyterlab(notebooks, home):
    """Serve a folder in JupyterLab on a free port of this machine, with settings of its own.

    Args:
        notebooks: folder to serve.
        home: empty folder for Jupyter's settings, so that nobody's own are read or changed.

    Yields:
        str: address of JupyterLab, to which "/tree/NAME.ipynb" may be added by `Lab.open`.
    """
    token, port = secrets.token_hex(16), _free_port()
    _settle(home)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ip=127.0.0.1", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={notebooks}"]
    command += [f"--IdentityProvider.token={token}", "--LabApp.news_url=None"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with (home / "log").open("wb") as log:
        streams = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        server = subprocess.Popen(command, env=_environment(home), cwd=notebooks, **streams)
        try:
            _wait(f"http://127.0.0.1:{port}/api", server, home / "log")
            yield Address(f"http://127.0.0.1:{port}", token)
        finally:
            server.terminate()
            server.wait(timeout=30)


class Address:
    """Where a JupyterLab answers."""

    def __init__(self, base, token):
        self.base, self.token = base, token

    def notebook(self, name):
        return f"{self.base}/lab/tree/{name}?reset&token={self.token}"


class Lab:
    """One page that shows a notebook, and everything that went wrong on it.

    Attributes:
        page: Playwright's page.
        errors: what the console and uncaught exceptions said.
        strangers: addresses asked for that are not this machine's.
    """

    def __init__(self, browser, size=(1280, 960)):
        self.page = browser.new_page(viewport=dict(zip(("width", "height"), size, strict=True)))
        self.page.set_default_timeout(60_000)  # ms; the machine may be busy
        self.errors, self.strangers = [], []
        self.page.on("console", lambda m: m.type == "error" and self.errors.append(m.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self._note(request.url))
        self.page.on("websocket", lambda socket: self._note(socket.url))

    def _note(self, url):
        scheme, _, rest = url.partition(":")
        local = scheme in ("http", "ws") and rest.startswith("//127.0.0.1:")
        if not (local or scheme in ("data", "blob", "file")):
            self.strangers.append(url)

    def open(self, address, name):
        """Open a notebook and wait until its kernel is idle."""
        self.page.goto(address.notebook(name))
        self.idle()
        return self

    def idle(self, timeout=120):
        """Wait until the status bar says so: what is run before is lost silently."""
        status = self.page.locator("#jp-main-statusbar")
        status.get_by_text("| Idle").wait_for(timeout=1000 * timeout)

    def run_all(self, timeout=300):
        """Run every cell by the menu, and wait until none is waiting."""
        prompts = "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]"
        texts = f"{prompts}.map(prompt => prompt.textContent).join()"
        before = self.page.evaluate(texts)
        self.page.locator(".lm-MenuBar-itemLabel", has_text="Run").first.click()
        self.page.locator(".lm-Menu-itemLabel", has_text="Run All Cells").first.click()
        started = f"before => {texts} !== before"  # [*], or a number if it was quick
        self.page.wait_for_function(started, arg=before)
        ended = f"() => !/\\[[ *]/.test({texts})"
        self.page.wait_for_function(ended, timeout=1000 * timeout)
        self.idle()

    def cell(self, code):
        """The first code cell that holds this code."""
        editor = self.page.locator(".jp-InputArea-editor", has_text=code)
        return self.page.locator(".jp-CodeCell", has=editor).first

    def run(self, cell):
        """Run one cell by Shift+Enter, and wait for it; returns the text of its output."""
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        ran = (
            "([prompt, before]) => prompt.textContent !== before && /\\d/.test(prompt.textContent)"
        )
        self.page.wait_for_function(ran, arg=[prompt.element_handle(), before])
        self.idle()
        return "\n".join(cell.locator(".jp-OutputArea-output").all_inner_texts())

    def cell_errors(self):
        """Texts of the outputs that are errors."""
        return self.page.locator('.jp-OutputArea-output[data-mime-type*="error"]').all_inner_texts()


def _settle(home):
    """Settings of a fresh user, less the question about news."""
    folder = home / "config" / "labconfig"
    folder.mkdir(parents=True)
    off = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (folder / "page_config.json").write_text(json.dumps(off))


def _environment(home):
    own = {
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
        "PYTHONPATH": ROOT,
    }
    return os.environ | {name: str(value) for name, value in own.items()}


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(url, server, log):
    end = time.monotonic() + STARTING
    while time.monotonic() < end and server.poll() is None:
        try:
            return urlopen(url, timeout=5).close()
        except (URLError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start; it said:\n{log.read_text()}")
