"""Makes kernel libraries and keeps them: a source is compiled once, on disk for all sessions."""

import hashlib
import json
import os
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dlcourse.gpu.emulator.annotate import sites
from dlcourse.gpu.emulator.compiler import find
from dlcourse.gpu.emulator.instrument import flags, prepare
from dlcourse.gpu.emulator.lines import add_table
from dlcourse.gpu.emulator.rewrite import translation_unit

HERE = Path(__file__).parent
RUNTIME = ("runtime", "blocks", "warp", "shared", "report", "crash", "half", "switch")
TRACED = (*RUNTIME, "asked", "trace")
KEPT = 30 * 24 * 3600  # seconds that an emulator's part of the cache may lie unused
PLAIN = ("-O3", "-funroll-loops")
SUFFIX = {"nt": ".dll"}.get(os.name, ".so")


@dataclass(frozen=True)
class Library:
    """A compiled kernel.

    Attributes:
        path: of the shared library.
        sites: the places that a traced build reports about: annotate.Site.
    """

    path: str
    sites: tuple = ()


def build(source, entry, constants=(), traced=False, filename="kernel.cu", compiler=None):
    """Compile a kernel, or find it compiled.

    Args:
        source: CUDA C.
        entry: the kernel's name, with its arguments if it is a template.
        constants: tuple of (name, C text) pairs, macros.
        traced: make the build that counts and checks.
        filename: what messages call the source.
        compiler: Compiler, or None for the one that is found.

    Returns:
        Library.

    Raises:
        CompileError: with the compiler's message, in lines of the source.

    >>> build("__global__ void f() {}", "f").path[-3:] in {".so", "dll"}
    True
    """
    compiler = compiler or find()
    folder = _folder()
    parts = (source, entry, constants, traced, filename, compiler, _version())
    path = folder / f"{_digest(repr(parts))}{SUFFIX}"
    if not path.exists():
        with tempfile.TemporaryDirectory(dir=folder) as work:
            _compile(Path(work), path, compiler, parts[:5])
    return Library(str(path), _sites(path) if traced else ())


def _sites(library):
    return sites(json.loads(library.with_suffix(".json").read_text(encoding="utf8")))


def cache_folder():
    """Where compiled kernels lie: the user's cache folder.

    >>> cache_folder().name
    'kernels'
    """
    try:
        from platformdirs import user_cache_path

        folder = user_cache_path("dlcourse") / "kernels"
    except ImportError:  # on a machine that has CuPy and little else
        folder = Path.home() / ".cache" / "dlcourse" / "kernels"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _folder():
    """This version's part of the cache; to make one removes what lay unused for long."""
    folder = cache_folder() / _version()
    if not folder.exists():
        oldest = time.time() - KEPT
        for old in cache_folder().iterdir():
            with suppress(OSError):  # another process was quicker, or has it open
                if old.stat().st_mtime < oldest:
                    shutil.rmtree(old) if old.is_dir() else old.unlink()
        folder.mkdir(exist_ok=True)
    os.utime(folder)
    return folder


def _compile(work, path, compiler, parts):
    """Compile a kernel, and beside it the emulator's own part, if that is to be done yet."""
    with ThreadPoolExecutor(1) as pool:
        runtime = pool.submit(_runtime, compiler, parts[3])
        text, made = _assembly(work, path, compiler, parts), work / f"kernel{SUFFIX}"
        compiler.link(made, [text, *runtime.result()])
    os.replace(made, path)


def _assembly(work, path, compiler, parts):
    """Compile a kernel as far as to the text of its assembly, with its tables; return its path."""
    source, entry, constants, traced, filename = parts
    unit, text = work / "kernel.cpp", work / "kernel.s"
    unit.write_text(translation_unit(source, entry, dict(constants), filename), encoding="utf8")
    include = ["-I", HERE / "include"]
    how = flags(compiler) if traced else PLAIN
    (work / Path(filename).name).write_text(source, encoding="utf8")  # for the compiler to quote
    compiler.run(*compiler.flags, *how, *include, "-S", unit, "-o", text, folder=work)
    if traced:
        table = work / "sites.json"
        table.write_text(json.dumps(prepare(text, filename)), encoding="utf8")
        os.replace(table, path.with_suffix(".json"))
    else:
        text.write_text(add_table(text.read_text(encoding="utf8"), filename), encoding="utf8")
    return text


def _runtime(compiler, traced):
    """Compile the emulator's own part of a library, or find it compiled.

    Args:
        compiler: Compiler.
        traced: with the hooks of the traced build.

    Returns:
        list of paths of object files.
    """
    key = _digest(repr((compiler, traced, _version())))
    folder = _folder() / f"runtime-{key}"
    names, how = (TRACED, ["-DTRACED"]) if traced else (RUNTIME, [])
    objects = [folder / f"{name}.o" for name in names]
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=_folder()) as work:
            made = Path(work) / "objects"
            made.mkdir()

            def make(name):
                unit, target = HERE / f"{name}.cpp", made / f"{name}.o"
                compiler.run(*compiler.flags, *how, "-O2", "-c", unit, "-o", target)

            with ThreadPoolExecutor() as pool:
                list(pool.map(make, reversed(names)))  # the longest is the last
            with suppress(OSError):  # another process was quicker
                os.replace(made, folder)
    return objects


@cache
def _version():
    """Changes when the emulator's own sources do."""
    files = sorted(p for p in HERE.rglob("*") if p.suffix in {".cpp", ".h", ".py"})
    return _digest(b"".join(p.read_bytes() for p in files))


def _digest(data):
    data = data.encode() if isinstance(data, str) else data
    return hashlib.sha256(data).hexdigest()[:32]
