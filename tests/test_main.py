"""The command line hands every command to the library, and says what to do when it can't."""

import json
import os
import re

import jupyterlab.labapp
import nbformat
import nbformat.v4 as v4
import pytest
from nbformat.sign import NotebookNotary

import dlcourse.__main__ as command_line
import dlcourse.course.export
import dlcourse.course.machine
import dlcourse.grading.notebooks
import dlcourse.grading.release

SVG = v4.new_output("display_data", data={"image/svg+xml": "<svg></svg>"})


@pytest.fixture
def calls(monkeypatch):
    """Replace what the commands call by a list that keeps the arguments."""
    made = []
    for module, name in (
        (jupyterlab.labapp, "main"),
        (dlcourse.grading.notebooks, "refresh"),
        (dlcourse.grading.release, "release"),
        (dlcourse.course.export, "export"),
    ):
        keep = lambda *a, name=name, **k: made.append((name, a, k)) or []  # noqa: E731
        monkeypatch.setattr(module, name, keep)
    return made


def test_without_a_command_the_help_lists_them_all(capsys):
    command_line.main([])
    listed = re.findall(r"^    (\w+) ", capsys.readouterr().out, re.M)
    assert listed == ["lab", "doctor", "refresh", "release", "html"]


def test_paths_and_options_arrive(calls, tmp_path):
    command_line.main(["refresh", "a.ipynb", "b.ipynb"])
    command_line.main(["release", "--check"])
    command_line.main(["html", "--out", str(tmp_path)])
    (_, (paths,), _), (_, _, check), (_, (out,), _) = calls
    assert [p.name for p in paths] == ["a.ipynb", "b.ipynb"]
    assert check == {"check": True} and out == tmp_path


def test_lab_opens_the_first_lesson_with_the_options_given(calls, monkeypatch, tmp_path):
    monkeypatch.setattr(command_line, "ROOT", tmp_path)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "lessons").mkdir()
    lesson = v4.new_notebook(cells=[v4.new_code_cell("1 + 1", outputs=[SVG])])
    nbformat.write(lesson, tmp_path / command_line.FIRST_LESSON)
    assert not NotebookNotary().check_signature(lesson)
    command_line.main(["lab", "--", "--port=9999"])
    ((_, (arguments,), _),) = calls
    assert f"--ServerApp.root_dir={tmp_path}" in arguments and arguments[-1] == "--port=9999"
    assert "--LabApp.default_url=/lab/tree/lessons/00_start_here.ipynb" in arguments
    assert "--ServerApp.ip=127.0.0.1" in arguments
    assert NotebookNotary().check_signature(lesson)  # its drawings show before it is run


@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_lab_allows_root_where_it_is_root(calls, monkeypatch, tmp_path, user, allowed):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    command_line.main(["lab"])
    ((_, (arguments,), _),) = calls
    assert ("--allow-root" in arguments) == allowed


def test_lab_without_lessons_says_the_way_out(calls, monkeypatch, tmp_path):
    monkeypatch.setattr(command_line, "ROOT", tmp_path)
    with pytest.raises(SystemExit, match=r"no lessons/00.*start dlcourse from a clone"):
        command_line.main(["lab"])
    assert not calls


def test_what_stops_a_command_is_said_in_a_line(tmp_path):
    with pytest.raises(SystemExit, match=r"^dlcourse: .*No such file.*gone.ipynb"):
        command_line.main(["refresh", str(tmp_path / "gone.ipynb")])


def test_a_stale_exercise_fails_the_check_only(monkeypatch, tmp_path):
    monkeypatch.setattr(dlcourse.grading.release, "release", lambda check: [tmp_path])
    assert command_line.main(["release", "--check"]) == 1
    assert command_line.main(["release"]) == 0


def test_doctor_prints_nothing_but_json_on_stdout(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path)
    monkeypatch.setattr("dlcourse.course.measure.copy_bytes_per_s", lambda *_: 1e10)
    monkeypatch.setattr("dlcourse.course.measure.product_flop_per_s", lambda *_: 1e11)
    command_line.main(["doctor", "--json"])
    first = capsys.readouterr()
    assert json.loads(first.out)["speeds"][0]["balance_flop_per_byte"] == 10
    assert "measuring this machine" in first.err
    command_line.main(["doctor", "--json"])
    assert capsys.readouterr() == (first.out, "")  # from the cache: the same, and no bar
    command_line.main(["doctor"])
    assert "What runs here" in capsys.readouterr().out
