"""course.py at work in a folder with a space in its name, with a pip that answers at once."""

import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYTHON = """#!/bin/sh
cd "$(dirname "$0")/../.."
echo "$@" >> called
case "$*" in
    *"pip install"*) cat pip-says; exit $(cat pip-exits) ;;
    *dlcourse*) echo the library speaks ;;
esac
"""
NO_NETWORK = {  # what pip is told so that it finds nothing, quickly
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_EXTRA_INDEX_URL": "",
    "PIP_FIND_LINKS": "",
    "PIP_RETRIES": "1",
    "PIP_NO_CACHE_DIR": "1",
}


class Course:
    """A copy of the set-up in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(exist_ok=True)
        for name in ("course.py", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, folder)
        (folder / "tests").mkdir(exist_ok=True)
        shutil.copy(ROOT / "tests/run.py", folder / "tests")

    def fake(self, pip_says="", pip_exits=0):
        """Put a .venv there whose Python writes down how it was called."""
        (self.folder / ".venv/bin").mkdir(parents=True, exist_ok=True)
        python = self.folder / ".venv/bin/python"
        python.write_text(PYTHON)
        python.chmod(0o755)
        (self.folder / "pip-says").write_text(pip_says)
        (self.folder / "pip-exits").write_text(str(pip_exits))

    def run(self, *arguments, **options):
        (self.folder / "called").unlink(missing_ok=True)
        command = [options.pop("python", sys.executable), "course.py", *arguments]
        return subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=60, **options
        )

    def called(self, what):
        """The calls of .venv's Python that contain `what`."""
        calls = self.folder / "called"
        return [c for c in calls.read_text().splitlines() if what in c] if calls.exists() else []

    def module(self):
        """course.py as a module, to try one function of it."""
        spec = importlib.util.spec_from_file_location("set_up_script", self.folder / "course.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path / "my course")


def only_line(done):
    """The one line that an error is."""
    (line,) = [s for s in done.stderr.splitlines() if s.startswith("course.py: ")]
    assert done.returncode == 1 and done.stderr.strip().endswith(line)
    assert "Traceback" not in done.stderr
    return line


def test_first_start_installs_and_second_does_not(course):
    course.fake()
    first = course.run("lab", "--no-browser", "--port", "18888")
    assert first.returncode == 0 and "Setting up the course" in first.stderr
    (pip,) = course.called("pip install")
    assert "-c constraints.txt" in pip
    began = time.monotonic()
    second = course.run("lab", "--no-browser", "--port", "18888")
    assert time.monotonic() - began < 3
    assert second.stderr == "" and not course.called("pip install")
    (lab,) = course.called("dlcourse lab")
    assert "-- --ServerApp.port=18888" in lab and "--no-browser" in lab


def test_news_stay_off(course):
    course.fake()
    course.run("lab")
    settings = course.folder / ".venv/etc/jupyter/labconfig/page_config.json"
    (news,) = json.loads(settings.read_text())["disabledExtensions"]
    assert "announcements" in news


def test_tests_bring_cupy_and_the_lab_keeps_it(course):
    course.fake()
    course.run("test", "unit")
    (pip,) = course.called("pip install")
    assert re.search(r"\.\[emulator,gpu(12)?,mpi,test\]", pip)
    assert course.called("tests/run.py unit")
    course.run("lab")
    assert not course.called("pip install")


def test_a_part_that_is_not_there_is_refused_before_a_set_up(course):
    course.fake()
    assert "no part nonsense: choose from style, unit" in course.run("test", "nonsense").stderr
    assert not course.called("pip install")


def test_a_new_lock_sets_up_again(course):
    course.fake()
    course.run("test")
    with (course.folder / "constraints.txt").open("a") as lock:
        lock.write("another==1.0\n")
    assert "out of date" in course.run("lab").stderr
    assert course.called("pip install")


def test_a_moved_course_sets_up_again(course):
    course.fake()
    course.run("lab")
    course.folder = course.folder.rename(course.folder.with_name("elsewhere"))
    course.run("lab")
    assert course.called("pip install")


def test_half_finished_set_up_is_finished_and_loses_nothing(course):
    course.fake("ERROR: gone", pip_exits=1)
    course.run("lab")
    packages = course.folder / ".venv/lib/python3.11/site-packages"
    for kept, file in [("done", "INSTALLER"), ("stopped", "METADATA")]:
        (packages / f"{kept}-1.dist-info").mkdir(parents=True)
        (packages / f"{kept}-1.dist-info" / file).touch()
    (course.folder / "my notes.txt").touch()
    (course.folder / ".venv/mine").touch()
    course.fake()
    done = course.run("lab")
    assert done.returncode == 0 and done.stderr.count("did not finish") == 1
    assert [p.name for p in packages.iterdir()] == ["done-1.dist-info"]  # pip brings the other
    assert (course.folder / "my notes.txt").exists() and (course.folder / ".venv/mine").exists()


def test_a_venv_whose_python_is_gone_is_put_aside(course, monkeypatch, capsys):
    course.fake()
    (course.folder / ".venv/mine").touch()
    python = course.folder / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    script, followed = course.module(), []
    monkeypatch.setattr(script, "follow", lambda command, progress: followed.append(command))
    script.make_venv(script.Progress())
    (aside,) = course.folder.glob(".venv-old-*")
    assert (aside / "mine").exists() and aside.name in capsys.readouterr().err
    assert followed[0][1:3] == ["-m", "venv"]


@pytest.mark.parametrize(
    ("pip_says", "way_out"),
    [
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on "
            "device\n",
            "the disk is full: free",
        ),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: "
            "'/opt/x'\n",
            "copy the course to one of your own",
        ),
        (
            "ERROR: Could not find a version that satisfies the requirement torch>=2.11 (from "
            "dlcourse) (from versions: none)\nERROR: No matching distribution found for "
            "torch>=2.11\n",
            "torch has no build for this Python",
        ),
        ("/usr/bin/python3: No module named ensurepip\n", "apt install python3-venv"),
        ("ERROR: something new\n", "the last it printed is above"),
    ],
    ids=["disk full", "not writable", "no build", "no venv", "unknown"],
)
def test_failed_installs_say_the_way_out(course, pip_says, way_out):
    course.fake(pip_says, pip_exits=1)
    done = course.run("lab")
    assert way_out in only_line(done)
    assert ("something new" in done.stderr) == ("something new" in pip_says)
    assert not (course.folder / ".venv/dlcourse.json").exists()


