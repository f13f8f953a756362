#!/usr/bin/env python3
"""Open the course, `python3 course.py lab`, or prove that it works, `python3 course.py test`.

It needs a Python and nothing else. The first start makes .venv and installs the course there under
constraints.txt; a stamp marks what is finished, so that later starts install nothing. This file
keeps to the standard library, and to syntax that Python 3.6 reads: an old Python gets a sentence.
"""

import argparse
import hashlib
import json
import os
import re
import runpy
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
PACKAGES = "Lib/site-packages" if WINDOWS else "lib/python*/site-packages"
STAMP = VENV / "dlcourse.json"
OLDEST = (3, 11)
FIRST_PORT = 8888
COMPILERS = ["c++", "clang++", "g++"]
AGAIN = "and run the same command again"
WAYS_OUT = [  # what a failed command prints, and the sentence for whoever ran it
    (
        "No space left on device|Disk quota exceeded|not enough space on the disk",
        f"the disk is full: free some GB (the README says how many) {AGAIN}",
    ),
    (
        r"Retrying \(Retry\(|Failed to establish a new connection|Temporary failure in name res",
        f"no network: the first start downloads packages; go online {AGAIN}",
    ),
    (
        "Permission denied|Read-only file system|Operation not permitted",
        "this folder cannot be written to: copy the course to one of your own and run it there",
    ),
    (
        "No module named '?(venv|ensurepip)",
        f"this Python has no venv module: install it (Debian: apt install python3-venv) {AGAIN}",
    ),
    (
        r"No matching distribution found for (?P<package>[\w.-]+)",
        "{package} has no build for this Python and system: try a Python from 3.11 to 3.13",
    ),
]


class Problem(Exception):
    """What stands in the way, and the way out, in one line."""


def say(text):
    print(text, file=sys.stderr, flush=True)


class Progress:
    """What is going on and for how long: one line rewritten in a terminal, a few in a log."""

    def __init__(self):
        self.doing = "Starting pip"
        self.began = time.monotonic()
        self.terminal = sys.stderr.isatty()
        self.over = threading.Event()
        self.painter = threading.Thread(target=self.paint, daemon=True)

    def paint(self):
        while not self.over.wait(0.2 if self.terminal else 10):
            doing = self.doing() if callable(self.doing) else self.doing
            self.show(f"{time.monotonic() - self.began:4.0f} s  {doing}")

    def show(self, line):
        if self.terminal:
            width = shutil.get_terminal_size().columns - 1
            line = "\r" + line[:width].ljust(width) + "\r"
        print(line, end="" if self.terminal else "\n", file=sys.stderr, flush=True)

    def __enter__(self):
        self.painter.start()
        return self

    def __exit__(self, *failure):
        self.over.set()
        self.painter.join()
        if self.terminal:
            self.show("")


def installed():
    """Return the packages in .venv, finished or not."""
    return list(VENV.glob(PACKAGES + "/*.dist-info"))


def installing(names):
    """Return a function that says which of `names` pip, silent meanwhile, has come to."""
    before = len(installed())

    def doing():
        at = min(max(len(installed()) - before, 0), len(names) - 1)
        return f"Installing {names[at]} ({at + 1} of {len(names)})"

    return doing


def way_out(printed):
    """Return what to do next, from all that a failed command printed."""
    for pattern, sentence in WAYS_OUT:
        found = re.search(pattern, printed)
        if found:
            return sentence.format(**found.groupdict())
    say("\n".join(printed.splitlines()[-20:]))
    return "the set-up failed; the last it printed is above"


