"""The traced build: which flags make a compiler call the emulator at each memory access and block.

GCC and Clang share the instrumentation of ThreadSanitizer and of coverage; neither's library is
used. Optimisation stays low, so that an access of the source is one of the program.
"""

import subprocess
from functools import cache

from dlcourse.gpu.emulator.annotate import annotate
from dlcourse.gpu.emulator.lines import add_table

FLAGS = ("-O1", "-DTRACED", "-fno-jump-tables")
GCC = (
    "-fsanitize=thread",
    "-fsanitize-coverage=trace-pc",
    "-fno-tree-sink",  # a load that an `if` needs stays where it stands
    "--param=tsan-distinguish-volatile=1",
    "--param=tsan-instrument-func-entry-exit=0",
)
CLANG = (
    *("-Xclang", "-fsanitize=thread"),  # behind the driver's back: it knows of systems without
    "-fsanitize-coverage=bb,no-prune,trace-pc",
    *("-mllvm", "-tsan-distinguish-volatile=1"),
    *("-mllvm", "-tsan-instrument-func-entry-exit=0"),
    *("-mllvm", "-tsan-instrument-read-before-write=1"),  # x[i] += 1 reads and writes
    "-ftrivial-auto-var-init=pattern",
    *("-fno-vectorize", "-fno-slp-vectorize", "-fno-unroll-loops"),
)


def flags(compiler):
    """What makes a compiler's output traceable.

    Args:
        compiler: compiler.Compiler.

    Returns:
        tuple of str.

    >>> from dlcourse.gpu.emulator.compiler import find
    >>> flags(find())[0]
    '-O1'
    """
    return FLAGS + (CLANG if compiler.zig or _is_clang(compiler) else GCC)


@cache
def _is_clang(compiler):
    command = [*compiler.command, "--version"]
    return "clang" in subprocess.run(command, capture_output=True, text=True).stdout


def prepare(path, filename):
    """Number the places in a file of assembly text, and add the tables that the emulator reads.

    Args:
        path: pathlib.Path, rewritten in place.
        filename: the student's file, as `#line` named it.

    Returns:
        list of lists: the places, for JSON; `annotate.sites` reads it back.

    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp(), "empty.s")
    >>> _ = path.write_text("\\tpushq\\t%rsp\\n")
    >>> prepare(path, "k.cu")
    []
    """
    made = annotate(path.read_text(encoding="utf8"), filename)
    path.write_text(add_table(made.text, filename), encoding="utf8")
    return made.table()