def test_no_network_is_said_by_the_real_pip(course):
    done = course.run("lab", env={**os.environ, **NO_NETWORK})
    assert "no network: " in only_line(done)
    assert (course.folder / ".venv/bin/python").exists()


def test_a_full_disk_is_said_outside_pip_too(course, monkeypatch):
    script = course.module()
    assert "disk is full" in script.way_out(str(OSError(28, os.strerror(28))))


def test_old_python_gets_a_sentence(course, monkeypatch):
    script = course.module()
    monkeypatch.setattr(sys, "version_info", (3, 10, 9))
    with pytest.raises(script.Problem, match=r"too old, 3\.11 is the oldest: run it with"):
        script.main()


def test_taken_ports(course, monkeypatch, capsys):
    script = course.module()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(script.Problem, match=f"port {port} is taken"):
            script.choose_port(port)
        monkeypatch.setattr(script, "FIRST_PORT", port)
        assert script.choose_port(None) > port
        assert f"Port {port} is taken: using" in capsys.readouterr().err
    assert script.choose_port(port) == port
    with pytest.raises(script.Problem, match="not allowed"):
        script.choose_port(70_000)


@pytest.mark.parametrize(
    ("report", "extra"),
    [
        ("| NVIDIA-SMI 580.65   Driver Version: 580.65   CUDA Version: 13.0  |", {"gpu"}),
        ("| NVIDIA-SMI 535.104  Driver Version: 535.104  CUDA Version: 12.2  |", {"gpu12"}),
        ("| NVIDIA-SMI 470.82   Driver Version: 470.82   CUDA Version: 11.4  |", set()),
        ("NVIDIA-SMI has failed because it couldn't communicate with the driver.", set()),
    ],
)
def test_cupy_follows_the_driver(course, monkeypatch, report, extra):
    smi = course.folder / "nvidia-smi"
    smi.write_text(f'#!/bin/sh\necho "{report}"\n')
    smi.chmod(0o755)
    monkeypatch.setenv("PATH", str(course.folder), prepend=os.pathsep)
    assert course.module().driver_extra() == extra


def test_a_compiler_is_brought_where_there_is_none(course, monkeypatch):
    course.fake()
    script = course.module()
    monkeypatch.setattr(script.shutil, "which", lambda name: None)
    assert script.compiler_extra() == {"emulator"}
    monkeypatch.setattr(script.shutil, "which", lambda name: "/usr/bin/c++")
    assert script.compiler_extra() == set()


def test_the_library_gets_its_commands_and_a_clean_stdout(course):
    course.fake()
    done = course.run("doctor", "--json")
    assert done.stdout == "the library speaks\n"
    assert course.called("-m dlcourse doctor --json")


def able(python):
    """Whether an ordinary user may run this Python."""
    check = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        return subprocess.run(check, user=65534, group=65534, cwd="/").returncode == 0
    except OSError:
        return False


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become an ordinary user")
def test_root_can_set_up_and_an_ordinary_user_too():
    pythons = [sys.executable, shutil.which("python3", path="/usr/bin:/usr/local/bin")]
    python = next((python for python in pythons if python and able(python)), None)
    if python is None:
        pytest.skip("no Python here that an ordinary user may run")
    nobody = {"python": python, "user": 65534, "group": 65534, "extra_groups": []}
    with tempfile.TemporaryDirectory() as folder:
        course = Course(Path(folder, "my course"))
        course.fake()
        course.run("lab")
        assert course.called("dlcourse lab")
        Path(folder).chmod(0o755)
        (course.folder / ".venv/dlcourse.json").unlink()
        assert "cannot be written to" in only_line(course.run("lab", **nobody))
        for path in [course.folder, *course.folder.rglob("*")]:
            os.chown(path, 65534, 65534)
        assert course.run("lab", **nobody).returncode == 0
        assert course.called("dlcourse lab")