def follow(command, progress):
    """Run a command to its end, showing what it is at."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    printed = []
    with subprocess.Popen(command, cwd=ROOT, text=True, errors="replace", **pipes) as process:
        for line in process.stdout:
            printed.append(line)
            if line.startswith("Installing collected packages: "):
                progress.doing = installing(line.strip().split(": ")[1].split(", "))
            elif "Retrying (Retry(" in line:
                progress.doing = "waiting for the network"
            elif re.match(" *(Collecting|Downloading|Using cached|Installing) ", line):
                progress.doing = line.strip()
    if process.returncode != 0:
        raise Problem(way_out("".join(printed)))


def lock():
    """Return a fingerprint of what a set-up rests on: two files, and the folder they are in."""
    files = [(ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
    return hashlib.sha256(b"\n".join([*files, str(ROOT).encode()])).hexdigest()


def finished():
    """Return the extras that an earlier set-up installed to the end, or None."""
    try:
        stamp = json.loads(STAMP.read_text())
        return set(stamp["extras"]) if stamp["lock"] == lock() and PYTHON.exists() else None
    except (OSError, ValueError, KeyError):
        return None


def driver_extra():
    """Return the extra with the CuPy that this machine's NVIDIA driver runs, if it has one."""
    if not shutil.which("nvidia-smi"):
        return set()
    report = subprocess.run(["nvidia-smi"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    found = re.search(rb"CUDA[\w ]* Version:\s*(\d+)", report.stdout)
    major = int(found.group(1)) if found else 0
    return {"gpu"} if major > 12 else {"gpu12"} if major == 12 else set()


def compiler_extra():
    """Return the extra with a C++ compiler, which the emulated GPU uses, if there is none here."""
    return set() if any(map(shutil.which, COMPILERS)) else {"emulator"}


def make_venv(progress):
    """Make .venv, or keep the one there if its Python runs and is new enough."""
    check = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    if not PYTHON.exists() or subprocess.call([PYTHON, "-c", check], stderr=subprocess.DEVNULL):
        if VENV.exists():
            aside = VENV.with_name(f".venv-old-{time.time():.0f}")
            VENV.rename(aside)
            say(f"{VENV.name} did not run; it is now {aside.name}, and yours to delete.")
        progress.doing = f"Making {VENV.name}"
        follow([sys.executable, "-m", "venv", "--without-pip", VENV], progress)
    for package in installed():
        if not (package / "INSTALLER").exists():  # written last: pip was stopped in the middle
            shutil.rmtree(package)
    if not list(VENV.glob(PACKAGES + "/pip-*.dist-info")):
        follow([PYTHON, "-m", "ensurepip"], progress)


def install(extras, progress):
    """Install the course with these extras, at the versions of the lock."""
    target = f".[{','.join(sorted(extras))}]" if extras else "."
    pip = [PYTHON, "-m", "pip", "install", "--no-input", "--progress-bar=off"]
    follow([*pip, "--disable-pip-version-check", "-c", "constraints.txt", "-e", target], progress)
    settings = VENV / "etc/jupyter/labconfig/page_config.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    news = "@jupyterlab/apputils-extension:announcements"  # asks a server at every start
    settings.write_text(json.dumps({"disabledExtensions": {news: True}}))


def set_up(extras):
    """Bring .venv to the lock with at least these extras; no work where the stamp says it is."""
    have = finished()
    if have is not None and extras <= have:
        return
    if have is None and VENV.exists():
        say("An earlier set-up did not finish or is out of date: completing it.")
    say(f"Setting up the course in {VENV} (once, some minutes).")
    extras = extras | (have or set())
    with Progress() as progress:
        STAMP.unlink(missing_ok=True)
        make_venv(progress)
        install(extras, progress)
        STAMP.write_text(json.dumps({"lock": lock(), "extras": sorted(extras)}))
    say(f"Set up in {time.monotonic() - progress.began:.0f} s.")


def hand_over(*arguments):
    """Go on as .venv's Python, with .venv's programs first on the path."""
    path = os.pathsep.join([str(PYTHON.parent), os.environ.get("PATH", "")])
    environment = dict(os.environ, VIRTUAL_ENV=str(VENV), PATH=path)
    command = [str(PYTHON), *map(str, arguments)]
    if WINDOWS:  # where exec would return to the prompt at once
        sys.exit(subprocess.call(command, env=environment))
    os.execve(PYTHON, command, environment)


def is_free(port):
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def choose_port(wanted):
    """Return the port asked for, or else the first free one from 8888 on."""
    if wanted is not None:
        if not (0 < wanted < 65536 and is_free(wanted)):
            raise Problem(f"port {wanted} is taken or not allowed: name another, or leave it out")
        return wanted
    port = next(port for port in range(FIRST_PORT, 65536) if is_free(port))
    if port != FIRST_PORT:
        say(f"Port {FIRST_PORT} is taken: using {port}.")
    return port


def lab(options, rest):
    """Open JupyterLab on the first lesson, for this machine only."""
    port = choose_port(options.port)
    set_up(driver_extra() | compiler_extra())
    flags = [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    flags += ["--no-browser"] if options.no_browser else []
    hand_over("-m", "dlcourse", "lab", "--", *flags, *rest)


def test(options, rest):
    """Run the tests, or the parts that are named."""
    runpy.run_path(str(ROOT / "tests/run.py"))["read_arguments"](rest)  # refused before a set-up
    set_up({"test", "mpi", "emulator"} | (driver_extra() or {"gpu"}))
    hand_over(ROOT / "tests/run.py", *rest)


def library(options, rest):
    """Leave the command to the library."""
    set_up(driver_extra())
    hand_over("-m", "dlcourse", options.command, *rest)


def read_arguments():
    parser = argparse.ArgumentParser(prog="course.py", description="Set up and run the course.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("lab", help="open the course in JupyterLab")
    command.add_argument("--port", type=int, help=f"default: the first free one from {FIRST_PORT}")
    command.add_argument("--no-browser", action="store_true", help="print the address only")
    command.set_defaults(run=lab)
    for name, run, what in [
        ("test", test, "run the tests, or the parts you name"),
        ("doctor", library, "say what this machine has and what runs on it"),
        ("refresh", library, "execute notebooks again and store their outputs"),
        ("html", library, "write the lessons as web pages"),
    ]:
        commands.add_parser(name, help=what, add_help=False).set_defaults(run=run)
    return parser.parse_known_args()


def main():
    if sys.version_info < OLDEST:
        newer = filter(shutil.which, ["python3.13", "python3.12", "python3.11"])
        way = f"run it with {next(newer, 'a newer one, from python.org')}"
        raise Problem(f"Python {sys.version.split()[0]} is too old, 3.11 is the oldest: {way}")
    options, rest = read_arguments()
    options.run(options, rest)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\ncourse.py: stopped; the same command goes on from here")
    except Problem as problem:
        sys.exit(f"course.py: {problem}")
    except OSError as error:
        sys.exit(f"course.py: {way_out(str(error))}")
