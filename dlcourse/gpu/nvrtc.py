"""NVIDIA's own compiler, asked without a GPU: does the kernel compile, and what does it take?

NVRTC comes with CuPy's CUDA packages; it needs no driver and no device.
"""

import importlib.util
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dlcourse.gpu.constants import texts
from dlcourse.gpu.errors import CompileError
from dlcourse.gpu.signature import parse

ARCHITECTURES = ("sm_75", "sm_80", "sm_90", "sm_100")  # Turing, Ampere, Hopper, Blackwell
FLOATS = ("-DINFINITY=__int_as_float(0x7f800000)", "-DNAN=__int_as_float(0x7fffffff)")  # no math.h
WHEELS = "pip install cupy-cuda13x nvidia-cuda-nvrtc nvidia-cuda-runtime nvidia-cuda-crt"


@dataclass(frozen=True)
class Compiled:
    """What a compiled kernel takes of a multiprocessor.

    Attributes:
        entry: the kernel.
        arch: such as "sm_90".
        registers: a thread, 32 bits each.
        shared_bytes: a block, declared in the source.
        spill_bytes: a thread, values that found no register, stored and loaded.
    """

    entry: str
    arch: str
    registers: int
    shared_bytes: int
    spill_bytes: int


def compile(source, entry=None, arch="sm_90", constants=None, filename="kernel.cu"):
    """Compile a kernel for an architecture that need not be here.

    Args:
        source: CUDA C.
        entry: the kernel's name, for a template with its arguments; None for the only one.
        arch: such as "sm_90".
        constants: dict of compile-time constants.
        filename: what messages call the source.

    Returns:
        Compiled.

    Raises:
        ValueError: for an architecture that NVRTC does not know.
        CompileError: with the compiler's message.
        ModuleNotFoundError: where there is no NVRTC, saying how to get it.

    >>> source = "__global__ void one(float* x) { x[threadIdx.x] = 1; }"
    >>> compile(source, arch="sm_80").spill_bytes
    0
    """
    nvrtc = _nvrtc()
    supported = [f"sm_{number}" for number in nvrtc.getSupportedArchs()]
    if arch not in supported:
        raise ValueError(f"arch={arch!r}: NVRTC here compiles for {', '.join(supported)}")
    entry = parse(source, entry).entry
    wanted = [f"--gpu-architecture={arch}", "--ptxas-options=-v", *options(constants)]
    program = nvrtc.createProgram(source, filename, [], [])
    try:
        nvrtc.addNameExpression(program, entry)
        nvrtc.compileProgram(program, wanted)
        symbol, log = nvrtc.getLoweredName(program, entry), nvrtc.getProgramLog(program)
    except nvrtc.NVRTCError:
        message = nvrtc.getProgramLog(program).strip("\0\n ")
        raise CompileError(message or f"{entry} does not compile for {arch}") from None
    finally:
        nvrtc.destroyProgram(program)
    return _read(log, entry, symbol, arch)


def options(constants=None):
    """What NVRTC is told of any kernel, here and through CuPy.

    Args:
        constants: dict of name to value; those that are arrays are none of the compiler's business.

    Returns:
        list of compiler options.

    >>> options({"TILE": 16})[:2]
    ['--std=c++17', '-DTILE=16']
    """
    macros = [f"-D{name}={text}" for name, text in texts(constants).items()]
    folders = [f"-I{folder}" for folder in _include_folders()]
    return ["--std=c++17", *macros, *FLOATS, *folders]


@cache
def _include_folders():
    """Folders with CUDA's headers: NVIDIA's Python packages first, then a toolkit."""
    spec = importlib.util.find_spec("nvidia")
    packages = [Path(place) for place in (spec.submodule_search_locations if spec else ())]
    folders = sorted(f for package in packages for f in package.glob("*/include"))
    toolkits = [os.environ.get("CUDA_PATH"), os.environ.get("CUDA_HOME"), "/usr/local/cuda"]
    folders += [Path(toolkit, "include") for toolkit in toolkits if toolkit]
    return [folder for folder in folders if (folder / "cuda_fp16.h").exists()][:1]


def _nvrtc():
    """CuPy's door to NVRTC, or what to install."""
    try:
        from cupy.cuda import nvrtc

        nvrtc.getVersion()
    except (ImportError, RuntimeError) as error:
        raise ModuleNotFoundError(f"no NVRTC here ({error}): {WHEELS}") from error
    return nvrtc


def _read(log, entry, symbol, arch):
    """Read what ptxas reports about one function."""
    part = log[log.index(f"Compiling entry function '{symbol}'") :]
    part = part.split("Compiling entry function")[1]

    def number(pattern):
        found = re.search(pattern, part)
        return int(found[1]) if found else 0

    spills = number(r"(\d+) bytes spill stores") + number(r"(\d+) bytes spill loads")
    return Compiled(entry, arch, number(r"Used (\d+) reg"), number(r"(\d+) bytes smem"), spills)
