"""Finds a C++ compiler and knows its ways: the system's own, or the `ziglang` wheel.

Any of GCC from 12 on and Clang from 12 on will do. Zig's Clang is told not to link the C library,
which it would first have to build, for minutes: the symbols are found in the running Python.
"""

import importlib.metadata
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from dlcourse.gpu.errors import CompileError

NAMES = ("c++", "clang++", "g++")
FLAGS = (
    *("-std=c++17", "-g1", "-fPIC", "-nostdinc++", "-fvisibility=hidden", "-w"),
    *("-fno-exceptions", "-fno-rtti", "-fno-stack-protector"),
    *("-fno-math-errno", "-ffp-contract=off", "-fno-finite-loops"),  # as a GPU, as written
    *("-fno-strict-aliasing", "-fwrapv"),
)
ZIG_FLAGS = (
    *("-mcpu=baseline", "-fno-sanitize=undefined"),
    "-ftrivial-auto-var-init=pattern",  # __shfl_sync(mask, value, 0) with a value in lane 0 only
)
ZIG_LINKS = {
    "darwin": ("-nostdlib", "-lSystem"),
    "win32": ("-nostdlib", "-Wl,--no-entry", "-lkernel32", "-lucrtbase"),
}


@dataclass(frozen=True)
class Compiler:
    """A C++ compiler.

    Attributes:
        command: what to run.
        zig: it is the `ziglang` wheel's.
        version: changes when the compiler does.
    """

    command: tuple[str, ...]
    zig: bool
    version: str

    def __str__(self):
        return " ".join(self.command)

    @property
    def flags(self):
        """What every compilation of kernels and runtime needs, optimisation apart."""
        return FLAGS + ZIG_FLAGS * self.zig

    def run(self, *arguments, folder=None):
        """Run the compiler.

        Args:
            arguments: strings and paths.
            folder: where it looks for the lines that it quotes.

        Raises:
            CompileError: with what it wrote.
        """
        command = [*self.command, *map(str, arguments)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace")
        if done.returncode:
            raise CompileError(done.stderr.strip() or f"{self} ended with {done.returncode}")

    def link(self, target, parts):
        """Link a shared library.

        Args:
            target: path of the library.
            parts: assembly text and object files.
        """
        kind = "-dynamiclib" if sys.platform == "darwin" else "-shared"
        system = ZIG_LINKS.get(sys.platform, ("-nostdlib",)) if self.zig else ("-lm",)
        self.run(kind, "-o", target, *parts, *system)


def find():
    """Find a compiler: $CXX, then the system's, then the `ziglang` wheel.

    Returns:
        Compiler.

    Raises:
        CompileError: if there is none, saying how to get one.

    >>> find().command != ()
    True
    """
    wanted = shlex.split(os.environ.get("CXX", ""))
    for words in ([wanted] if wanted else []) + [[name] for name in NAMES]:
        path = shutil.which(words[0])
        if path:
            return Compiler((path, *words[1:]), "zig" in Path(path).name, _stamp(path))
    if importlib.util.find_spec("ziglang"):
        return ziglang()
    way = "install one (Xcode's tools, g++, clang++) or `pip install ziglang`"
    raise CompileError(f"the emulated GPU needs a C++ compiler and found none: {way}")


def ziglang():
    """The compiler of the `ziglang` wheel.

    Returns:
        Compiler.

    >>> ziglang().zig
    True
    """
    command = (sys.executable, "-m", "ziglang", "c++")
    return Compiler(command, True, importlib.metadata.version("ziglang"))


def _stamp(path):
    """Changes when a program does; asking it for its version would take longer than a cache hit."""
    facts = os.stat(os.path.realpath(path))
    return f"{facts.st_size} {facts.st_mtime_ns}"
