"""The rules of the house, read off the source: who may import whom, and what stays small.

Start here to learn how the library hangs together. A room may import itself and the rooms
to its left; heavy libraries are imported where they are used, not where a module begins.
"""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ["units", "trace", "timing", "hardware", "conv", "gpu", "cluster", "plan", "parallel"]
LAYERS += ["draw", "widgets", "course", "grading", "__main__"]
NOTEBOOK_LIBRARIES = {"IPython", "ipywidgets", "anywidget"}  # only in widgets/ and course/
HEAVY = {
    "torch",
    "cupy",
    "matplotlib",
    "sklearn",
    "scipy",
    "nbformat",
    "nbclient",
    "nbconvert",
    "tqdm",
}
MODULES = sorted((ROOT / "dlcourse").rglob("*.py"))


def room(path):
    """The room a module stands in: its first folder under dlcourse, or its own name."""
    return path.relative_to(ROOT / "dlcourse").parts[0].removesuffix(".py")


def imports(tree):
    """Yield (top-level?, dotted name) for every import in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node in tree.body, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node in tree.body, "." * node.level + (node.module or "")


def functions(tree):
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def public(tree):
    """Public functions and classes of a module, methods of public classes left to their class."""
    kinds = ast.FunctionDef | ast.ClassDef
    return [n for n in tree.body if isinstance(n, kinds) and not n.name.startswith("_")]


@pytest.fixture(params=MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def module(request):
    return request.param, ast.parse(request.param.read_text(encoding="utf8"))


def test_imports_point_downwards(module):
    path, tree = module
    here = room(path)
    for _, name in imports(tree):
        assert not name.startswith("."), f"{name}: write imports in full"
        top, *rest = name.split(".")
        assert top not in {"lessons", "solutions", "exercises", "tests", "benchmarks"}
        if top == "dlcourse" and rest and here != "__init__":
            assert LAYERS.index(rest[0]) <= LAYERS.index(here), f"{here} imports {name}"


def test_heavy_libraries_are_imported_where_used(module):
    path, tree = module
    for at_top, name in imports(tree):
        top = name.split(".")[0]
        assert not (at_top and top in HEAVY), f"{name} at the top of {path.name}"
        if room(path) not in {"widgets", "course"}:
            assert top not in NOTEBOOK_LIBRARIES, f"{name} outside widgets/ and course/"


def test_nothing_is_star_imported_and_packages_are_empty(module):
    path, tree = module
    assert not any(
        alias.name == "*"
        for n in ast.walk(tree)
        if isinstance(n, ast.ImportFrom)
        for alias in n.names
    )
    if path.name == "__init__.py":
        assert len(tree.body) == 1 and ast.get_docstring(tree)


def test_modules_and_functions_fit_in_the_head(module):
    path, tree = module
    assert path.read_text(encoding="utf8").count("\n") <= 300
    for node in functions(tree):
        lines = node.end_lineno - node.lineno + 1
        docstring = (
            node.body[0].end_lineno - node.body[0].lineno + 1 if ast.get_docstring(node) else 0
        )
        assert lines - docstring <= 40, f"{node.name} has {lines - docstring} lines"


def test_public_names_are_documented_with_an_example(module):
    _, tree = module
    for node in public(tree):
        text = ast.get_docstring(node) or ""
        assert text, f"{node.name} has no docstring"
        if isinstance(node, ast.FunctionDef):
            assert ">>>" in text, f"{node.name} has no runnable example"


def test_modules_say_what_they_are_for(module):
    assert ast.get_docstring(module[1])


def test_set_up_script_needs_the_standard_library_only():
    tree = ast.parse((ROOT / "course.py").read_text(encoding="utf8"), feature_version=(3, 6))
    assert {name.split(".")[0] for _, name in imports(tree)} <= sys.stdlib_module_names
