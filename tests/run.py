"""Run the tests part by part: `python3 course.py test [PART ...] [--gpu] [-v]`.

Each part is one or more processes and ends in one line; what it printed is shown when it fails.
The last line counts all, `tests: N passed, M failed`; a part without a single test has failed.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parent.parent
OWN_PART = {
    "house": ["tests/test_house.py", "tests/test_notebooks.py"],
    "exercises": ["tests/test_release.py", "tests/test_mutants.py"],
    "browser": ["tests/browser"],
}
RUFF = [[sys.executable, "-m", "ruff", *how, "."] for how in (["check"], ["format", "--check"])]
TWO = ["-n", "2"]  # workers
BY_FILE = [*TWO, "--dist", "loadfile"]  # a notebook's cells share a kernel, a file's tests set-ups
NBVAL = ["--nbval", "--nbval-current-env"]
NBVAL += ["--nbval-cell-timeout=50"]  # gives up a hung or dead kernel in that and up to 6 s
PYTEST = {
    "unit": [
        *BY_FILE,
        "tests",
        *(f"--ignore={path}" for paths in OWN_PART.values() for path in paths),
    ],
    "doctest": [*BY_FILE, "--doctest-modules", "dlcourse"],
    "house": OWN_PART["house"],
    "exercises": [*TWO, *OWN_PART["exercises"]],
    "notebooks": [*NBVAL, *BY_FILE, "lessons", "solutions"],
    "browser": OWN_PART["browser"],
}
PARTS = ["style", *PYTEST]  # the part gpu, tests marked so, is asked for by --gpu
WHY_NO_GPU = "from dlcourse.gpu.cuda import why_not; print(why_not() or '')"
CHROMIUMS = ["chromium", "chromium-browser", "google-chrome", "chrome"]


def run(command, verbose):
    """Run a command; return its exit status and, unless it was shown at once, what it printed."""
    pipe = {} if verbose else {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, text=True, **pipe)
    return done.returncode, done.stdout or ""


def counts(report):
    """Return (passed, failed, skipped) as a JUnit report has them."""
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    tests, failures, errors, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites)
        for name in ("tests", "failures", "errors", "skipped")
    )
    return tests - failures - errors - skipped, failures + errors, skipped


def style(verbose):
    """Run ruff's two checks, which count as two tests."""
    results = [run(command, verbose) for command in RUFF]
    failed = sum(status != 0 for status, _ in results)
    return (len(results) - failed, failed, 0), "".join(printed for _, printed in results)


def pytest(name, verbose, tests=None):
    """Run a part under pytest; one that broke off, or holds no test, counts as one failure."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}"]
        status, printed = run([*command, *(tests or PYTEST[name])], verbose)
        passed, failed, skipped = counts(report) if report.exists() else (0, 0, 0)
    if not failed and (status != 0 or not passed):
        failed = 1
    return (passed, failed, skipped), printed


def find_chromium():
    """Return a Chromium: $CHROMIUM, one on the path, or, for root on Debian, a fresh one."""
    names = [os.environ.get("CHROMIUM") or "chromium", *CHROMIUMS]
    found = next(filter(None, map(shutil.which, names)), None)
    if found or not shutil.which("apt-get") or os.geteuid() != 0:
        return found
    print("No Chromium: installing Debian's (some minutes).", flush=True)
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for step in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", "-qq", *step], stdin=subprocess.DEVNULL, env=quiet)
    return shutil.which("chromium")


def browser(verbose):
    """Run the browser part, which needs a Chromium."""
    chromium = find_chromium()
    if not chromium:
        hint = "No Chromium: install one (Debian: apt install chromium), or set CHROMIUM to yours."
        return (0, 1, 0), hint
    os.environ["CHROMIUM"] = chromium
    return pytest("browser", verbose)


def gpu(verbose):
    """Run the tests marked gpu; where there is no GPU, say why instead."""
    options = {"cwd": ROOT, "stdin": subprocess.DEVNULL, "text": True, "capture_output": True}
    asked = subprocess.run([sys.executable, "-c", WHY_NO_GPU], **options)
    if asked.returncode != 0:
        return (0, 1, 0), asked.stderr
    if why := asked.stdout.strip():
        return (0, 0, 1), why
    return pytest("gpu", verbose, gpu_tests())


def gpu_tests():
    """Return the options and files of the part gpu: other files may need what a node lacks."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return ["-m", "gpu", *(str(f) for f in files if "mark.gpu" in f.read_text(encoding="utf8"))]


def run_part(name, verbose):
    """Run one part; return its counts, its line for the table, and what it printed."""
    print(f"{name:<10}", end="\n" if verbose else "", flush=True)
    began = time.monotonic()
    part = {"style": style, "browser": browser, "gpu": gpu}.get(name, partial(pytest, name))
    (passed, failed, skipped), printed = part(verbose)
    line = f"{passed:>5} passed {failed:>5} failed {time.monotonic() - began:7.1f} s"
    line += f"  ({skipped} skipped)" if skipped else ""
    line += f": {printed}" if not passed + failed else ""
    print(f"{name:<10}{line}" if verbose else line, flush=True)
    return passed, failed, f"{name:<10}{line}", printed


def read_arguments(arguments=None):
    parser = argparse.ArgumentParser(prog="course.py test", description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--gpu", action="store_true", help="run the tests that need a GPU instead")
    parser.add_argument("-v", "--verbose", action="store_true", help="show what the parts print")
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}: choose from {', '.join(PARTS)}")
    return options


def main():
    options = read_arguments()
    table, total = [], [0, 0]
    for name in ["gpu"] if options.gpu else options.parts or PARTS:
        passed, failed, line, printed = run_part(name, options.verbose)
        table.append(line)
        total = [total[0] + passed, total[1] + failed]
        if failed:
            print(printed, flush=True)
    if total[1] or options.verbose:  # what was printed in between pulled the lines apart
        print("", *table, sep="\n")
    print(f"tests: {total[0]} passed, {total[1]} failed", flush=True)
    return total[1] > 0


if __name__ == "__main__":
    sys.exit(main())
