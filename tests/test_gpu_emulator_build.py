"""Compiling kernels for the emulated GPU: the cache, compilers, messages, rewritten words."""

import os
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.gpu.emulator import build as building
from dlcourse.gpu.emulator.build import build
from dlcourse.gpu.emulator.compiler import Compiler, find, ziglang
from dlcourse.gpu.emulator.rewrite import masked, rewritten
from dlcourse.gpu.errors import CompileError
from tests.emulated import SAXPY, SUM, clean, only, plain


def test_a_compile_error_has_the_students_line():
    source = "__global__ void f(int* x) {\n  __shared__ int s[3];\n  x[0] = y;\n}"
    with pytest.raises(CompileError, match=r"mine\.cu:3:\d+: error: .*y"):
        plain(source, "f", (1,), (1,), np.zeros(1, np.int32), filename="mine.cu")
    with pytest.raises(CompileError, match=r"kernel\.cu:1: error: .*no initial value"):
        plain("__global__ void f() { __shared__ int s = 1; }", "f", (1,), (1,))


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(building, "cache_folder", lambda: tmp_path)
    return tmp_path


def test_a_kernel_is_compiled_once(cache, monkeypatch):
    first = build(SAXPY, "saxpy")
    calls = []
    monkeypatch.setattr(Compiler, "run", lambda *a, **k: calls.append(a))
    began = time.perf_counter()
    assert build(SAXPY, "saxpy") == first and not calls
    assert time.perf_counter() - began < 0.02
    build.__globals__["os"].remove(first.path)
    with pytest.raises(FileNotFoundError):
        build(SAXPY, "saxpy")
    assert calls


def test_a_new_version_removes_what_lay_unused_for_a_month(cache, monkeypatch):
    for name, days in (("old", 31), ("young", 29)):
        (cache / name).mkdir()
        (cache / name / "kernel.so").touch()
        os.utime(cache / name, (0, time.time() - days * 24 * 3600))
    path = build(SAXPY, "saxpy").path
    assert {p.name for p in cache.iterdir()} == {"young", os.path.basename(os.path.dirname(path))}
    os.utime(cache / "young", (0, 0))
    assert build(SAXPY, "saxpy").path == path
    assert (cache / "young" / "kernel.so").exists()  # only a new version looks round
    monkeypatch.setattr(building, "_version", lambda: "new")
    build(SAXPY, "saxpy")
    assert not (cache / "young").exists() and os.path.exists(path)


def test_constants_compiler_and_entry_are_part_of_the_key(cache, monkeypatch):
    made = []
    monkeypatch.setattr(building, "_compile", lambda work, path, *rest: made.append(path))
    other = Compiler(("c++",), False, "2")
    build(SAXPY, "saxpy")
    build(SAXPY, "saxpy", (("N", "1"),))
    build(SAXPY, "saxpy", compiler=other)
    build(SAXPY + " ", "saxpy")
    build(SAXPY, "saxpy", filename="other.cu")
    assert len(set(made)) == 5


def test_cxx_is_asked_first(monkeypatch):
    monkeypatch.setenv("CXX", "g++ -pipe")
    assert find().command[1:] == ("-pipe",)
    monkeypatch.delenv("CXX")
    monkeypatch.setenv("PATH", os.devnull)
    assert find() == ziglang()


def test_zig_compiles_the_same():
    pytest.importorskip("ziglang")
    library = build(SUM, "sum", compiler=ziglang())
    assert os.path.getsize(library.path) > 1000


def test_zigs_kernels_run(monkeypatch):
    pytest.importorskip("ziglang")
    monkeypatch.setattr("dlcourse.gpu.emulator.build.find", ziglang)
    x, out = np.ones(1000, np.float32), np.zeros(1, np.float32)
    clean(SUM, "sum", (3,), (96,), x, out, np.int32(1000))
    assert out[0] == 1000
    finding = only("assert(threadIdx.x < 9);", np.zeros(3, np.int32))
    assert finding.line == 2
    assert only("while (true) {}", np.zeros(3, np.int32), time_limit=0.1).line in (1, 2)
    assert only("\nx[1] = x[9999];", np.zeros(3, np.int32)).line == 3


# --- rewriting ---------------------------------------------------------------------------------


@given(st.text(alphabet="ab/*\"'\\\n {};", max_size=40))
def test_masking_keeps_length_and_lines(text):
    mask = masked(text)
    assert len(mask) == len(text)
    assert [i for i, c in enumerate(mask) if c == "\n"] == [
        i for i, c in enumerate(text) if c == "\n"
    ]


@pytest.mark.parametrize(
    ("declaration", "parts"),
    [
        ("__shared__ float a[4][5], b;", ["typedef float emu_type_a[4][5];", "emu_type_b &b"]),
        ("volatile __shared__ int v[8];", ["typedef volatile int emu_type_v[8];"]),
        ("__shared__ T tile[N + 1];", ["typedef T emu_type_tile[N + 1];"]),
        ("extern __shared__ __align__(16) char raw[];", ["char *raw = (char *)"]),
        ("__shared__ Pair<int, 3> p[2];", ["typedef Pair<int, 3> emu_type_p[2];"]),
        ("__shared__ float\n  far[3];", ["typedef float emu_type_far[3];"]),
        ("__shared__ float *p[3];", ["typedef float *emu_type_p[3];"]),
    ],
)
def test_shared_declarations(declaration, parts):
    new = rewritten("void f() { " + declaration + " }")
    assert all(part in new for part in parts)
    assert new.count("\n") == declaration.count("\n")
