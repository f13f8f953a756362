"""The machine report: right where it can know, silent where it cannot, and never in the way."""

import dataclasses
import inspect
import json
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import numpy as np
import platformdirs
import pytest
from nbclient import NotebookClient

from dlcourse.course import machine, measure, probe
from dlcourse.course.machine import report
from dlcourse.course.measure import Speed

SPEEDS = (Speed(1, 1e10, 1e11, 5e10), Speed(2, 2e10, 2e11, 1e11))
GPU = probe.Gpu("NVIDIA Test", 24 * 2**30, "8.6", "570.1", "12.8")
PROBES = [
    name
    for name, function in inspect.getmembers(probe, inspect.isfunction)
    if name.startswith("_") and function.__module__ == probe.__name__
]


@pytest.fixture(autouse=True)
def measured(monkeypatch, tmp_path):
    """A cache of its own, and measurements that take no time; returns the list of calls."""
    calls = []
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    monkeypatch.setattr(measure, "speeds", lambda *a, **k: calls.append(a) or SPEEDS)
    return calls


def failing(*_, **__):
    raise RuntimeError("injected")


def shapes(value):
    """The skeleton of parsed JSON: its keys, and the types of its leaves."""
    if isinstance(value, dict):
        return {key: shapes(item) for key, item in value.items()}
    return [shapes(item) for item in value] if isinstance(value, list) else type(value).__name__


def leaves(value, key=""):
    """Every (key, number) of parsed JSON."""
    items = value.items() if isinstance(value, dict) else ()
    items = [(key, item) for item in value] if isinstance(value, list) else items
    for name, item in items:
        yield from leaves(item, name)
    if isinstance(value, int | float):
        yield key, value


def test_json_keeps_its_keys(monkeypatch):
    monkeypatch.setattr(probe, "gpus", lambda: (GPU,))
    monkeypatch.setattr(probe, "compilers", lambda: (probe.Compiler("g++", "12.2"),))
    monkeypatch.setattr(machine, "features", lambda *_: (machine.Feature("arrays", "CPU", "why"),))
    data = json.loads(report().to_json())
    versions = data.pop("versions")
    assert versions.keys() == {"python", *probe.PACKAGES}
    speed = {
        "cores": "int",
        "bandwidth_bytes_per_s": "float",
        "float32_flop_per_s": "float",
        "float64_flop_per_s": "float",
        "balance_flop_per_byte": "float",
    }
    cpu = shapes(data.pop("cpu"))
    assert cpu.keys() == {f.name for f in dataclasses.fields(probe.Cpu)}
    assert shapes(data) == {
        "system": "str",
        "memory_bytes": "int",
        "speeds": [speed, speed],
        "gpus": [
            {
                "name": "str",
                "memory_bytes": "int",
                "compute_capability": "str",
                "driver": "str",
                "cuda": "str",
            }
        ],
        "compilers": [{"command": "str", "version": "str"}],
        "features": [{"name": "str", "runs_on": "str", "reason": "str"}],
    }


def test_every_number_names_its_base_unit_and_unknown_is_never_zero():
    for key, number in leaves(json.loads(report().to_json())):
        assert key.endswith(("_bytes", "_per_s", "_per_byte", "cores")), key
        assert number > 0


def test_balance_is_flop_over_bytes():
    assert [s.balance_flop_per_byte for s in report().speeds] == [10, 10]
    assert Speed(1, None, 1e9, 1e9).balance_flop_per_byte is None


def test_speed_is_measured_once_then_remembered(measured):
    assert report().to_json() == report().to_json()
    assert len(measured) == 1
    report(fresh=True)
    assert len(measured) == 2


