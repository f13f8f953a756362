"""The runner counts what happened, and nothing that went wrong counts as passed."""

import os
import re

import pytest
import run

TESTS = {
    "good": "def test_one(): pass\ndef test_two(): pass",
    "mixed": "import pytest\ndef test_one(): pass\ndef test_two(): assert 0\n"
    "def test_skip(): pytest.skip()",
    "skipped": "import pytest\ndef test_skip(): pytest.skip()",
    "empty": "",
    "unimportable": "import nowhere",
    "killed": "import os\ndef test_one(): os._exit(0)",
}
CONFTEST = "def pytest_configure(config): config.addinivalue_line('markers', 'gpu: a GPU')"


@pytest.fixture
def parts(tmp_path, monkeypatch):
    """Parts of one small file each instead of the real ones."""
    for name, text in TESTS.items():
        (tmp_path / f"test_{name}.py").write_text(text)
        monkeypatch.setitem(run.PYTEST, name, [str(tmp_path / f"test_{name}.py")])
    monkeypatch.setattr(run, "PARTS", list(TESTS))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # they take seconds to load


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("good", (2, 0, 0)),
        ("mixed", (1, 1, 1)),
        ("skipped", (0, 1, 1)),
        ("empty", (0, 1, 0)),
        ("unimportable", (0, 1, 0)),
        ("killed", (0, 1, 0)),
    ],
)
def test_counts(parts, name, counts):
    assert run.pytest(name, verbose=False)[0] == counts


def test_the_last_line_counts_all(parts, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["run.py", "good", "mixed"])
    assert run.main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "tests: 3 passed, 1 failed"
    assert re.fullmatch(r"mixed +1 passed +1 failed +[\d.]+ s +\(1 skipped\)", lines[-2])
    assert any("test_two" in line for line in lines), "what failed is not shown"
    monkeypatch.setattr("sys.argv", ["run.py", "good"])
    assert not run.main()
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_an_unknown_part_is_refused(parts, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["run.py", "godo"])
    with pytest.raises(SystemExit):
        run.main()
    assert "no part godo: choose from good, mixed" in capsys.readouterr().err


def test_the_gpu_part_runs_marked_tests_or_says_why_not(parts, tmp_path, monkeypatch, capsys):
    (tmp_path / "tests").mkdir()
    marked = "import pytest\ndef test_any(): assert 0\n@pytest.mark.gpu\ndef test_real(): pass"
    (tmp_path / "tests" / "test_marked.py").write_text(marked)
    (tmp_path / "tests" / "test_unmarked.py").write_text("import nowhere")
    (tmp_path / "conftest.py").write_text(CONFTEST)
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["run.py", "--gpu"])
    monkeypatch.setattr(run, "WHY_NO_GPU", "print('')")
    assert not run.main()
    assert capsys.readouterr().out.splitlines()[-1] == "tests: 1 passed, 0 failed"
    monkeypatch.setattr(run, "WHY_NO_GPU", "print('no GPU here')")
    assert not run.main()
    line, last = capsys.readouterr().out.splitlines()
    assert line.endswith("(1 skipped): no GPU here") and last == "tests: 0 passed, 0 failed"
    monkeypatch.setattr(run, "WHY_NO_GPU", "import nowhere")
    assert run.main()
    assert "No module named 'nowhere'" in capsys.readouterr().out


def test_chromium_is_found_or_installed_or_asked_for(tmp_path, monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    (_, failed, _), hint = run.browser(verbose=False)
    assert failed and "apt install chromium" in hint
    apt = tmp_path / "apt-get"
    apt.write_text(f"#!/bin/sh\n[ $2 = update ] || /bin/cp {apt} {tmp_path}/chromium\n")
    apt.chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert run.find_chromium() is None, "only root may install"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert run.find_chromium() == f"{tmp_path}/chromium"
    monkeypatch.setenv("CHROMIUM", str(apt))
    assert run.find_chromium() == str(apt)
