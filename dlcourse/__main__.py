"""The command line, `python -m dlcourse`: one short handler a command, imports when it runs."""

import argparse
import os
import sys
from pathlib import Path

from dlcourse.grading.notebooks import NotebookFailed, trust
from dlcourse.grading.release import MarkerError

ROOT = Path(__file__).resolve().parent.parent
FIRST_LESSON = "lessons/00_start_here.ipynb"
QUIET = (  # ask no server for news or updates
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
)


def _lab(options):
    """Start JupyterLab on the first lesson, for this machine only."""
    from jupyterlab.labapp import main as jupyterlab

    if not (ROOT / FIRST_LESSON).exists():
        raise SystemExit(f"no {FIRST_LESSON} in {ROOT}: start dlcourse from a clone of the course")
    trust(ROOT.glob("lessons/*.ipynb"))
    where = [f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url=/lab/tree/{FIRST_LESSON}"]
    where.append("--ServerApp.ip=127.0.0.1")
    if getattr(os, "geteuid", lambda: None)() == 0:
        where.append("--allow-root")  # as in a container
    return jupyterlab([*where, *QUIET, *options.jupyter])


def _doctor(options):
    """Say what this machine is, how fast, and what runs on it."""
    from dlcourse.course.machine import report

    machine = report(fresh=options.fresh)
    print(machine.to_json() if options.json else machine)


def _refresh(options):
    """Run notebooks and store their outputs."""
    from dlcourse.grading.notebooks import refresh

    refresh(options.paths)


def _release(options):
    """Make the exercises from their solutions."""
    from dlcourse.grading.release import release

    stale = release(check=options.check)
    print(*stale, sep="\n", end="\n" if stale else "")
    return 1 if options.check and stale else 0


def _html(options):
    """Write lessons and exercises as web pages that need no kernel."""
    from dlcourse.course.export import export

    print(*export(options.out), sep="\n")


def _parser():
    parser = argparse.ArgumentParser(prog="dlcourse", description="The course's command line.")
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(handler):
        name, help = handler.__name__.removeprefix("_"), handler.__doc__
        verb = verbs.add_parser(name, help=help, description=help)
        verb.set_defaults(handler=handler)
        return verb.add_argument

    command(_lab)("jupyter", nargs="*", help="options for JupyterLab, after --")
    option = command(_doctor)
    option("--json", action="store_true", help="for programs: base units, null is unknown")
    option("--fresh", action="store_true", help="measure again")
    command(_refresh)("paths", nargs="*", type=Path, help="notebooks; none: all")
    command(_release)("--check", action="store_true", help="write nothing; fail if one is stale")
    command(_html)("--out", type=Path, default=Path("build/html"), help="folder (build/html)")
    return parser


def main(arguments=None):
    """Run one command; without any, print the help.

    Args:
        arguments: list of str, as typed after `dlcourse`; None: the process's own.

    Returns:
        An exit status: None or 0 when all went well.

    Raises:
        SystemExit: with a sentence, when a file or a notebook stops the command.

    >>> main([])  # doctest: +ELLIPSIS
    usage: dlcourse ...
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if "handler" not in options:
        return parser.print_help()
    try:
        return options.handler(options)
    except (OSError, NotebookFailed, MarkerError) as problem:
        raise SystemExit(f"dlcourse: {problem}") from None


if __name__ == "__main__":
    sys.exit(main())
