"""What the course needs, written down once: pyproject.toml leads, the other two files follow."""

import ast
import contextlib
import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
NEEDED = [Requirement(line) for line in PROJECT["dependencies"]]
EXTRA = [Requirement(line) for lines in PROJECT["optional-dependencies"].values() for line in lines]
CONDA = {"torch": "pytorch", "matplotlib": "matplotlib-base"}  # conda's names where they differ


def pins():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf8").splitlines()
    return [Requirement(line) for line in lines if not line.startswith("#")]


PINNED = {canonicalize_name(pin.name): pin for pin in pins()}


def needs(requirement, seen):
    """Collect the names of all packages that a requirement brings to this machine."""
    name = canonicalize_name(requirement.name)
    if (name, *requirement.extras) in seen:
        return
    seen.add((name, *requirement.extras))
    try:
        brings = distribution(name).requires or []
    except PackageNotFoundError:  # an extra that is not installed here
        return
    for below in map(Requirement, brings):
        extras = requirement.extras or {""}
        if below.marker is None or any(below.marker.evaluate({"extra": e}) for e in extras):
            needs(below, seen)


def test_the_lock_pins_all_that_gets_installed():
    seen = set()
    for requirement in [*NEEDED, *EXTRA]:
        needs(requirement, seen)
    names = {name for name, *_ in seen}
    assert len(names) > 100, "pytest does not run in the course's own environment"
    assert names <= set(PINNED), f"not in constraints.txt: {sorted(names - set(PINNED))}"


@pytest.mark.parametrize("requirement", [*NEEDED, *EXTRA], ids=str)
def test_the_lock_keeps_to_the_bounds(requirement):
    (pin,) = PINNED[canonicalize_name(requirement.name)].specifier
    assert pin.operator == "==" and requirement.specifier.contains(pin.version)


def test_the_lock_is_plain():
    assert len(PINNED) == len(pins()), "a package is pinned twice"
    for pin in pins():
        assert re.fullmatch(r"==[^+*,]+", str(pin.specifier)), f"{pin}: one version, no build"
    assert str(PINNED["torch"].specifier) == "==2.13.0"


def installed():
    """Yield (pin, distribution) for what of the lock is installed here."""
    for name, pin in PINNED.items():
        with contextlib.suppress(PackageNotFoundError):
            yield pin, distribution(name)


def test_what_is_installed_here_is_the_lock():
    for pin, found in installed():
        version = found.version.split("+")[0]
        assert pin.specifier.contains(version), f"{pin} in the lock, {version} here"


def test_the_lock_suits_the_oldest_python():
    oldest = PROJECT["requires-python"].removeprefix(">=") + ".0"
    for pin, found in installed():
        needs = SpecifierSet(found.metadata["Requires-Python"] or "")
        assert needs.contains(oldest), f"{pin} needs Python {needs}"


def test_conda_users_get_the_same():
    lines = (ROOT / "environment.yml").read_text(encoding="utf8").splitlines()
    listed = {line.removeprefix("  - ") for line in lines if line.startswith("  - ")}
    expected = {f"{CONDA.get(need.name, need.name)}{need.specifier}" for need in NEEDED}
    expected |= {f"python{PROJECT['requires-python']}", "conda-forge", "pip", "pip:"}
    assert listed == expected
    assert "      - -e ." in lines


def imported():
    """Yield (file, top-level name) for all that the library imports from elsewhere."""
    for path in sorted((ROOT / "dlcourse").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            yield from ((path.name, name.split(".")[0]) for name in names)


def test_imports_are_declared():
    """A package that only comes along with another may leave with it, too."""
    declared = {canonicalize_name(need.name) for need in [*NEEDED, *EXTRA]}
    providers = packages_distributions()
    undeclared = {
        f"{top} ({path})"
        for path, top in imported()
        if top not in sys.stdlib_module_names | {"dlcourse"}
        and not declared & {canonicalize_name(name) for name in providers.get(top, [top])}
    }
    assert not undeclared, f"not in pyproject.toml: {', '.join(sorted(undeclared))}"