def test_another_processor_is_measured_for_itself(measured, monkeypatch):
    report()
    monkeypatch.setattr(probe, "_cpu_model", lambda: "another processor")
    report()
    assert len(measured) == 2


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'[{"cores": 1}]',
        b'[{"cores": 1, "bandwidth_bytes_per_s": -1.0, "float32_flop_per_s": 1.0, '
        b'"float64_flop_per_s": 1.0}]',
        b'[{"cores": 1, "bandwidth_bytes_per_s": NaN, "float32_flop_per_s": 1.0, '
        b'"float64_flop_per_s": 1.0}]',
        b'[{"cores": 1, "bandwidth_bytes_per_s": "fast", "float32_flop_per_s": 1.0, '
        b'"float64_flop_per_s": 1.0}]',
    ],
)
def test_a_damaged_cache_is_measured_again(measured, tmp_path, damage):
    report()
    (file,) = (tmp_path / "cache").iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage)
    assert report().speeds == SPEEDS
    assert len(measured) == 2 and file.read_bytes() == whole


def test_a_cache_that_cannot_be_written_is_no_error(measured, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "file" / "in")
    assert report().speeds == report().speeds == SPEEDS
    assert len(measured) == 2


def test_no_probe_that_fails_stops_the_report(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "run", failing)
        patch.setattr(measure, "copy_bytes_per_s", failing)
        assert report().cpu.usable_cores >= 1
    for name in PROBES:
        monkeypatch.setattr(probe, name, failing)
    found = report()
    assert found.cpu.model is found.cpu.physical_cores is found.memory_bytes is None
    assert found.cpu.usable_cores == 1 and found.gpus == ()
    assert "memory            unknown" in repr(found) and "unknown" in found._repr_html_()
    assert json.loads(found.to_json())["memory_bytes"] is None


@pytest.mark.parametrize("name", PROBES)
def test_each_probe_may_fail_alone(monkeypatch, name):
    monkeypatch.setattr(probe, name, failing)
    assert json.loads(report().to_json())["features"]


