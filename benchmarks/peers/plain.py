"""A peer of benchmarks/emulator.py: the tiles of tiles.cpp, compiled and called."""

import ctypes
import subprocess
from pathlib import Path

import numpy as np

from dlcourse.gpu.emulator.compiler import find


def compile_tiles(folder):
    """Compile tiles.cpp into a folder; return a function of a case's name and arguments."""
    library = Path(folder, "tiles.so")
    if not library.exists():
        flags = ["-O2", "-fno-tree-vectorize", "-shared", "-fPIC"]
        source = Path(__file__).with_name("tiles.cpp")
        command = [*find().command, *flags, "-o", str(library), str(source)]
        subprocess.run(command, check=True)
    tiles = ctypes.CDLL(str(library))

    def run(name, args):
        passed = [_pointer(a) if isinstance(a, np.ndarray) else ctypes.c_int(a) for a in args]
        getattr(tiles, name)(*passed)

    return run


def _pointer(array):
    return array.ctypes.data_as(ctypes.c_void_p)
