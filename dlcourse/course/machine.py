"""The machine report: what this computer is, how fast it measured, and what runs where.

Not modelled: clock boost, heat and battery, which change a laptop's speed by the minute; caches,
which serve small arrays faster than the memory measured here; disks and networks.
"""

import dataclasses
import hashlib
import json
import os
import platform
import sys
from dataclasses import dataclass

import numpy

from dlcourse.course import machine_tables, measure, probe
from dlcourse.course.probe import attempt

NO_GPU = "no NVIDIA GPU found"
METHOD = 1  # of measuring; a new one makes what is cached worthless


@dataclass(frozen=True)
class Feature:
    """A thing the course can do, and where it will run; `runs_on` None: not on this machine."""

    name: str
    runs_on: str | None
    reason: str


@dataclass(frozen=True, repr=False)
class Machine:
    """A computer as this process finds it. Printed, it is a report; in a notebook, tables.

    Attributes:
        system: operating system and architecture.
        cpu: Cpu.
        memory_bytes: what this process may use; None where unknown, as everywhere here.
        speeds: Speed of one core, then of all, where there are more.
        gpus: NVIDIA GPUs.
        compilers: C++ compilers.
        versions: dict, package name to version.
        features: what runs here, on what, and why.
    """

    system: str
    cpu: probe.Cpu
    memory_bytes: int | None
    speeds: tuple[measure.Speed, ...]
    gpus: tuple[probe.Gpu, ...]
    compilers: tuple[probe.Compiler, ...]
    versions: dict[str, str | None]
    features: tuple[Feature, ...]

    @property
    def one_core(self):
        """What a single core reaches."""
        return self.speeds[0]

    @property
    def all_cores(self):
        """What all usable cores reach together."""
        return self.speeds[-1]

    def to_json(self):
        """The report for programs: base units, named in the keys; null is unknown."""
        data = dataclasses.asdict(self)
        for speed, found in zip(data["speeds"], self.speeds, strict=True):
            speed["balance_flop_per_byte"] = found.balance_flop_per_byte
        return json.dumps(data, indent=2)

    def __repr__(self):
        return machine_tables.as_text(machine_tables.of_machine(self))

    def _repr_html_(self):
        return machine_tables.as_html(machine_tables.of_machine(self))


def report(fresh=False):
    """Describe this machine; its speed is measured once, in seconds, and then remembered.

    Args:
        fresh: measure again.

    Returns:
        Machine.

    >>> report().all_cores.bandwidth_bytes_per_s > 0
    True
    """
    cpu, gpus, compilers = probe.cpu(), probe.gpus(), probe.compilers()
    return Machine(
        system=f"{platform.system()}, {platform.machine()}",
        cpu=cpu,
        memory_bytes=probe.memory_bytes(),
        speeds=_speeds(cpu, fresh),
        gpus=gpus,
        compilers=compilers,
        versions=probe.versions(),
        features=features(gpus, compilers),
    )


def features(gpus, compilers):
    """Decide what runs where, and say why.

    Args:
        gpus: NVIDIA GPUs found.
        compilers: C++ compilers found.

    Returns:
        tuple of Feature.

    >>> [feature.runs_on for feature in features(gpus=(), compilers=())]
    ['CPU', 'CPU', None, None, 'browser']
    """
    return (
        Feature("arrays (NumPy)", "CPU", f"NumPy {numpy.__version__}"),
        Feature("neural networks (torch)", *_torch_device(gpus)),
        Feature("GPU arrays and CUDA kernels (CuPy)", *_cupy_device(gpus)),
        Feature("CUDA kernels (emulated GPU)", *_compiler(compilers)),
        Feature("widgets (anywidget)", *_widgets()),
    )


def _torch_device(gpus):
    installed = probe.version("torch")
    if not installed:
        return None, "torch is not installed: pip install torch"
    on_a_mac = sys.platform == "darwin" and platform.machine() == "arm64"
    if not gpus and not on_a_mac:  # then there is no need to spend seconds on importing torch
        return "CPU", f"falls back: {NO_GPU}"
    import torch

    if torch.cuda.is_available():
        return "GPU", f"torch {installed}, {torch.cuda.get_device_name()}"
    if torch.backends.mps.is_available():
        return "GPU", f"torch {installed}, Apple's Metal"
    return "CPU", f"falls back: torch {installed} finds no GPU it can use"


def _cupy_device(gpus):
    installed = probe.version("cupy")
    if not gpus:
        return None, NO_GPU
    if not installed:
        major = (gpus[0].cuda or "13").split(".")[0]
        return None, f"CuPy is not installed: pip install cupy-cuda{major}x"
    if attempt(_cupy_works):
        return "GPU", f"CuPy {installed}, {gpus[0].name}"
    return None, f"CuPy {installed} and driver {gpus[0].driver} do not work together"


def _cupy_works():
    import cupy

    return cupy.cuda.is_available()


def _compiler(compilers):
    if not compilers:
        return None, "no C++ compiler found: pip install ziglang brings one"
    return "CPU", f"{compilers[0].command} {compilers[0].version}"


def _widgets():
    installed = probe.version("anywidget")
    if not installed:
        return None, "anywidget is not installed: pip install anywidget"
    return "browser", f"anywidget {installed}"


def _speeds(cpu, fresh):
    """Speeds remembered from the last time, or measured now."""
    file = attempt(_cache_file, cpu)
    known = None if fresh else attempt(_remembered, file)
    if known:
        return known
    found = measure.speeds(cpu.usable_cores, size=max(2**27, 4 * (cpu.cache_bytes or 0)))
    attempt(_remember, file, found)  # a cache that can't be written is no error
    return found


def _cache_file(cpu):
    """A file named after everything that would change the speed."""
    from platformdirs import user_cache_path

    key = METHOD, cpu.model, cpu.usable_cores, numpy.__version__
    digest = hashlib.sha256(repr(key).encode()).hexdigest()[:16]
    return user_cache_path("dlcourse", appauthor=False) / f"speed-{digest}.json"


def _remembered(file):
    speeds = tuple(measure.Speed(**fields) for fields in json.loads(file.read_text("utf8")))
    return speeds if all(map(_plausible, speeds)) else None


def _plausible(speed):
    return all(rate is None or rate > 0 for rate in dataclasses.astuple(speed))


def _remember(file, speeds):
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps([dataclasses.asdict(speed) for speed in speeds]), "utf8")
    draft.replace(file)  # at once, so that nobody reads half a file
