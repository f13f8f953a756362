"""NVIDIA's compiler takes every kernel of the course, for four architectures, without a GPU.

Where NVRTC is missing these tests fail: the extra `test` brings it.
"""

import ast
import json
import re
from pathlib import Path

import numpy as np
import pytest

from dlcourse.course.cuda_magic import define
from dlcourse.gpu import nvrtc
from dlcourse.gpu.errors import CompileError
from dlcourse.gpu.kernel import Kernel
from dlcourse.gpu.ladder import load, rungs
from dlcourse.gpu.rungs import FOLDER

ROOT = Path(__file__).parent.parent
TAPS = {"TAPS": 5}  # which an input brings elsewhere
HALF = """
#include <cuda_fp16.h>
template <typename T, int N> __global__ void turn(T* x) {
    __shared__ T tile[N];
    tile[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    x[threadIdx.x] = tile[N - 1 - threadIdx.x] + T(SHIFT);
}
"""


@pytest.mark.parametrize("arch", nvrtc.ARCHITECTURES)
@pytest.mark.parametrize("rung", rungs(), ids=lambda r: f"{r.ladder}-{r.name}")
def test_every_kernel_compiles_for_every_architecture(rung, arch):
    constants = TAPS if "TAPS" in rung.path.read_text() else {}
    compiled = load(rung.ladder, rung.name, **constants).compile(arch)
    assert compiled.arch == arch and 0 < compiled.registers <= 255
    assert compiled.spill_bytes == 0
    uses = "__shared__" in rung.path.read_text().replace("extern __shared__", "")
    assert (compiled.shared_bytes > 0) == uses


def cells(path):
    """The line and the rest of each cell of CUDA C in a notebook."""
    notebook = json.loads(path.read_text(encoding="utf8"))
    sources = ["".join(cell["source"]) for cell in notebook["cells"]]
    magic = "%%cuda"
    return [
        source.removeprefix(magic).split("\n", 1)
        for source in sources
        if source.startswith((f"{magic} ", f"{magic}\n"))
    ]


ROOMS = ("lessons", "solutions", "exercises")  # a skeleton compiles before it is filled in
NOTEBOOKS = [p for room in ROOMS for p in sorted((ROOT / room).glob("*.ipynb"))]
NOTEBOOKS = [path for path in NOTEBOOKS if cells(path)]


@pytest.mark.parametrize("arch", nvrtc.ARCHITECTURES)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: f"{p.parent.name}-{p.stem[:2]}")
def test_every_kernel_of_a_notebook_compiles(path, arch):
    for line, cell in cells(path):
        name, kernel = define(line, cell, ast.literal_eval)
        assert kernel.compile(arch).registers > 0, name


@pytest.mark.parametrize("arch", nvrtc.ARCHITECTURES)
@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks").rglob("*.cu")), ids=lambda p: p.stem)
def test_every_kernel_of_a_benchmark_compiles(path, arch):
    assert Kernel(path).compile(arch).registers > 0


@pytest.mark.parametrize("path", sorted((ROOT / "tests/gpu").rglob("*.cu")), ids=lambda p: p.stem)
def test_what_the_emulator_is_tried_with_is_cuda(path):
    source = path.read_text(encoding="utf8")
    entry = re.search(r"^// launch: .*\bentry ([^;]+)", source, re.M)
    assert nvrtc.compile(source, entry and entry[1].strip()).registers > 0


def test_every_kernel_file_stands_on_a_ladder():
    assert sorted(FOLDER.rglob("*.cu")) == sorted(rung.path for rung in rungs())


@pytest.mark.parametrize("arch", nvrtc.ARCHITECTURES)
def test_templates_half_and_constants_compile(arch):
    kernel = Kernel(HALF, "turn<half, 128>", {"SHIFT": 0.5})
    assert kernel.signature.parameters[0].dtype == np.float16
    assert kernel.compile(arch).shared_bytes == 256


def test_shared_memory_and_spills_are_read_off():
    tile = 32 * 33 * 4
    assert load("transpose", "padded").compile().shared_bytes == tile
    starved = """__global__ void __launch_bounds__(1024, 2) starved(float* x) {
        float v[64];
        for (int i = 0; i < 64; ++i) v[i] = x[i * blockDim.x + threadIdx.x];
        __syncthreads();
        for (int i = 0; i < 64; ++i) x[i * blockDim.x + threadIdx.x] = v[63 - i] * v[i];
    }"""
    compiled = Kernel(starved).compile()
    assert compiled.registers <= 32 and compiled.spill_bytes > 0


def test_the_compiler_names_the_line():
    kernel = Kernel("__global__ void f(float* x) {\n    x[0] = nowhere;\n}")
    with pytest.raises(CompileError, match=r"kernel.cu\(2\): error: .*nowhere"):
        kernel.compile()


def test_an_unknown_architecture_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="arch='sm_1': NVRTC here compiles for sm_75"):
        load("vector", "add").compile("sm_1")