def test_what_cannot_be_measured_is_unknown(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(measure, "copy_bytes_per_s", failing)
    monkeypatch.setattr(measure, "product_flop_per_s", failing)
    assert measure.speeds(1) == (Speed(1, None, None, None),)


def test_without_a_gpu_the_reason_is_given():
    reasons = {f.name: f.reason for f in machine.features(gpus=(), compilers=()) if not f.runs_on}
    assert reasons["GPU arrays and CUDA kernels (CuPy)"] == "no NVIDIA GPU found"
    assert "pip install ziglang" in reasons["CUDA kernels (emulated GPU)"]


def test_a_gpu_that_cupy_cannot_use_is_said(monkeypatch):
    monkeypatch.setattr(machine, "_cupy_works", lambda: False)
    monkeypatch.setattr(probe, "version", {"cupy": "14"}.get)
    assert "do not work together" in machine.features([GPU], ())[2].reason
    monkeypatch.setattr(probe, "version", {}.get)
    assert "pip install cupy-cuda12x" in machine.features([GPU], ())[2].reason
    monkeypatch.setattr(machine, "_cupy_works", lambda: True)
    monkeypatch.setattr(probe, "version", {"cupy": "14"}.get)
    assert machine.features([GPU], ())[2].runs_on == "GPU"


def test_nvidia_smi_is_read(monkeypatch):
    def smi(_, *options):
        line = "NVIDIA Test, 24576, 8.6, 570.1\n"
        return 2 * line if options else "| Driver Version: 570.1   CUDA Version: 12.8   |"

    monkeypatch.setattr(probe, "_run", smi)
    monkeypatch.setattr(machine, "features", lambda *_: ())  # would ask torch, which takes long
    assert probe.gpus() == (GPU, GPU)
    told = "NVIDIA Test, memory 24 GiB, compute capability 8.6, driver 570.1, CUDA 12.8"
    assert repr(report()).count(told) == 2


def test_cupy_is_asked_where_there_is_no_nvidia_smi(monkeypatch):
    device = {"name": b"NVIDIA Test", "totalGlobalMem": 24 * 2**30, "major": 8, "minor": 6}
    runtime = SimpleNamespace(
        driverGetVersion=lambda: 12080,
        getDeviceCount=lambda: 1,
        getDeviceProperties=lambda i: device,
    )
    monkeypatch.setitem(sys.modules, "cupy", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "cupy.cuda", SimpleNamespace(runtime=runtime))
    monkeypatch.setattr(probe.ctypes, "CDLL", lambda name: None)
    monkeypatch.setattr(probe, "_run", failing)
    assert probe.gpus() == (dataclasses.replace(GPU, driver=None),)


def test_unknown_gpu_memory_is_absent(monkeypatch):
    answers = {1: "NVIDIA Test, [N/A], 9.0, 570.1\n"}
    monkeypatch.setattr(probe, "_run", lambda *command: answers[len(command) - 2])
    assert probe.gpus() == (probe.Gpu("NVIDIA Test", None, "9.0", "570.1", None),)


@pytest.mark.parametrize(
    "quota, cores", [("max 100000", 8), ("150000 100000", 2), ("5000 100000", 1)]
)
def test_a_container_quota_limits_the_cores(monkeypatch, tmp_path, quota, cores):
    monkeypatch.setattr(probe, "CGROUP", tmp_path)
    monkeypatch.setattr(probe.os, "cpu_count", lambda: 8)
    monkeypatch.setattr(probe.os, "sched_getaffinity", lambda _: range(8), raising=False)
    (tmp_path / "cpu.max").write_text(f"{quota}\n")
    assert probe.cpu().usable_cores == cores


def test_affinity_limits_the_cores(monkeypatch, tmp_path):
    monkeypatch.setattr(probe, "CGROUP", tmp_path)
    monkeypatch.setattr(probe.os, "cpu_count", lambda: 8)
    monkeypatch.setattr(probe.os, "sched_getaffinity", lambda _: {1, 5}, raising=False)
    assert probe.cpu().usable_cores == 2


@pytest.mark.parametrize("limit, least", [("max", 2**32), ("1048576", 2**20)])
def test_a_container_limits_the_memory(monkeypatch, tmp_path, limit, least):
    monkeypatch.setattr(probe, "CGROUP", tmp_path)
    monkeypatch.setattr(probe, "_total_memory", lambda: 2**32)
    (tmp_path / "memory.max").write_text(f"{limit}\n")
    assert probe.memory_bytes() == least


def test_one_compiler_under_two_names_is_listed_once(monkeypatch, tmp_path):
    (tmp_path / "g++").touch()
    (tmp_path / "c++").symlink_to(tmp_path / "g++")
    monkeypatch.setattr(
        probe.shutil, "which", lambda name: str(tmp_path / name) if "++" in name else None
    )
    monkeypatch.setattr(probe, "_run", lambda *command: f"{command[0]} (Test 1-2) 14.2.1")
    monkeypatch.setattr(probe, "version", lambda name: None)
    assert probe.compilers() == (
        probe.Compiler("g++", "14.2.1"),
        probe.Compiler("clang++", "14.2.1"),
    )


def test_measured_arithmetic_agrees_with_a_plain_timing():
    a = np.ones((1024, 1024), "float32")
    direct = 2 * 1024**3 / measure.best_seconds(lambda: a @ a)
    assert 1 / 8 < measure.product_flop_per_s("float32") / direct < 8


def test_measured_bandwidth_agrees_with_a_plain_timing():
    a, b = np.ones(2**23), np.ones(2**23)
    direct = 2 * a.nbytes / measure.best_seconds(lambda: np.copyto(a, b))
    assert 1 / 8 < measure.copy_bytes_per_s(size=a.nbytes) / direct < 8


def test_a_blas_that_takes_no_orders_is_not_measured_on_one_core(monkeypatch):
    import threadpoolctl

    monkeypatch.setattr(threadpoolctl, "threadpool_info", lambda: [{"user_api": "openmp"}])
    with pytest.raises(RuntimeError, match="pass cores=None"):
        measure.product_flop_per_s(cores=1)


def test_the_progress_bar_leaves_no_trace_in_a_notebook():
    code = (
        "from dlcourse.course import measure\n"
        "measure.product_flop_per_s = lambda *_: 1e11\n"
        "len(measure.speeds(2, size=2**20))"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    assert output["data"] == {"text/plain": "2"}


def test_text_and_html_tell_the_same():
    found = report()
    for word in ("10 GB/s", "200 GFLOP/s", "10 FLOP/B", "NumPy"):
        assert word in repr(found) and word in found._repr_html_()
