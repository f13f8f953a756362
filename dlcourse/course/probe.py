"""What the operating system and the installed packages tell about this machine.

Every probe answers None, or an empty tuple, where it cannot know: unknown is absent, never 0.
"""

import ctypes
import importlib.metadata
import math
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
MEMORY_LIMITS = ("memory.max", "memory/memory.limit_in_bytes")  # cgroup v2, v1
PACKAGES = ("dlcourse", "numpy", "torch", "cupy", "matplotlib", "scikit-learn")
PACKAGES += ("jupyterlab", "ipywidgets", "anywidget")
CUPY = ("cupy-cuda13x", "cupy-cuda12x", "cupy")  # one library, a wheel for each CUDA version


@dataclass(frozen=True)
class Cpu:
    """A processor, and how much of it this process may use.

    Attributes:
        usable_cores: what affinity and a container's quota leave of the logical cores.
        cache_bytes: all last-level caches together.
    """

    model: str | None
    physical_cores: int | None
    logical_cores: int | None
    usable_cores: int
    cache_bytes: int | None


@dataclass(frozen=True)
class Gpu:
    """An NVIDIA GPU, its driver, and the newest CUDA that driver can run."""

    name: str
    memory_bytes: int | None
    compute_capability: str | None
    driver: str | None
    cuda: str | None


@dataclass(frozen=True)
class Compiler:
    """A C++ compiler that answers: the command that calls it, and its version."""

    command: str
    version: str


def attempt(probe, *arguments):
    """Call a probe; None where it fails, because a report must not.

    >>> attempt(int, "7"), attempt(int, "seven")
    (7, None)
    """
    try:
        return probe(*arguments)
    except Exception:  # whatever goes wrong in a probe means the same: not known
        return None


def cpu():
    """Describe the processor.

    >>> cpu().usable_cores >= 1
    True
    """
    return Cpu(
        model=attempt(_cpu_model),
        physical_cores=attempt(_physical_cores),
        logical_cores=os.cpu_count(),
        usable_cores=attempt(_usable_cores) or 1,
        cache_bytes=attempt(_cache_bytes),
    )


def memory_bytes():
    """Memory this process may use: the machine's, or a container's limit if that is less.

    >>> memory_bytes() is None or memory_bytes() > 2**28
    True
    """
    total = attempt(_total_memory)
    limits = [attempt(_number, CGROUP / name) for name in MEMORY_LIMITS]
    return total and min([total, *filter(None, limits)])


def gpus():
    """NVIDIA GPUs, by nvidia-smi where there is one, else by CuPy where there is a driver.

    >>> all(gpu.name for gpu in gpus())
    True
    """
    return attempt(_gpus_by_nvidia_smi) or attempt(_gpus_by_cupy) or ()


def compilers():
    """C++ compilers on the path, and the one that the ziglang wheel brings.

    >>> all(compiler.command for compiler in compilers())
    True
    """
    names = ("g++", "clang++", "c++", "cl") if attempt(_may_call_compilers) else ()
    programs = {}
    for name, path in zip(names, map(shutil.which, names), strict=True):
        if path:
            programs.setdefault(Path(path).resolve(), name)  # g++ and c++ are often one
    found = {name: attempt(_compiler_version, name) for name in programs.values()}
    found["python -m ziglang c++"] = version("ziglang")
    return tuple(Compiler(name, number) for name, number in found.items() if number)


def version(package):
    """The installed version of a package, without importing it; None where there is none.

    >>> version("numpy") is not None, version("no-such-package")
    (True, None)
    """
    names = CUPY if package == "cupy" else (package,)
    return next(filter(None, (attempt(importlib.metadata.version, name) for name in names)), None)


def versions():
    """Versions of Python and of the packages the course stands on, None where not installed.

    >>> versions()["python"] == platform.python_version()
    True
    """
    return {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def _run(*command):
    """What a command prints; raises where it is missing, fails or takes too long."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    return done.stdout + done.stderr


def _cpu_model():
    if sys.platform == "darwin":
        return _run("sysctl", "-n", "machdep.cpu.brand_string").strip()
    if sys.platform == "win32":
        import winreg

        key = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as opened:
            return winreg.QueryValueEx(opened, "ProcessorNameString")[0].strip()
    return re.search(r"^model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(), re.M)[1]


def _physical_cores():
    import psutil

    return psutil.cpu_count(logical=False)


def _total_memory():
    import psutil

    return psutil.virtual_memory().total


def _usable_cores():
    """Logical cores, less what affinity and a container's quota take away."""
    affinity = attempt(lambda: len(os.sched_getaffinity(0)))
    quota = attempt(_quota_v2) or attempt(_quota_v1)
    return max(1, min(filter(None, (os.cpu_count(), affinity, quota))))


def _number(file):
    return int(file.read_text())


def _quota_v2():
    quota, period = map(int, (CGROUP / "cpu.max").read_text().split())  # "max 100000": no quota
    return math.ceil(quota / period)


def _quota_v1():
    quota, period = (_number(CGROUP / f"cpu/cpu.cfs_{x}_us") for x in ("quota", "period"))
    return math.ceil(quota / period) if quota > 0 else None


def _cache_bytes():
    """Sum of the caches of the highest level; cores that share one are counted once (Linux)."""
    caches = {}
    for folder in Path("/sys/devices/system/cpu").glob("cpu[0-9]*/cache/index*"):
        level, size, cores = (
            (folder / name).read_text().strip() for name in ("level", "size", "shared_cpu_list")
        )
        caches[int(level), cores] = int(size.removesuffix("K")) * 1024
    top = max(level for level, _ in caches)
    return sum(size for (level, _), size in caches.items() if level == top)


def _gpus_by_nvidia_smi():
    fields = "name,memory.total,compute_cap,driver_version"
    listed = _run("nvidia-smi", f"--query-gpu={fields}", "--format=csv,noheader,nounits")
    cuda = attempt(lambda: re.search(r"CUDA[\w ]* Version: *([\d.]+)", _run("nvidia-smi"))[1])
    return tuple(_gpu(line.split(", "), cuda) for line in listed.strip().splitlines())


def _gpu(fields, cuda):
    name, mebibytes, capability, driver = fields
    return Gpu(name, attempt(lambda: int(mebibytes) * 2**20), capability, driver, cuda)


def _gpus_by_cupy():
    ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")  # no driver: raises
    from cupy.cuda import runtime

    cuda = runtime.driverGetVersion()
    found = [runtime.getDeviceProperties(i) for i in range(runtime.getDeviceCount())]
    return tuple(
        Gpu(
            name=gpu["name"].decode(),
            memory_bytes=gpu["totalGlobalMem"],
            compute_capability=f"{gpu['major']}.{gpu['minor']}",
            driver=None,
            cuda=f"{cuda // 1000}.{cuda % 1000 // 10}",
        )
        for gpu in found
    )


def _may_call_compilers():
    """On a Mac without developer tools, calling a compiler opens a window: ask first."""
    return sys.platform != "darwin" or bool(_run("xcode-select", "-p"))


def _compiler_version(name):
    arguments = () if name == "cl" else ("--version",)
    return re.search(r"\d+(\.\d+)+", _run(name, *arguments))[0]
